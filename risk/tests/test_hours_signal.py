"""Signal: the time of the week."""

import pytest

from risk.login import chains
from risk.login.history import Count, History
from risk.scoring.signals import hours
from risk.tests.helpers import attempt, history, seen, steps

PATH = chains.hours(attempt().at)


def past(*mine: Count) -> History:
    return history(hours=steps(PATH, *mine))


def test_levels_go_from_the_day_to_three_hours() -> None:
    assert [node.level for node in PATH] == ["all", "day", "slot"]
    assert PATH[2].path[0] == PATH[1].path[0]


@pytest.mark.parametrize(("seen_then", "name"), [(0, "hour_new"), (7, "hour_usual")])
def test_the_sentence_has_the_numbers(seen_then: int, name: str) -> None:
    (finding,) = hours.look(attempt(), past(seen(41), seen(30), seen(seen_then)))
    assert finding.name == name
    assert (
        finding.sentence
        == f"{seen_then} of 41 sign-ins came at this time of day on {PATH[1].path[0]}s."
    )


def test_without_history_it_says_nothing() -> None:
    assert hours.look(attempt(), history()) == ()
    assert hours.look(attempt(), past()) == ()
