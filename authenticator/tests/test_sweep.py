"""What is cleared away by itself."""

from typing import Any

from authenticator.models import PairingCode, PushSubscription
from authenticator.services.sweep import sweep
from authenticator.tests.helpers import answered, link, paired, row
from authenticator.tests.signer import WEBPUSH
from mfa.services import enrolment
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock


def test_a_device_that_nobody_confirmed_in_time_ends(alice: Any, clock: FrozenClock) -> None:
    phone = answered(alice, sub=WEBPUSH)
    clock.forward(minutes=4, seconds=59)
    sweep()
    assert row(phone).revoked_at is None
    clock.forward(seconds=1)
    sweep()
    assert row(phone).revoked_at == time.now()
    assert row(phone).factor.revoked_at == time.now()
    assert not PushSubscription.objects.exists()
    assert (PairingCode.objects.get().state, PairingCode.objects.get().sealed_address) == (
        "refused",
        "",
    )


def test_a_confirmed_device_stays(alice: Any, clock: FrozenClock) -> None:
    phone = paired(alice)
    clock.forward(days=400)
    sweep()
    assert row(phone).revoked_at is None
    assert [factor.label for factor in enrolment.factors(alice.pk)] == ["Pixel 8"]


def test_codes_are_kept_for_a_day(alice: Any, clock: FrozenClock) -> None:
    link(alice)
    paired(alice)
    clock.forward(days=1, minutes=5)
    sweep()
    assert PairingCode.objects.count() == 2
    clock.forward(seconds=1)
    sweep()
    assert PairingCode.objects.count() == 0


def test_a_device_follows_its_factor(alice: Any, clock: FrozenClock) -> None:
    phone = paired(alice)
    enrolment.revoke_all(alice.pk)
    sweep()
    assert row(phone).revoked_at == time.now()
