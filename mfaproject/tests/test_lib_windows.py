"""Counts in rows: exact, all or none, and true about the wait."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from accounts.models import RateCount
from mfaproject.lib import windows
from mfaproject.lib.limits import Limit
from mfaproject.lib.racing import at_once

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE, HOUR, LARGE = Limit("minute", 1, 60), Limit("hour", 5, 3_600), Limit("large", 60, 3_600)


def take(*limits: Limit, at: float = 0, subject: str = "a") -> int:
    return windows.take(
        RateCount, *((subject, limit) for limit in limits), now=NOON + timedelta(seconds=at)
    )


def counts() -> dict[str, int]:
    return dict(RateCount.objects.values_list("key", "count"))


@pytest.mark.parametrize(("at", "wait"), [(0, 60), (0.5, 60), (59, 1), (59.9, 1), (60, 0)])
def test_a_span_begins_with_its_first_and_says_when_it_ends(db: None, at: float, wait: int) -> None:
    assert take(MINUTE) == 0
    assert take(MINUTE, at=at) == wait


def test_subjects_are_counted_apart(db: None) -> None:
    assert take(MINUTE) == take(MINUTE, subject="b") == 0


def test_what_is_refused_takes_nothing_from_a_longer_window(db: None) -> None:
    assert [take(MINUTE, HOUR) for _ in range(20)] == [0] + [60] * 19
    assert counts() == {"minute:a": 1, "hour:a": 1}
    assert [take(MINUTE, HOUR, at=60 * minute) for minute in range(1, 7)] == [
        0,
        0,
        0,
        0,
        3_600 - 5 * 60,
        3_600 - 6 * 60,
    ]


def test_the_longest_wait_is_told(db: None) -> None:
    for minute in range(5):
        assert take(HOUR, at=minute * 60) == 0
    assert take(MINUTE, at=300) == 0
    assert take(MINUTE, HOUR, at=301) == take(HOUR, MINUTE, at=301) == 3_299


def test_a_refused_span_that_is_over_begins_with_the_next_that_is_admitted(db: None) -> None:
    take(MINUTE)
    take(MINUTE, HOUR, at=59)
    assert counts() == {"minute:a": 1}


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Many at the same moment."""

    @pytest.mark.parametrize(
        "at", [0, 3_600], ids=["a row that is not there yet", "a span that is over"]
    )
    def test_the_first_of_a_fresh_window_are_all_within_it(self, at: int) -> None:
        for pair in range(20):
            if at:
                take(LARGE, subject=f"{pair}")
            assert at_once(*[partial(take, LARGE, at=at, subject=f"{pair}")] * 2) == [0, 0]
        assert set(counts().values()) == {2}

    @pytest.mark.parametrize(
        "at", [0, 3_600], ids=["a row that is not there yet", "a span that is over"]
    )
    def test_of_fifty_exactly_as_many_pass_as_may(self, at: int) -> None:
        limit = Limit("some", 13, 3_600)
        if at:
            take(limit)
        results = at_once(*[partial(take, limit, at=at)] * 50)
        assert results.count(0) == 13
        assert set(results) == {0, 3_600}
        assert counts() == {"some:a": 13}

    def test_what_is_refused_in_a_crowd_takes_nothing_either(self) -> None:
        results = at_once(*[partial(take, MINUTE, HOUR)] * 50)
        assert results.count(0) == 1
        assert counts() == {"minute:a": 1, "hour:a": 1}

    def test_the_order_in_which_limits_are_named_locks_nobody_up(self) -> None:
        large = Limit("another", 60, 3_600)
        both = [partial(take, large, LARGE), partial(take, LARGE, large)]
        assert set(at_once(*both * 25)) == {0}
        assert counts() == {"another:a": 50, "large:a": 50}
