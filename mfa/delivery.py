"""One claimed message: whether it should still leave, what it says, and what became of it."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from mfa import mails, poll, registry
from mfa.channels.base import AWAY, OURS, UNREACHABLE, Channel, DeliveryError, LateLetter, Parcel
from mfa.channels.names import MAIL, TEXT, WAKE
from mfa.masks import masked
from mfa.models import Challenge, Factor, OutboxMessage
from mfaproject.lib import clock, mailbox, seal, tokens
from mfaproject.lib.prepared import Prepared, PreparedUpdate

log = logging.getLogger("nod.outbox")

LONGEST_REST = 60.0
"""Seconds between tries at most."""
_SEAL = "outbox"
_State = OutboxMessage.State


def _closing(
    pk: str, state: str, reason: str, now: datetime
) -> tuple[QuerySet[OutboxMessage], dict[str, Any]]:
    changes = {"state": state, "reason": reason, "payload": "", "ended_at": now}
    return OutboxMessage.objects.filter(pk=pk, state=_State.QUEUED), changes


_ROW = Prepared(
    lambda pk: OutboxMessage.objects.select_related("user", "challenge").filter(pk=pk), pk=str
)
_CLOSE = PreparedUpdate(_closing, pk=str, state=str, reason=str, now=datetime)


def wrapped(
    row_id: str, *, channel: str, destination: str, language: str, context: dict[str, Any]
) -> str:
    """The sealed payload of a row: it names what it belongs to, so that none
    can be put into another row."""
    return seal.seal(
        _SEAL,
        {
            "row": row_id,
            "channel": channel,
            "destination": destination,
            "language": language,
            "context": context,
        },
    )


def deliver(row_id: str) -> None:
    """One claimed row: sent, or not needed any more, or for later."""
    row = _ROW.first(pk=row_id)
    if row is None:  # its challenge or person was deleted meanwhile, and it with them
        return
    if end := _pointless(row):
        _close(row, *end)
        return
    try:
        parcel = _parcel(row)
        if parcel is None:
            _close(row, _State.DROPPED, "nobody")
            return
        _channel(row.channel).send(parcel)
    except DeliveryError as error:
        _failed(row, error.reason, permanent=error.permanent, rest=error.retry_after or 0)
    except seal.BrokenSeal:
        _failed(row, "broken_seal", permanent=True)
    # A channel or template may raise anything; one bad message must not stop the others.
    except Exception as error:  # noqa: BLE001
        _failed(row, type(error).__name__, permanent=False)
    else:
        _close(row, _State.SENT)


def _pointless(row: OutboxMessage) -> tuple[OutboxMessage.State, str] | None:
    """Why this message should not leave any more: read again here, because everything may have
    changed since it was written."""
    if row.expires_at <= clock.now():
        # A fault of ours stays the last thing that is known of it: else it is well again by
        # waiting.
        return _State.EXPIRED, row.reason if row.reason in OURS | AWAY else "too_late"
    if row.challenge is not None and row.challenge.state != "pending":
        return _State.DROPPED, f"challenge_{row.challenge.state}"
    if row.epoch is not None and (
        row.user is None or row.user.auth_epoch != row.epoch or not row.user.is_active
    ):
        return _State.DROPPED, "epoch"
    return None


def unwrapped(row: OutboxMessage) -> dict[str, Any]:
    """The payload of a row. Raises BrokenSeal for one that was made for another
    row, channel or destination."""
    payload = seal.unseal(_SEAL, row.payload, row=row.pk, channel=row.channel)
    if masked(payload["destination"]) != row.sent_to:
        raise seal.BrokenSeal("this value was sealed for another destination")
    return payload


def _parcel(row: OutboxMessage) -> Parcel | None:
    """What leaves; None where it turns out that there is nobody to whom it goes."""
    payload = unwrapped(row)
    to, language, context = payload["destination"], payload["language"], payload["context"]
    if row.channel == WAKE:
        return Parcel(row.pk, row.channel, to, language, row.expires_at, context=context)
    template = row.template
    if template in settings.LATE_LETTERS:
        letter: LateLetter | None = import_string(settings.LATE_LETTERS[template])(to, context)
        if letter is None:
            return None
        to, template, language, context = (
            letter.to,
            letter.template,
            letter.language,
            letter.context,
        )
    if row.channel == MAIL:
        to = _mailed(to)
    words = (mails.texted if row.channel == TEXT else mails.rendered)(template, context, language)
    return Parcel(
        row.pk, row.channel, to, language, row.expires_at, words.subject, words.text, words.html
    )


def _mailed(address: str) -> str:
    """Where mail to an address goes: here for all channels."""
    try:
        return mailbox.mailed(address)
    except mailbox.NotAnAddress:
        raise DeliveryError("bad_address", permanent=True) from None


def _channel(name: str) -> Channel:
    made: Channel = import_string(settings.MFA_CHANNELS[name])()
    return made


def _failed(row: OutboxMessage, reason: str, *, permanent: bool, rest: int = 0) -> None:
    # an operator can mend what is ours
    level = logging.ERROR if reason in OURS else logging.WARNING
    log.log(
        level,
        "a message was not delivered",
        extra={
            "outbox_id": row.pk,
            "template": row.template,
            "reason": reason,
            "permanent": permanent,
        },
    )
    next_try = clock.now() + max(rest_after(row.attempts), timedelta(seconds=rest))
    if permanent:
        _close(row, _State.FAILED, reason)
        _fail_device(row, reason)
        _fail_code(row.challenge)
    elif next_try >= row.expires_at:
        _close(row, _State.EXPIRED, reason)
        _tell(row)
    else:
        OutboxMessage.objects.filter(pk=row.pk, state=_State.QUEUED, attempts=row.attempts).update(
            due_at=next_try, reason=reason[:60]
        )


def rest_after(attempts: int) -> timedelta:
    """2 s after the first try, then twice as long each time up to a minute, and up to half of that
    more, so that retries do not march in step."""
    seconds = min(float(2**attempts), LONGEST_REST)
    return timedelta(seconds=seconds + tokens.jitter(seconds / 2))


def _close(row: OutboxMessage, state: OutboxMessage.State, reason: str = "") -> None:
    """The end of a row: what it carried is wiped with the same UPDATE."""
    _CLOSE(pk=row.pk, state=state.value, reason=reason[:60], now=clock.now())


def _fail_device(row: OutboxMessage, reason: str) -> None:
    """A device that nothing wakes any more is told of at once: whoever waits
    for it can take another way."""
    if row.factor_id is not None and reason in UNREACHABLE:
        Factor.objects.filter(pk=row.factor_id).lost(clock.now())
        poll.reach_changed(row.factor_id)
    _tell(row)


def _tell(row: OutboxMessage) -> None:
    """This question will not reach that device by itself any more."""
    if row.factor_id is not None and row.challenge is not None:
        poll.got_further([row.challenge.subject])


@transaction.atomic
def _fail_code(challenge: Challenge | None) -> None:
    """A code that cannot reach anybody ends its challenge, so that the page offers another way. A
    push can still be found in the inbox."""
    if (
        challenge is not None
        and not registry.of(challenge.kind).is_elsewhere
        and Challenge.objects.filter(pk=challenge.pk).move("failed", decided_at=clock.now())
    ):
        poll.changed([challenge.subject])
