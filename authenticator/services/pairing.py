"""From a QR code to a device that counts: begin, look, complete, then "is this yours?"."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from authenticator.canonical import Rejected, parse
from authenticator.context import Visit
from authenticator.models import Device, PairingCode
from authenticator.published_keys import PUBLISHED
from authenticator.services import devices, notices, push_proof, subscriptions
from authenticator.shapes import is_id
from authenticator.signing import Pairing, verify_pair
from authenticator.words import words_of
from mfa.services import enrolment
from mfaproject.lib import clock, seal, tokens

LIFE = timedelta(minutes=5)  # of the token, and again of the question once the phone has answered
_TOKEN, _ADDRESS = "pairing", "pairing-address"
State = PairingCode.State


@dataclass(frozen=True, slots=True)
class Account:
    """What the phone shows before it agrees. `exp` in seconds since 1970."""

    account: str
    username: str
    app: str
    site: str
    exp: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Completed:
    """What the phone keeps: its own id and the account's handle."""

    device_id: str
    user: str


@dataclass(frozen=True, slots=True)
class PairingView:
    """What the first screen shows. `here`: this browser becomes its own authenticator. With state
    "waiting" the device's facts are empty."""

    public_id: str
    state: str
    seconds_left: int
    here: bool
    device_name: str = ""
    browser: str = ""
    place: str = ""
    words: tuple[str, str] | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A link for the phone; the token is in its fragment, which no server sees and no log keeps.
    `view` is the pairing as it begins."""

    url: str
    view: PairingView


def begin(*, user_id: int, epoch: int, session_id: str, tied_browser: str = "") -> Begun:
    """`tied_browser` is the selector of a browser that becomes its own authenticator, a weak factor
    for what begins there; "" for another device."""
    token, now = tokens.new_token(), clock.now()
    row = PairingCode.objects.create(
        token_digest=tokens.digest(_TOKEN, token),
        user_id=user_id,
        epoch=epoch,
        session=session_id,
        tied_browser=tied_browser,
        created_at=now,
        expires_at=now + LIFE,
    )
    return Begun(f"{settings.AUTHENTICATOR_ORIGIN}/authenticator/pair/#{token}", _view(row, now))


def _alive(now: datetime, *states: str) -> QuerySet[PairingCode]:
    """Rows in one of these states and in time, of a person who is active and whose epoch is still
    the one it was begun in.

    The person is asked about in a subquery and not by a join: an UPDATE through a join would find
    the row by a second look at the table, and PostgreSQL would let both of two racing updates win.
    """
    still_hers = get_user_model().objects.filter(
        pk=OuterRef("user_id"), auth_epoch=OuterRef("epoch"), is_active=True
    )
    return PairingCode.objects.filter(Exists(still_hers), state__in=states, expires_at__gt=now)


def _waiting(token: str, now: datetime) -> PairingCode | None:
    return (
        _alive(now, State.WAITING)
        .select_related("user")
        .filter(token_digest=tokens.digest(_TOKEN, token))
        .first()
    )


def look(token: str) -> Account | None:
    """The account behind a token that could still be used; None for every other one."""
    row = _waiting(token, clock.now())
    if row is None:
        return None
    return Account(
        row.user.full_name,
        row.user.username,
        settings.APP_NAME,
        settings.PUBLIC_ORIGIN,
        int(row.expires_at.timestamp()),
    )


def named_in(body: bytes) -> str:
    """The public id of the pairing whose token a body names, "" where there is none that waits.
    Trusts nothing else in it."""
    try:
        token = parse(body).get("token")
    except Rejected:
        return ""
    row = _waiting(token, clock.now()) if isinstance(token, str) else None
    return row.public_id if row else ""


def complete(body: bytes, visit: Visit) -> Completed | None:
    """The phone's side. None when the token is spent, late, unknown or of another epoch. Raises
    Rejected for a body that is not right."""
    asked = verify_pair(
        body,
        aud=settings.AUTHENTICATOR_ORIGIN,
        refused_keys=PUBLISHED,
        now=int(visit.at.timestamp()),
    )
    row = _waiting(asked.token, visit.at)
    if row is None:
        return None
    with transaction.atomic():
        device = _new_device(row, asked, visit)
        if not _spend(row, device, visit):
            transaction.set_rollback(True)
            return None
    return Completed(device.public_id, row.user.handle)


def _new_device(row: PairingCode, asked: Pairing, visit: Visit) -> Device:
    factor_id = enrolment.add_factor(
        user_id=row.user_id,
        kind="push",
        label=asked.name,
        added_by=row.session,
        tied_browser=row.tied_browser,
        confirmed=False,
    )
    device = Device.objects.create(
        factor_id=factor_id,
        user_id=row.user_id,
        name=asked.name,
        x=asked.key.x,
        y=asked.key.y,
        thumbprint=asked.key.thumbprint,
        browser_label=visit.browser,
        place=visit.place,
        paired_at=visit.at,
        added_by=row.session,
    )
    subscriptions.put(device, asked.subscription)
    return device


def _spend(row: PairingCode, device: Device, visit: Visit) -> bool:
    address = seal.seal(_ADDRESS, {"pairing": row.public_id, "ip": visit.ip or ""})
    answered = {
        "state": State.ANSWERED,
        "device": device,
        "answered_at": visit.at,
        "expires_at": visit.at + LIFE,
        "sealed_address": address,
    }
    return _alive(visit.at, State.WAITING).filter(pk=row.pk).update(**answered) == 1


def current(session_id: str) -> PairingView | None:
    """What this session has in hand: a phone that answered comes first, then the latest code; None
    when there is neither."""
    now = clock.now()
    mine = (
        _alive(now, State.WAITING, State.ANSWERED)
        .select_related("device")
        .filter(session=session_id)
    )
    row = mine.order_by("state", "-pk").first()  # "answered" sorts before "waiting"
    return _view(row, now) if row else None


def _view(row: PairingCode, now: datetime) -> PairingView:
    begun = PairingView(
        row.public_id,
        row.state,
        max(1, int((row.expires_at - now).total_seconds())),
        bool(row.tied_browser),
    )
    if row.device is None:
        return begun
    device, address = (
        row.device,
        seal.unseal(_ADDRESS, row.sealed_address, pairing=row.public_id)["ip"],
    )
    return replace(
        begun,
        device_name=device.name,
        browser=device.browser_label,
        place=device.place or address,
        words=words_of(device.thumbprint),
        answered_at=row.answered_at,
    )


def _answered(public_id: str, session_id: str, now: datetime) -> PairingCode | None:
    """The pairing that this very session was shown; nobody else's can be answered for."""
    if not is_id(public_id):
        return None
    rows = _alive(now, State.ANSWERED).select_related("device", "user")
    return rows.filter(public_id=public_id, session=session_id, device__isnull=False).first()


def confirm(public_id: str, session_id: str, ip: str | None) -> str | None:
    """It is theirs: from now on the device counts, and its owner gets a mail. Gives its name; None
    when there is nothing to confirm."""
    now = clock.now()
    row = _answered(public_id, session_id, now)
    if row is None or row.device is None:
        return None
    with transaction.atomic():
        if (
            not _alive(now, State.ANSWERED)
            .filter(pk=row.pk)
            .update(state=State.CONFIRMED, sealed_address="")
        ):
            return None
        enrolment.confirm_factor(row.user_id, row.device.factor_id)
        Device.objects.filter(pk=row.device.pk).update(confirmed_at=now)
        row.user.refresh_from_db(fields=["auth_epoch"])  # the factor has renewed it
        notices.device_changed(row.user, "device_added", name=row.device.name, at=now, ip=ip)
        row.device.user = row.user
        push_proof.ask(row.device)  # only now: what nobody has said yes to wakes nobody
    return row.device.name


def refuse(public_id: str, session_id: str) -> bool:
    """It is not theirs: the device never counted and never will."""
    now = clock.now()
    row = _answered(public_id, session_id, now)
    if row is None or row.device is None:
        return False
    with transaction.atomic():
        if (
            not _alive(now, State.ANSWERED)
            .filter(pk=row.pk)
            .update(state=State.REFUSED, sealed_address="")
        ):
            return False
        devices.end(row.device, now)
    return True
