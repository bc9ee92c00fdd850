"""Signal: did the browser show that it knows the account?"""

from typing import Any

import pytest

from risk.history.types import Count
from risk.login import chains
from risk.scoring.signals import device_cookie
from risk.tests.helpers import attempt, history, seen, steps

ALWAYS = {"cookie": steps(chains.cookie(False), seen(40), Count())}
NEVER = {"cookie": steps(chains.cookie(False), seen(40), seen(40))}


@pytest.mark.parametrize(
    ("facts", "past", "name", "points"),
    [
        ({"knows": True, "cookie": "known"}, {}, "browser_known", -25),
        ({"knows": True, "cookie": "grace"}, ALWAYS, "browser_known", -25),
        ({"knows": True, "cookie": "known", "changed": True}, ALWAYS, "browser_changed", 50),
        ({}, ALWAYS, "browser_new", 35),
        ({}, NEVER, "browser_new", 0),
        ({}, {}, "browser_new", 18),
        ({"cookie": "known", "of_others": True}, ALWAYS, "browser_of_others", 35),
        ({"cookie": "invalid"}, ALWAYS, "browser_expired", 35),
        ({"cookie": "stolen"}, NEVER, "browser_copied", 45),
    ],
)
def test_points(facts: dict[str, Any], past: dict[str, Any], name: str, points: int) -> None:
    (finding,) = device_cookie.look(attempt(**facts), history(**past))
    assert (finding.name, finding.points) == (name, points)


def test_the_sentence_tells_the_habit() -> None:
    past = history(cookie=steps(chains.cookie(False), seen(41), seen(3)))
    (finding,) = device_cookie.look(attempt(), past)
    assert finding.sentence == "The browser is not known; 38 of 41 sign-ins came from a known one."
    assert finding.evidence == {"known": 38, "sign_ins": 41}


def test_a_known_browser_tells_it_too() -> None:
    past = history(cookie=steps(chains.cookie(True), seen(41), seen(38)))
    (finding,) = device_cookie.look(attempt(knows=True, cookie="known"), past)
    assert (
        finding.sentence
        == "The browser is known to the account: 38 of 41 sign-ins came from a known one."
    )


def test_without_history_no_numbers_are_made_up() -> None:
    (finding,) = device_cookie.look(attempt(), history())
    assert finding.sentence == "The browser is not known."


def test_points_follow_the_habit() -> None:
    mixed = history(cookie=steps(chains.cookie(False), seen(40), seen(20)))
    (finding,) = device_cookie.look(attempt(), mixed)
    assert 0 < finding.points < 35
