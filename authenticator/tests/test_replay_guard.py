"""What holds while the cache fails: the same caps, and no call twice."""

from contextlib import nullcontext
from typing import Any

import pytest

from authenticator.canonical import canonical
from authenticator.models import RateCount, Trace
from authenticator.services import replay_guard
from authenticator.services.sweep import sweep
from authenticator.tests.helpers import INBOX, call, post
from authenticator.tests.signer import Phone
from mfaproject.lib import limits, tokens
from mfaproject.lib.problems import Problem
from mfaproject.lib.testing import FrozenClock


class BrokenCache:
    """Counts how often it is asked, and never answers."""

    def __init__(self) -> None:
        self.asked = 0

    def add(self, *_: Any) -> bool:
        self.asked += 1
        raise ConnectionError("the cache is away")


def not_counted(*_: Any) -> Any:
    raise ConnectionError("the cache is away")


@pytest.fixture
def no_cache(monkeypatch: pytest.MonkeyPatch) -> BrokenCache:
    cache = BrokenCache()
    monkeypatch.setattr(replay_guard, "cache", cache)
    monkeypatch.setattr(limits, "_count", not_counted)
    return cache


def status(phone: Phone, header: str | None = None) -> int:
    return call(phone, "POST", INBOX, b"{}", header=header).status_code


def test_with_a_cache_nothing_is_written(phone: Phone) -> None:
    assert status(phone) == 200
    assert not Trace.objects.exists()
    assert not RateCount.objects.exists()


def test_phones_go_on_answering_without_a_cache(phone: Phone, no_cache: BrokenCache) -> None:
    assert [status(phone) for _ in range(3)] == [200, 200, 200]


def test_a_call_is_good_once_without_a_cache(phone: Phone, no_cache: BrokenCache) -> None:
    header = phone.header("POST", INBOX, b"{}")
    assert [status(phone, header) for _ in range(3)] == [200, 401, 401]


def test_the_cap_is_the_same_without_a_cache(phone: Phone, no_cache: BrokenCache) -> None:
    assert [status(phone) for _ in range(62)] == [200] * 60 + [429] * 2


def test_the_cap_counts_a_minute_without_a_cache(
    phone: Phone, no_cache: BrokenCache, clock: FrozenClock
) -> None:
    assert [status(phone) for _ in range(61)][-1] == 429
    clock.forward(seconds=61)
    assert status(phone) == 200


def test_pairing_is_capped_by_network_without_a_cache(
    no_cache: BrokenCache, db: None, clock: FrozenClock
) -> None:
    body = canonical({"token": tokens.new_token()})
    assert [post("/v1/authenticator/pair/look", body).status_code for _ in range(21)] == [
        410
    ] * 20 + [429]


def test_addresses_are_kept_as_keyed_digests(
    no_cache: BrokenCache, db: None, clock: FrozenClock
) -> None:
    replay_guard.check_pairing("", "198.51.100.7")
    assert "198.51.100.7" not in RateCount.objects.get().key


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("198.51.100.7", "198.51.100.8", False),
        ("2001:db8::1", "2001:db8::2", True),
        (None, None, True),
    ],
)
def test_a_household_counts_as_one(
    one: str | None, other: str | None, together: bool, db: None
) -> None:
    for _ in range(20):
        replay_guard.check_pairing("", one)
    with pytest.raises(Problem) if together else nullcontext():
        replay_guard.check_pairing("", other)


def test_a_cache_that_failed_is_left_alone_for_a_moment(
    phone: Phone, no_cache: BrokenCache
) -> None:
    """An outage costs one time-out in five seconds, and not two per request."""
    assert replay_guard.first_use(phone.device_id, tokens.new_id())
    assert replay_guard.first_use(phone.device_id, tokens.new_id())
    assert no_cache.asked == 1


def test_traces_go_when_no_check_looks_at_them_any_more(
    no_cache: BrokenCache, phone: Phone, clock: FrozenClock
) -> None:
    status(phone)
    clock.forward(seconds=60)
    sweep()
    assert (RateCount.objects.exists(), Trace.objects.exists()) == (True, True)
    clock.forward(seconds=1)
    sweep()
    assert (RateCount.objects.exists(), Trace.objects.exists()) == (False, True)
    clock.forward(seconds=90)
    sweep()
    assert not Trace.objects.exists()
