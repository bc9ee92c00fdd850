"""Sign-ins shortly after something was changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from risk.login import chains
from risk.login.history import History, Lately
from risk.scoring.signals import changes
from risk.tests.helpers import HOME, attempt, history, seen, steps

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

NEW = steps(chains.address(HOME), seen(9))


def after(
    password: float | None = None,
    factor: float | None = None,
    sign_ins: int = 9,
    address: Any = NEW,
) -> History:
    """So many hours after each."""
    moments = [
        None if hours is None else (NOW - timedelta(hours=hours)).timestamp()
        for hours in (password, factor)
    ]
    return history(
        cookie=steps(chains.cookie(False), seen(sign_ins)),
        address=address,
        lately=Lately((), *moments),
    )


def value(past: History, **facts: Any) -> dict[str, float]:
    return dict(changes.measure(attempt(at=NOW, **facts), past))


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ({"password": 3}, {"changed_password": 1.0}),
        ({"factor": 23}, {"changed_factor": 1.0}),
        ({"password": 3, "factor": 2}, {"changed_factor": 1.0}),
        ({"password": 2, "factor": 30}, {"changed_password": 1.0}),
        ({"password": 25}, {}),
        ({"factor": 24}, {}),
        ({}, {}),
    ],
)
def test_the_later_one_counts_for_a_day(hours: dict[str, Any], found: dict[str, float]) -> None:
    assert value(after(**hours)) == found
    assert bool(changes.look(attempt(at=NOW), after(**hours))) is bool(found)


@pytest.mark.parametrize(
    ("past", "facts"),
    [
        (after(1), {"knows": True}),
        (after(1, sign_ins=4), {}),
        (after(1, address=steps(chains.address(HOME), seen(9), seen(1))), {}),
        (after(1, address=()), {}),
    ],
    ids=["known browser", "new account", "own network", "loopback"],
)
def test_not_where_people_are_themselves(past: History, facts: dict[str, Any]) -> None:
    assert (value(past, **facts), changes.look(attempt(at=NOW, **facts), past)) == ({}, ())


@pytest.mark.parametrize(
    ("past", "sentence"),
    [
        (after(0.2), "The password was set through a link less than an hour before."),
        (after(1.2), "The password was set through a link an hour before."),
        (after(None, 5), "A second factor was added or removed 5 hours before."),
    ],
)
def test_the_sentence_says_what_and_when(past: History, sentence: str) -> None:
    assert changes.look(attempt(at=NOW), past)[0].sentence == sentence
