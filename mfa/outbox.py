"""Effects leave through rows: a message is written with what it tells of, and delivered afterwards
by whoever is there to do so.

At least once: whoever dies between claiming and sending lets go of the row when its lease ends, and
somebody sends it again.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.module_loading import import_string

from mfa import delivery
from mfa.channels.names import WAKE
from mfa.masks import masked
from mfa.models import OutboxMessage
from mfaproject.lib import clock, tokens
from mfaproject.lib.prepared import Prepared, PreparedUpdate, insert

LEASE = timedelta(seconds=60)
"""Longer than a delivery takes: every network step of it has a time-out of ten seconds."""
PUSH_LEASE = timedelta(seconds=20)
"""A question lives for two minutes; one whose messenger died must be on its way
again well before that."""
BATCH = 50
_QUEUED = OutboxMessage.State.QUEUED
_PUSH = Q(channel=WAKE)

wakeup = threading.Event()
"""Set when a message has been committed in this process, so that a loop which runs here need not
wait for its next look."""
has_worker = threading.Event()
"""Set while a loop runs in this process: what is committed here needs no other messenger."""


@dataclass(frozen=True, slots=True)
class Job:
    """A row that waits to be delivered, as much of it as may be told to others."""

    row_id: str
    channel: str
    expires_at: datetime


def _waiting(push: bool | None, now: datetime) -> QuerySet[OutboxMessage, Any]:
    rows = OutboxMessage.objects.filter(state=_QUEUED, due_at__lte=now).order_by("due_at")
    if push is not None:
        rows = rows.filter(_PUSH if push else ~_PUSH)
    return rows.values_list("pk", "channel", "expires_at")[:BATCH]


def _claiming(
    row_id: str, now: datetime, push_end: datetime, end: datetime
) -> tuple[QuerySet[OutboxMessage], dict[str, Any]]:
    lease = Case(When(_PUSH, then=Value(push_end)), default=Value(end))
    return OutboxMessage.objects.filter(pk=row_id, state=_QUEUED, due_at__lte=now), {
        "due_at": lease,
        "attempts": F("attempts") + 1,
    }


_DUE = {push: Prepared(partial(_waiting, push), now=datetime) for push in (True, False, None)}
_CLAIM = PreparedUpdate(_claiming, row_id=str, now=datetime, push_end=datetime, end=datetime)


def enqueue(*, destination: str, **message: Any) -> None:
    """Queues one message: see `enqueue_all`."""
    enqueue_all([destination], **message)


def enqueue_all(
    destinations: Iterable[str],
    *,
    channel: str,
    template: str,
    context: dict[str, Any],
    language: str,
    user_id: int | None = None,
    challenge_id: int | None = None,
    epoch: int | None = None,
    expires_at: datetime,
    hurry: bool = True,
) -> None:
    """Queues the same message to each destination, in the caller's transaction: they leave only if
    that commits. One INSERT.

    With `challenge_id` they leave only while that challenge is pending, with `epoch` only while
    that is the person's. The context is plain JSON. The destination of a push is the id of a
    factor.

    Without `hurry` nobody is told: they are found at the next look, within two seconds. So whoever
    asked does not feel in the answer's time what delivering costs.
    """
    now = clock.now()

    def written(destination: str) -> OutboxMessage:
        row_id = tokens.new_id()
        return OutboxMessage(
            id=row_id,
            channel=channel,
            template=template,
            sent_to=masked(destination),
            payload=delivery.wrapped(
                row_id, channel=channel, destination=destination, language=language, context=context
            ),
            user_id=user_id,
            challenge_id=challenge_id,
            factor_id=int(destination) if channel == WAKE else None,
            epoch=epoch,
            created_at=now,
            due_at=now,
            expires_at=expires_at,
        )

    rows = [written(destination) for destination in destinations]
    if len(rows) == 1:
        insert(rows[0])
    else:
        OutboxMessage.objects.bulk_create(rows)
    if not hurry:
        return
    jobs = [Job(row.pk, channel, expires_at) for row in rows]
    # Robust: the rows are the truth, and nothing that fails from here on may look like a failure of
    # what was committed.
    # no partial: Django asks a hook that failed for its name
    transaction.on_commit(lambda: _hand_on(jobs), robust=True)


def _hand_on(jobs: Sequence[Job]) -> None:
    if has_worker.is_set():
        wakeup.set()
    else:
        import_string(settings.OUTBOX_DISPATCH)(jobs)


def ring(_jobs: Sequence[Job]) -> None:
    """The dispatch where no broker is: a loop of this process hears it, one
    elsewhere looks once a second."""
    wakeup.set()


def due(*, push: bool | None = None) -> list[Job]:
    """A batch of what could be claimed now, the longest waiting first; only
    pushes, only all others, or both."""
    return [Job(*columns) for columns in _DUE[push](now=clock.now())]


def claim(row_id: str) -> bool:
    """Takes a due row for as long as its lease; one caller gets it. One conditional UPDATE."""
    now = clock.now()
    return _CLAIM(row_id=row_id, now=now, push_end=now + PUSH_LEASE, end=now + LEASE) == 1


def deliver_one(row_id: str) -> bool:
    """Delivers this row if it is due and nobody else has it. Outside of any transaction: a slow
    mail server must hold no lock."""
    claimed = claim(row_id)
    if claimed:
        delivery.deliver(row_id)
    return claimed


def deliver_due() -> int:
    """Delivers what is due, one after the other; gives how many rows it took."""
    # Each is claimed when its turn comes: the leases of the last ones would run out while the first
    # are delivered.
    return sum(deliver_one(job.row_id) for job in due())


def oldest_wait() -> float:
    """Seconds for which the row that has been due longest waits to be taken; 0 where none waits."""
    first = (
        OutboxMessage.objects.filter(state=_QUEUED, due_at__lte=clock.now())
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    return max(0.0, (clock.now() - first).total_seconds()) if first else 0.0
