"""How far a question got on its way to each device."""

from collections.abc import Iterable
from datetime import datetime

from mfa import poll
from mfa.models import Challenge, OutboxMessage
from mfa.results import Wake, WakeState

_State = OutboxMessage.State
_ON_ITS_WAY = (_State.QUEUED, _State.SENT)


def saw(challenge_ids: Iterable[int], factor_id: int, now: datetime) -> None:
    """The device has fetched these questions, woken or by itself. One conditional UPDATE, and a SELECT where it changed something."""
    asked = list(challenge_ids)
    if OutboxMessage.objects.filter(challenge_id__in=asked, factor_id=factor_id, seen_at=None).update(seen_at=now):
        poll.forget(*Challenge.objects.filter(pk__in=asked).values_list("subject", flat=True))


def wakes(challenge_id: int) -> list[Wake]:
    """The devices that a question went to, the oldest first. Names are for known browsers only: the caller's to hide. One SELECT."""
    rows = OutboxMessage.objects.filter(challenge_id=challenge_id, factor__revoked_at=None).exclude(factor=None)
    columns = rows.order_by("factor_id").values_list("factor__label", "factor__unreachable_since", "state", "seen_at")
    return [wake(*row) for row in columns]


def wake(label: str, lost: datetime | None, state: str, seen_at: datetime | None) -> Wake:
    """What the columns `factor__label`, `factor__unreachable_since`, `state` and `seen_at` of a message to a device say."""
    return Wake(label, _how_far(state, lost=lost is not None, seen=seen_at is not None))


def _how_far(state: str, *, lost: bool, seen: bool) -> WakeState:
    if seen:
        return "seen"
    return "unreachable" if lost or state not in _ON_ITS_WAY else "asked"
