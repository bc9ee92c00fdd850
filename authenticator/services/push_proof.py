"""Whether a push arrives: a random value is pushed to a device, which sends it back signed.

Until then an address is only somebody's word. Whoever registers another's endpoint makes it ring
once, in vain: the value cannot be read without that browser's keys, and comes back signed by that
browser's own device, for which nothing was waiting.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from authenticator.canonical import parse
from authenticator.models import Device, PushSubscription
from authenticator.services import push_health, replay_guard, subscriptions
from authenticator.shapes import check, require
from mfa import outbox
from mfa.services import enrolment
from mfaproject.lib import clock, tokens

LIFE = timedelta(minutes=10)
_PURPOSE = "echo"
_VALUE = re.compile(r"[A-Za-z0-9_-]{22}")


def ask(device: Device) -> bool:
    """Sends a value through a subscription that is new, or has to show again that it works. False
    over the limits: the person may ask later."""
    row = _subscription(device)
    if row is None or replay_guard.echo_wait(device.public_id, _address(row)):
        return False
    _send(device, row)
    return True


def test(device: Device) -> int | None:
    """The same because the person asks. Gives the seconds to wait, 0 when it is on its way; None
    without a subscription."""
    row = _subscription(device)
    if row is None:
        return None
    wait = replay_guard.echo_wait(device.public_id, _address(row), asked=True)
    if not wait:
        _send(device, row)
    return wait


def _subscription(device: Device) -> PushSubscription | None:
    return PushSubscription.objects.filter(device_id=device.pk).first()


def _address(row: PushSubscription) -> str:
    """What makes the phone ring: keys may be invented, so they do not count."""
    fields = subscriptions.address_of(row)
    return fields.get("endpoint") or fields["value"]


@transaction.atomic
def _send(device: Device, row: PushSubscription) -> None:
    value, now = tokens.new_id(), clock.now()
    asked = {"echo_digest": tokens.digest(_PURPOSE, value), "echo_at": now}
    if not PushSubscription.objects.filter(pk=row.pk, text_digest=row.text_digest).update(**asked):
        # the device has given us another text meanwhile, and with it asked for another value
        return
    outbox.enqueue(
        channel="push",
        template="echo",
        destination=str(device.factor_id),
        context={"v": 1, "echo": value},
        language=device.user.language or settings.LANGUAGE_CODE,
        user_id=device.user_id,
        epoch=device.user.auth_epoch,
        expires_at=now + LIFE,
    )


def came(device: Device, body: bytes) -> bool:
    """`{"echo": …}` in a signed body. True once: for the last value sent to this very device,
    within ten minutes. Raises Rejected."""
    got = parse(body)
    require(got, "echo")
    check(isinstance(got["echo"], str) and _VALUE.fullmatch(got["echo"]) is not None)
    return _spend(device, tokens.digest(_PURPOSE, str(got["echo"])), clock.now())


@transaction.atomic
def _spend(device: Device, value_digest: str, now: datetime) -> bool:
    waiting = PushSubscription.objects.filter(
        device_id=device.pk, echo_digest=value_digest, echo_at__gt=now - LIFE
    )
    if not waiting.update(echo_digest="", echo_at=None, proven_at=now, undeliverable=False):
        return False
    enrolment.reachable(device.factor_id)
    return True


def health(device: Device) -> dict[str, Any]:
    """What the authenticator's own page says of this device's push. Times in
    whole seconds since 1970."""
    row = _subscription(device)
    return {"push": _facts(row) if row else None, "services": push_health.states()}


def _facts(row: PushSubscription) -> dict[str, Any]:
    times = {
        name: getattr(row, name)
        for name in ("created_at", "proven_at", "last_success", "last_failure")
    }
    told = {name: int(at.timestamp()) if at else None for name, at in times.items()}
    return {"kind": row.kind, "reason": row.reason, "undeliverable": row.undeliverable} | told
