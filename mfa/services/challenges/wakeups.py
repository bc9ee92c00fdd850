"""How far a question got on its way to each device."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from mfa import poll
from mfa.models import OutboxMessage
from mfa.results import Wake, WakeState
from mfaproject.lib.prepared import PreparedUpdate

_State = OutboxMessage.State
_ON_ITS_WAY = (_State.QUEUED, _State.SENT)


def _seeing(
    challenge_id: int, factor_id: int, now: datetime
) -> tuple[QuerySet[OutboxMessage], dict[str, Any]]:
    return OutboxMessage.objects.filter(
        challenge_id=challenge_id, factor_id=factor_id, seen_at=None
    ), {"seen_at": now}


_SEE = PreparedUpdate(_seeing, challenge_id=int, factor_id=int, now=datetime)


def saw(challenge_id: int, subject: str, factor_id: int, now: datetime) -> None:
    """The device has fetched this question, woken or by itself; `subject` is the journey that asks.
    One conditional UPDATE."""
    if _SEE(challenge_id=challenge_id, factor_id=factor_id, now=now):
        poll.got_further([subject])


def wakes(challenge_id: int) -> list[Wake]:
    """The devices that a question went to, the oldest first. Names are for known browsers only: the
    caller's to hide. One SELECT."""
    rows = OutboxMessage.objects.filter(challenge_id=challenge_id, factor__revoked_at=None).exclude(
        factor=None
    )
    columns = rows.order_by("factor_id").values_list(
        "factor__label", "factor__unreachable_since", "state", "seen_at"
    )
    return [wake(*row) for row in columns]


def wake(label: str, lost: datetime | None, state: str, seen_at: datetime | None) -> Wake:
    """What the columns `factor__label`, `factor__unreachable_since`, `state` and `seen_at` of a
    message to a device say."""
    return Wake(label, _how_far(state, lost=lost is not None, seen=seen_at is not None))


def _how_far(state: str, *, lost: bool, seen: bool) -> WakeState:
    if seen:
        return "seen"
    return "unreachable" if lost or state not in _ON_ITS_WAY else "asked"
