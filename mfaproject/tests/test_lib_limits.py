"""The first gate: counts, and says honestly when it cannot."""

import threading
import time
from unittest import mock

import pytest
from django.core.cache import cache

from mfaproject.lib import limits
from mfaproject.lib.limits import Limit

pytestmark = pytest.mark.both
THREE = Limit("three", 3, 60)


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()
    limits.breaker.reset()


def test_the_fourth_of_three_waits_and_others_do_not() -> None:
    assert [limits.hit("a", THREE) for _ in range(3)] == [0, 0, 0]
    assert 1 <= limits.hit("a", THREE) <= 60
    assert limits.hit("b", THREE) == 0


def test_fifty_at_once_are_counted_one_by_one() -> None:
    waits: list[int] = []
    threads = [
        threading.Thread(target=lambda: waits.append(limits.hit("many", Limit("many", 20, 60))))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0) == 20


def test_what_is_refused_is_counted_nowhere() -> None:
    """Neither under the limit that refuses nor under the longer one beside it,
    which would be spent by asking in vain."""
    minute, hour = Limit("minute", 1, 60), Limit("hour", 2, 3_600)
    waits = [limits.hit_all(("a", minute), ("a", hour), truth=lambda: 9) for _ in range(5)]
    assert waits[0] == 0
    assert all(1 <= wait <= 60 for wait in waits[1:])
    assert limits.hit("a", hour) == 0
    assert 3_590 <= limits.hit("a", hour) <= 3_600
    assert 3_590 <= limits.hit_all(("a", minute), ("a", hour), truth=lambda: 9) <= 3_600, (
        "the longest wait is told"
    )


def test_the_wait_that_is_told_is_what_is_left() -> None:
    limits.hit("waits", Limit("waits", 1, 3))
    time.sleep(1.1)
    assert limits.hit("waits", Limit("waits", 1, 3)) <= 2


def test_a_counter_always_has_an_end() -> None:
    limits.hit("ends", Limit("ends", 1, 1))
    key = "limit:ends:ends"
    expiry = cache.ttl(key) if hasattr(cache, "ttl") else cache._expire_info[cache.make_key(key)]  # type: ignore[attr-defined]
    assert expiry is not None


def test_with_the_cache_gone_the_truth_is_asked_and_the_cache_is_left_alone_for_a_while() -> None:
    with mock.patch.object(limits, "_count", side_effect=OSError) as count:
        assert (
            limits.hit(
                "a", THREE, truth=lambda key, limit: 7 if (key, limit) == ("a", THREE) else 0
            )
            == 7
        )
        assert limits.hit("a", THREE, truth=lambda key, limit: 0) == 0
    assert count.call_count == 1


def test_without_a_truth_a_failing_cache_refuses() -> None:
    with mock.patch.object(limits, "_count", side_effect=OSError):
        assert limits.hit("a", THREE) == 60
