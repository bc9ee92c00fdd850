"""The authenticators of a person: list, rename, revoke, and who is listened to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from authenticator.models import Device, PushSubscription
from authenticator.services import notices, push_proof, subscriptions
from authenticator.signing import verify_rotate
from mfa.services import enrolment
from mfaproject.lib import clock
from mfaproject.lib.prepared import Prepared, PreparedUpdate

# an open authenticator asks every two seconds; a write each time would be the dearest part of it
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One row of the security page."""

    public_id: str
    name: str
    browser: str
    place: str
    paired_at: datetime
    last_answer_at: datetime | None
    last_seen_at: datetime | None


def _counting() -> QuerySet[Device]:
    """Confirmed, not revoked here, and still a factor of an active person: mfa
    may have ended the factor alone."""
    return Device.objects.filter(
        confirmed_at__isnull=False, revoked_at=None, factor__revoked_at=None, user__is_active=True
    )


def _named(public_id: str) -> QuerySet[Device]:
    return _counting().select_related("user", "factor").filter(public_id=public_id)


_LISTENING = Prepared(_named, public_id=str)
_SAW = PreparedUpdate(
    lambda pk, now: (Device.objects.filter(pk=pk), {"last_seen_at": now}), pk=int, now=datetime
)
_ANSWERED = PreparedUpdate(
    lambda pk, now: (Device.objects.filter(pk=pk), {"last_seen_at": now, "last_answer_at": now}),
    pk=int,
    now=datetime,
)


def listening(public_id: str) -> Device | None:
    """The device that signs under this id, if it counts: with its person and
    its factor, in one statement."""
    return _LISTENING.first(public_id=public_id)


def saw(device: Device, now: datetime) -> None:
    """Notes that a device was here, once a minute."""
    if device.last_seen_at is None or now - device.last_seen_at >= SEEN_EVERY:
        _SAW(pk=device.pk, now=now)


def answered(device: Device, now: datetime) -> None:
    """Notes that a question was answered with it."""
    _ANSWERED(pk=device.pk, now=now)


def change(device: Device, body: bytes) -> bool:
    """`PUT device`: another push subscription, or none. False for a new key, which is refused.
    Raises Rejected for a body that is not right."""
    after = verify_rotate(
        body,
        aud=settings.AUTHENTICATOR_ORIGIN,
        device_id=device.public_id,
        key=device.key,
        now=clock.timestamp(),
    )
    if after.key != device.key:
        return False
    if subscriptions.put(device, after.subscription):
        push_proof.ask(device)
    return True


def _of(user_id: int, handle: str) -> Device | None:
    """By public id, or by the factor's number, which is all that others know of a device."""
    known = (
        {"factor_id": int(handle)}
        if handle.isdecimal() and len(handle) < 19
        else {"public_id": handle}
    )
    return _counting().select_related("user").filter(user_id=user_id, **known).first()


def find(user_id: int, handle: str) -> DeviceView | None:
    """One device of this person; None for anybody else's."""
    row = _of(user_id, handle)
    return _view(row) if row else None


def _view(row: Device) -> DeviceView:
    return DeviceView(
        row.public_id,
        row.name,
        row.browser_label,
        row.place,
        row.paired_at,
        row.last_answer_at,
        row.last_seen_at,
    )


def devices(user_id: int) -> list[DeviceView]:
    """The devices that count, oldest first."""
    return [_view(row) for row in _counting().filter(user_id=user_id).order_by("pk")]


def rename(user_id: int, handle: str, name: str, ip: str | None) -> bool:
    """Another name here and on the factor, and a mail that says so."""
    row, now = _of(user_id, handle), clock.now()
    if row is None:
        return False
    with transaction.atomic():
        if not Device.objects.filter(pk=row.pk, revoked_at=None).update(name=name):
            return False
        enrolment.rename_factor(user_id, row.factor_id, name)
        notices.device_changed(row.user, "device_renamed", name=name, at=now, ip=ip)
    return True


def revoke(user_id: int, handle: str, ip: str | None, session: str = "") -> str | None:
    """The key and the factor are dead from now on; its owner gets a mail. Gives the device's name,
    None when there was nothing to revoke.

    `session`: the public id of the one that asked, where it is a session of hers.
    """
    row, now = _of(user_id, handle), clock.now()
    if row is None:
        return None
    with transaction.atomic():
        if not end(row, now, session):
            return None
        notices.device_changed(row.user, "device_removed", name=row.name, at=now, ip=ip)
    return row.name


def end(device: Device, now: datetime, session: str = "") -> bool:
    """Ends key, factor and subscription, inside the caller's transaction. One winner.

    The factor before the device, as an answer takes them: two locks taken in two orders end in a
    deadlock.
    """
    enrolment.revoke_factor(device.user_id, device.factor_id, session=session)
    if not Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now):
        return False
    PushSubscription.objects.filter(device_id=device.pk).delete()
    return True


def follow_factors(now: datetime) -> None:
    """Devices whose factor mfa has ended are ended here too. They were not
    listened to any more before."""
    gone = Device.objects.filter(revoked_at=None, factor__revoked_at__isnull=False)
    PushSubscription.objects.filter(device__in=gone).delete()
    gone.update(revoked_at=now)
