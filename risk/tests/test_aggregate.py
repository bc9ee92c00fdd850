"""What everybody's counts learn."""

from datetime import UTC, datetime, timedelta

import pytest

from risk.history import aggregate, counts
from risk.login import chains
from risk.login.history import decayed
from risk.models import FeatureCount
from risk.tests.helpers import HOME, HOME_TOO

pytestmark = pytest.mark.django_db
DAY_ONE = datetime(2026, 3, 10, tzinfo=UTC)
WEEK_LATER = DAY_ONE + timedelta(days=7)


def teach(account: int, ip: str = HOME, at: datetime = DAY_ONE) -> None:
    counts.learn(counts.lesson(account, (chains.address(ip),), "strong"), int(at.timestamp()))


def everybody() -> dict[str, tuple[float, int, int]]:
    return {
        row.level: (round(row.n, 6), row.times, row.distinct)
        for row in FeatureCount.objects.filter(account=0).order_by("id")
    }


def test_the_first_week_teaches_nobody_else() -> None:
    teach(1)
    assert aggregate.share(WEEK_LATER - timedelta(seconds=1)) == 0
    assert everybody() == {}


def test_an_account_counts_once_for_each_value() -> None:
    for _ in range(5):
        teach(1)
    teach(2)
    assert aggregate.share(WEEK_LATER) == 6
    assert everybody() == {"all": (2.0, 2, 1), "network": (2.0, 2, 1), "address": (2.0, 2, 0)}


def test_a_second_time_tells_nothing_new() -> None:
    teach(1)
    aggregate.share(WEEK_LATER)
    before = everybody()
    assert aggregate.share(WEEK_LATER) == 0
    assert everybody() == before


def test_a_later_value_makes_the_parent_more_varied() -> None:
    teach(1)
    aggregate.share(WEEK_LATER)
    teach(1, HOME_TOO, WEEK_LATER)
    aggregate.share(WEEK_LATER + timedelta(days=7))
    levels = {row.digest: row for row in FeatureCount.objects.filter(account=0)}
    assert [row.distinct for row in levels.values() if row.level == "network"] == [2]
    assert sum(row.level == "address" for row in levels.values()) == 2


def test_a_batch_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregate, "BATCH", 2)
    teach(1)
    teach(2, at=DAY_ONE + timedelta(seconds=1))
    assert [aggregate.share(WEEK_LATER + timedelta(seconds=1)) for _ in range(3)] == [3, 3, 0], (
        "what was first shown together is told together"
    )
    assert everybody()["all"][1] == 2


def test_when_it_is_told_changes_nothing() -> None:
    """Values are told as of the day they were due, so that a worker that stood
    still for a month leaves no trace."""
    for told in (WEEK_LATER + timedelta(days=2), WEEK_LATER + timedelta(days=40)):
        FeatureCount.objects.all().delete()
        teach(1)
        teach(2, at=DAY_ONE + timedelta(days=2))
        if told < WEEK_LATER + timedelta(days=9):
            aggregate.share(WEEK_LATER)
        aggregate.share(told)
        row = FeatureCount.objects.get(account=0, level="all")
        assert (row.n, row.last_seen) == (
            1 + decayed(1.0, 2 * 86_400),
            int((WEEK_LATER + timedelta(days=2)).timestamp()),
        )


def test_a_value_that_comes_late_is_counted_with_the_weight_it_has_by_then() -> None:
    teach(1, at=DAY_ONE + timedelta(days=90))
    aggregate.share(WEEK_LATER + timedelta(days=90))
    teach(2)
    aggregate.share(WEEK_LATER + timedelta(days=91))
    assert everybody()["all"][:2] == (1.5, 2)


def test_rows_for_everybody_are_never_told_again() -> None:
    teach(1)
    aggregate.share(WEEK_LATER)
    assert not FeatureCount.objects.filter(account=0, shared=False).exists()
