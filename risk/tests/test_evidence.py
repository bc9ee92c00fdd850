"""The inputs of the score sheets."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.login import agents, chains
from risk.login.history import Count, FailureCount, Failures, Step
from risk.scoring import evidence
from risk.scoring.signals.ratios import ratio
from risk.scoring.signals.reputation import repute
from risk.tests.helpers import FIREFOX, HOME, attempt, history, seen, steps

PLACED = chains.address(HOME, "DE", 3320)
BARE = chains.address(HOME)
AGENT = chains.agent(agents.read(FIREFOX))
ONE_PLACE = (seen(40, 1), seen(40, 1), seen(40, 1), seen(40, 1), seen(40))
CROWD = seen(200, 20)
some = st.builds(Count, st.floats(0, 500), st.integers(0, 500), st.integers(0, 50))


def measured(**parts: Any) -> evidence.Inputs:
    facts = {
        name: parts.pop(name)
        for name in ("knows", "changed", "outdated", "cookie")
        if name in parts
    }
    return evidence.measure(attempt(**facts), history(**parts))


def test_without_history_nothing_is_odd() -> None:
    assert {name: value for name, value in measured().items() if value} == {}


def test_a_usual_place_lowers_at_each_level() -> None:
    found = measured(address=steps(PLACED, *ONE_PLACE, everybody=CROWD))
    assert all(found[level] < 0 for level in ("country", "provider", "network", "address"))
    assert not any(name.startswith("new_") for name in found)


@pytest.mark.parametrize(("known", "new"), [(1, 4), (2, 3), (3, 2), (4, 1), (5, 0)])
def test_a_wider_novelty_is_every_narrower_one_too(known: int, new: int) -> None:
    found = measured(address=steps(PLACED, *ONE_PLACE[:known]))
    assert (
        sum(
            found.get(f"new_{level}", 0.0)
            for level in ("country", "provider", "network", "address")
        )
        == new
    )


def test_below_what_was_never_shown_nothing_is_counted_again() -> None:
    found = measured(address=steps(PLACED, *ONE_PLACE[:2]))
    assert found["novelty"] > 0
    assert not {"provider", "network", "address"} & set(found)


def test_somebody_who_always_moves_pays_little_for_a_new_address() -> None:
    settled = measured(address=steps(BARE, seen(40, 1), seen(40, 1)))["novelty"]
    moving = measured(address=steps(BARE, seen(40, 1), seen(40, 40)))["novelty"]
    assert settled > 4 * moving > 0


def test_the_wider_the_novelty_the_larger() -> None:
    found = [measured(address=steps(PLACED, *ONE_PLACE[:known]))["novelty"] for known in (1, 2, 3)]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 3


def test_where_somebody_was_before_never_raises() -> None:
    rarely = (seen(40, 9), seen(1, 1), seen(1, 1), seen(1, 1), seen(1))
    found = measured(address=steps(PLACED, *rarely, everybody=seen(500, 1)))
    assert all(found[level] <= 0 for level in ("country", "provider", "network", "address"))


@given(some, some, some, some)
def test_more_sign_ins_with_a_value_never_make_it_odder(
    parent: Count, value: Count, everybody: Count, all_of_them: Count
) -> None:
    node = chains.Node("address", "network")
    above = Step(chains.Node("address", "all"), parent, all_of_them)
    one, more = (ratio(above, Step(node, Count(value.n + add), everybody)) for add in (0.0, 1.0))
    assert more < one


def test_a_user_agent_never_lowers() -> None:
    found = measured(agent=steps(AGENT, *[seen(500, 1, 145)] * 5))
    assert not {name for name in found if name.startswith("new_")}
    new = measured(agent=steps(AGENT, seen(40, 1), seen(40, 1)))
    assert (new["new_system"], new["new_browser"], new.get("new_device")) == (1.0, 1.0, None)


def test_what_a_browser_says_of_itself() -> None:
    past = {"agent": steps(AGENT, *[seen(40, 1, 146)] * 4)}
    assert measured(knows=True, changed=True, **past)["changed"] == 1.0
    assert measured(knows=True, outdated=True, **past)["outdated"] == 1.0
    assert measured(cookie="stolen", **past)["copied"] == 1.0


def test_coming_without_a_known_browser_is_odd_for_whoever_always_brings_one() -> None:
    assert "habit" not in measured()
    path = chains.cookie(False)
    rare = evidence.measure(attempt(), history(cookie=steps(path, seen(40), Count())))
    usual = evidence.measure(attempt(), history(cookie=steps(path, seen(40), seen(40))))
    assert rare["habit"] > 5
    assert usual["habit"] == pytest.approx(0.0, abs=0.1)
    assert "habit" not in evidence.measure(
        attempt(knows=True), history(cookie=steps(chains.cookie(True), seen(40), seen(40)))
    )


def test_an_unusual_hour_is_odd() -> None:
    path = chains.hours(attempt().at)
    assert measured_hours(path, seen(40, 1), seen(40, 1), seen(40)) < measured_hours(
        path, seen(40, 1), seen(40, 1)
    )


def measured_hours(path: chains.Chain, *mine: Count) -> float:
    from_everybody = steps(path, *mine, everybody=CROWD)
    return measured(hours=from_everybody)["slot"]


def reputed(failed_all: int, failed_here: int, users_here: int) -> float:
    root = Step(chains.Node("address", "all"), seen(40), seen(500, 30), seen(failed_all))
    return repute(
        root, Step(chains.Node("address", "network"), seen(0), seen(users_here), seen(failed_here))
    )


def test_a_place_where_second_factors_fail_has_a_name() -> None:
    assert reputed(100, 20, 1) > 2
    assert reputed(100, 0, 100) < -2


def test_while_nothing_has_failed_no_place_has_a_name() -> None:
    assert reputed(0, 0, 100) == 0.0
    assert abs(reputed(1, 1, 0)) < 0.3


def test_each_failure_makes_a_name_worse() -> None:
    assert reputed(100, 5, 3) > reputed(100, 4, 3) > reputed(100, 4, 4)


def test_failures_count_as_the_findings_say() -> None:
    assert measured(failures=Failures(account=FailureCount(9, 9, 9, 1)))["failures"] == 2.0


@pytest.mark.parametrize(
    ("path", "known"),
    [(PLACED, True), (BARE, False), ((), False), (chains.address(HOME, "DE"), True)],
)
def test_places_are_known_when_country_or_provider_is(path: chains.Chain, known: bool) -> None:
    assert evidence.has_places(history(address=steps(path, seen(1)))) is known
