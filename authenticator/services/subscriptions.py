"""How a device wants to be woken: kept sealed, one for each device, and what became of the last
tries.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from authenticator.canonical import Rejected, digest
from authenticator.endpoints import BadEndpoint, allowed
from authenticator.models import Device, PushSubscription
from authenticator.services.push_health import Kind
from authenticator.shapes import subscription_kind
from mfa.services import enrolment
from mfaproject.lib import clock, seal, tokens

_PURPOSE = "subscription"
# a success; a write for each push would be the dearest part of it
NOTED_EVERY = timedelta(minutes=1)


def put(device: Device, text: str | None) -> bool:
    """From now on this one, or none. True where the device should now show that it is woken by it.

    The same text again changes nothing, so that a resync does not wipe what is known of it. Raises
    Rejected for a text of another shape, or with an address that we would not connect to.
    """
    if text is None:
        _forget(device)
        return False
    kind, text_digest = _checked(text), digest(text)
    same = PushSubscription.objects.filter(device_id=device.pk, text_digest=text_digest).first()
    if same is not None:
        return same.proven_at is None or same.undeliverable
    fresh = {
        "kind": kind,
        "sealed": seal.seal(_PURPOSE, {"device": device.pk, "text": text}),
        "text_digest": text_digest,
        "topic": tokens.new_id(),
        "created_at": clock.now(),
        "last_success": None,
        "last_failure": None,
        "reason": "",
        "undeliverable": False,
        "proven_at": None,
        "echo_digest": "",
        "echo_at": None,
    }
    PushSubscription.objects.update_or_create(device_id=device.pk, defaults=fresh)
    return True


def _checked(text: str) -> str:
    """The kind of a text that may be kept."""
    kind = subscription_kind(text)
    try:
        if kind == PushSubscription.Kind.WEBPUSH:
            allowed(json.loads(text)["endpoint"])
    except BadEndpoint:
        raise Rejected("bad_value") from None
    return kind


@transaction.atomic
def _forget(device: Device) -> None:
    if PushSubscription.objects.filter(device_id=device.pk).delete()[0]:
        enrolment.unreachable(device.factor_id)


@dataclass(frozen=True, slots=True)
class Waking:
    """A subscription to send through. `address`: the fields of its text. `proven`: the device has
    shown that it is its own."""

    id: int
    factor_id: int
    service: Kind
    address: Mapping[str, str] = field(repr=False)
    topic: str = field(repr=False)
    proven: bool
    undeliverable: bool
    text_digest: str = field(repr=False)
    last_success: datetime | None
    last_failure: datetime | None


def waking(factor_id: int) -> Waking | None:
    """How to wake the device of a factor; None where it does not count (any more) or has said
    nothing. One SELECT."""
    counting = Q(
        device__confirmed_at__isnull=False,
        device__revoked_at=None,
        device__factor__revoked_at=None,
        device__user__is_active=True,
    )
    row = PushSubscription.objects.filter(counting, device__factor_id=factor_id).first()
    return _waking(row, factor_id) if row else None


def address_of(row: PushSubscription) -> dict[str, str]:
    """The fields of the text. Raises BrokenSeal for one that was sealed for another device."""
    fields: dict[str, str] = json.loads(
        seal.unseal(_PURPOSE, row.sealed, device=row.device_id)["text"]
    )
    return fields


def _waking(row: PushSubscription, factor_id: int) -> Waking:
    return Waking(
        id=row.pk,
        factor_id=factor_id,
        service="webpush" if row.kind == PushSubscription.Kind.WEBPUSH else "fcm",
        address=address_of(row),
        topic=row.topic,
        proven=row.proven_at is not None,
        undeliverable=row.undeliverable,
        text_digest=row.text_digest,
        last_success=row.last_success,
        last_failure=row.last_failure,
    )


def _still(sent: Waking) -> QuerySet[PushSubscription]:
    """The row, unless the device has given us another text meanwhile: what became of the old one
    says nothing of that."""
    return PushSubscription.objects.filter(pk=sent.id, text_digest=sent.text_digest)


def delivered(sent: Waking, now: datetime) -> None:
    """The service took it, which does not say that it arrives. Written once a
    minute, and always after a failure."""
    latest = sent.last_success
    if (
        latest is not None
        and now - latest < NOTED_EVERY
        and (sent.last_failure is None or sent.last_failure < latest)
    ):
        return
    _still(sent).update(last_success=now)


@transaction.atomic
def undelivered(sent: Waking, reason: str, now: datetime) -> None:
    """It did not leave. "gone" ends this subscription, never the device's key."""
    gone: dict[str, Any] = {"undeliverable": True} if reason == "gone" else {}
    if _still(sent).update(last_failure=now, reason=reason, **gone) and gone:
        enrolment.unreachable(sent.factor_id)
