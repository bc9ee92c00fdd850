"""What time takes away."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from mfaproject.lib.testing import FrozenClock
from risk.history import expire
from risk.models import FeatureCount, HeldSource, KnownBrowser, LoginLog
from risk.services import (
    forget_all_browsers,
    recent_logins,
    recognise,
    report_not_me,
    retention,
    sweep,
)
from risk.tests.helpers import FAR, FARTHER, HOME, fail, sign_in


def digests(row: LoginLog) -> list[str]:
    return [row.sealed_ip, row.ip_digest, row.source_digest, row.subnet_digest]


@pytest.mark.parametrize(
    ("ip", "left"),
    [
        (HOME, "81.2.69.0/24"),
        (FARTHER, "2a02:c7f:1234::/48"),
        ("127.0.0.1", "127.0.0.0/24"),
        (None, ""),
    ],
)
def test_after_thirty_days_the_address_is_cut(
    alice: Any, clock: FrozenClock, ip: str | None, left: str
) -> None:
    fail(alice, ip, "denied")
    clock.forward(days=30)
    sweep()
    assert recent_logins(alice.pk)[0].ip == ip
    clock.forward(seconds=1)
    sweep()
    row = LoginLog.objects.get()
    assert row.network == left
    assert digests(row) == [""] * 4
    assert recent_logins(alice.pk)[0].ip is None


def test_the_span_is_a_setting(alice: Any, clock: FrozenClock, settings: Any) -> None:
    settings.RISK_ADDRESS_DAYS = 2
    fail(alice)
    clock.forward(days=2, seconds=1)
    assert retention.cut_addresses() == 1
    assert retention.cut_addresses() == 0


def test_an_address_that_no_key_opens_is_cut_to_nothing(
    alice: Any, clock: FrozenClock, settings: Any
) -> None:
    fail(alice)
    settings.ROOT_KEYS = ["quite another root key, made after a loss"]
    clock.forward(days=31)
    sweep()
    row = LoginLog.objects.get()
    assert (row.network, digests(row)) == ("", [""] * 4)


def test_a_long_absence_is_made_up_for_in_batches(
    alice: Any, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(3):
        fail(alice)
    clock.forward(days=31)
    assert [retention.cut_addresses() for _ in range(3)] == [2, 1, 0]


def test_revoked_browsers_go_after_thirty_days(alice: Any, clock: FrozenClock) -> None:
    sign_in(alice)
    _, kept = sign_in(alice)
    forget_all_browsers(alice.pk, except_selector=(kept or "").partition(".")[0])
    clock.forward(days=29)
    sweep()
    assert KnownBrowser.objects.count() == 2
    clock.forward(days=2)
    sweep()
    assert KnownBrowser.objects.count() == 1
    assert recognise(kept).state == "known"


def test_unused_browsers_go_after_half_a_year(alice: Any, clock: FrozenClock) -> None:
    sign_in(alice)
    clock.forward(days=181)
    sweep()
    assert not KnownBrowser.objects.exists()


def test_holds_go_when_they_are_over(alice: Any, clock: FrozenClock) -> None:
    report_not_me(log_id=fail(alice, FAR, "pending"), user_id=alice.pk, answering_ip=HOME)
    clock.forward(hours=23)
    sweep()
    assert HeldSource.objects.exists()
    clock.forward(hours=2)
    sweep()
    assert not HeldSource.objects.exists()


def test_everybodys_counts_learn_after_a_week(alice: Any, clock: FrozenClock) -> None:
    sign_in(alice)
    sweep()
    assert not FeatureCount.objects.filter(account=0).exists()
    clock.forward(days=8)
    sweep()
    assert (
        FeatureCount.objects.filter(account=0).count()
        == FeatureCount.objects.filter(account=alice.pk).count()
    )


def test_unused_counts_go_after_half_a_year(
    alice: Any, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expire, "SLICES", 1)
    sign_in(alice)
    clock.forward(days=179)
    sweep()
    assert FeatureCount.objects.filter(account=alice.pk).exists()
    clock.forward(days=2)
    sweep()
    assert not FeatureCount.objects.filter(account=alice.pk).exists()


def test_a_sweep_with_nothing_to_do_is_cheap(
    django_assert_max_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_max_num_queries(16):
        sweep()
