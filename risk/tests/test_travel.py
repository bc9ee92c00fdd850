"""Journeys that nobody can make."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from risk.login import chains
from risk.login.history import History, Lately, Success
from risk.scoring.signals import travel
from risk.tests.helpers import HOME, attempt, history, seen, steps

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def before(country: str = "DE", listed: bool = False, times: int = 0, **ago: float) -> History:
    """The last success was there, so long ago; the person has signed in from Japan so often."""
    at = (NOW - timedelta(**(ago or {"hours": 1}))).timestamp()
    address = steps(chains.address(HOME, "JP", 2500), seen(20), seen(times))
    return history(
        lately=Lately(
            (Success(at, country, listed, placed=True), Success(at - 60, "JP", placed=True))
        ),
        address=address,
    )


def value(past: History, **facts: Any) -> float:
    return dict(travel.measure(attempt(at=NOW, **({"country": "JP"} | facts)), past)).get(
        "travel", 0.0
    )


@pytest.mark.parametrize(
    ("past", "facts"),
    [
        (before(hours=12), {}),
        (before("JP"), {}),
        (before("KR"), {}),
        (before(""), {}),
        (before("ZZ"), {}),
        (before(), {"country": ""}),
        (before(), {"knows": True}),
        (before(listed=True), {}),
        (before(), {"listed": frozenset({"vpn"})}),
        (before(), {"listed": frozenset({"tor", "hosting"})}),
        (history(), {}),
    ],
    ids=[
        "in time",
        "same",
        "neighbours",
        "unknown",
        "no country",
        "unknown here",
        "known browser",
        "from a VPN",
        "over a VPN",
        "over Tor",
        "none",
    ],
)
def test_nothing_where_the_journey_can_be_made_or_nobody_knows(
    past: History, facts: dict[str, Any]
) -> None:
    assert value(past, **facts) == 0.0
    assert travel.look(attempt(at=NOW, **({"country": "JP"} | facts)), past) == ()


@pytest.mark.parametrize(
    "ago", [{"seconds": 1}, {"minutes": 30}, {"hours": 1}, {"hours": 7}, {"seconds": -5}]
)
def test_a_journey_that_nobody_can_make_counts_in_full(ago: dict[str, Any]) -> None:
    assert value(before(**ago)) == 1.0


def test_a_hosting_network_does_not_hide_the_country() -> None:
    assert value(before(), listed=frozenset({"hosting"})) == 1.0


def test_where_the_person_was_before_it_counts_less() -> None:
    assert [value(before(times=times)) for times in (1, 3)] == [0.5, 0.25]


def test_nothing_for_whoever_often_hides() -> None:
    at = (NOW - timedelta(hours=1)).timestamp()
    past = history(
        lately=Lately(
            (
                Success(at, "DE", placed=True),
                Success(at - 9, "DE", True),
                Success(at - 10, "DE", True),
            )
        )
    )
    assert value(past) == 0.0


@pytest.mark.parametrize(
    ("ago", "said"),
    [({"minutes": 1}, "1 minute"), ({"minutes": 50}, "50 minutes"), ({"hours": 2}, "2 hours")],
)
def test_the_sentence_says_when_and_how_far(ago: dict[str, Any], said: str) -> None:
    finding = travel.look(attempt(at=NOW, country="JP"), before(**ago))[0]
    kilometres = finding.evidence["kilometres"]
    assert (
        finding.sentence
        == f"The last sign-in, {said} before, came from Germany: at least {kilometres} km from"
        " Japan."
    )
    assert 7000 < int(kilometres) < 8500
