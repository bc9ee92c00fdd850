"""Accounts that sleep."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from risk.login import chains
from risk.login.history import Count, History, decayed
from risk.scoring.signals import away
from risk.tests.helpers import attempt, history, steps

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

DAY = 86_400


def since(days: float, sign_ins: float = 200.0) -> History:
    """The last success was so many days ago; by then they weighed so much."""
    n = decayed(sign_ins, days * DAY)
    cookie = steps(chains.cookie(False), Count(n, round(sign_ins)))
    return history(cookie=cookie, last_at=(NOW - timedelta(days=days)).timestamp())


def value(past: History, **facts: Any) -> float:
    return dict(away.measure(attempt(at=NOW, **facts), past)).get("away", 0.0)


@pytest.mark.parametrize("days", [0, 1, 59])
def test_two_months_are_nothing_to_wonder_at(days: float) -> None:
    assert (value(since(days)), away.look(attempt(at=NOW), since(days))) == (0.0, ())


def test_then_it_grows_little_by_little() -> None:
    found = [value(since(days)) for days in (61, 75, 90, 120, 179)]
    assert found == sorted(found)
    assert 0 < found[0] < 0.05
    assert found[3] == pytest.approx(1.0, abs=0.01)
    assert found[4] < 2


@pytest.mark.parametrize(("sign_ins", "odd"), [(200, True), (5, True), (2, False), (1, False)])
def test_whoever_comes_rarely_may_be_away_for_long(sign_ins: float, odd: bool) -> None:
    assert (value(since(100, sign_ins)) > 0) is odd


def test_nothing_in_a_known_browser_or_without_a_history() -> None:
    assert value(since(150), knows=True) == value(history()) == 0.0
    assert away.look(attempt(at=NOW, knows=True), since(150)) == ()


def test_the_sentence_says_how_long() -> None:
    assert away.look(attempt(at=NOW), since(97))[0].sentence == "Nobody had signed in for 97 days."
