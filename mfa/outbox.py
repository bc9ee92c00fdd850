"""Effects leave through rows: a message is written with what it tells of, and delivered afterwards by whoever runs the loop.

At least once: a worker that dies between claiming and sending lets go of the row when its lease ends, and somebody sends it again.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from mfa import delivery
from mfa.masks import masked
from mfa.models import OutboxMessage
from mfaproject.lib import clock, tokens

log = logging.getLogger("nod.outbox")

LEASE = timedelta(seconds=60)
"""Longer than a delivery takes: every network step of it has a time-out of ten seconds."""
BATCH = 50
LOOK_EVERY, SWEEP_EVERY = 1.0, 60.0
REST_AFTER_FAULT = 5.0
"""Seconds. A loop whose database is down must not spin."""
_QUEUED = OutboxMessage.State.QUEUED

bell = threading.Event()
"""Rung when a message has been committed in this process, so that the embedded loop need not wait for its next look."""


def enqueue(
    *,
    channel: str,
    template: str,
    destination: str,
    context: dict[str, Any],
    language: str,
    user_id: int | None = None,
    challenge_id: int | None = None,
    epoch: int | None = None,
    expires_at: datetime,
) -> None:
    """Queues a message in the caller's transaction: it leaves only if that commits.

    With `challenge_id` it leaves only while that challenge is pending, with `epoch` only while that is the person's. The context is plain JSON.
    """
    row_id, now = tokens.new_id(), clock.now()
    OutboxMessage.objects.create(
        id=row_id,
        channel=channel,
        template=template,
        sent_to=masked(destination),
        payload=delivery.wrapped(row_id, channel=channel, destination=destination, language=language, context=context),
        user_id=user_id,
        challenge_id=challenge_id,
        epoch=epoch,
        created_at=now,
        due_at=now,
        expires_at=expires_at,
    )
    transaction.on_commit(bell.set)


def claim(limit: int = BATCH) -> Iterator[str]:
    """Ids of due rows, each claimed by one conditional UPDATE when it is asked for.

    Not all at once: the leases of the last ones would run out while the first are delivered.
    """
    due = OutboxMessage.objects.filter(state=_QUEUED, due_at__lte=clock.now()).order_by("due_at").values_list("pk", "due_at")[:limit]
    for row_id, due_at in list(due):
        if OutboxMessage.objects.filter(pk=row_id, state=_QUEUED, due_at=due_at).update(due_at=clock.now() + LEASE, attempts=F("attempts") + 1):
            yield row_id


def deliver_due(stop: threading.Event | None = None) -> int:
    """Delivers what is due, until `stop`; gives how many rows it took. Outside of any transaction: a slow mail server must hold no lock."""
    taken = 0
    for row_id in claim():
        taken += 1
        delivery.deliver(row_id)
        if stop is not None and stop.is_set():
            break
    return taken


def run_forever(stop: threading.Event) -> None:
    """Delivers what is due and sweeps once a minute, until `stop` is set (ring `bell` too, and it ends at once)."""
    next_sweep = 0.0
    while not stop.is_set():
        bell.clear()
        close_old_connections()
        rested = _guarded("deliver", partial(deliver_due, stop))
        if time.monotonic() >= next_sweep:
            sweep()
            next_sweep = time.monotonic() + SWEEP_EVERY
        if rested:
            bell.wait(LOOK_EVERY)
        else:
            stop.wait(REST_AFTER_FAULT)


def sweep() -> None:
    """Calls every sweeper of the settings; one that fails does not stop the next."""
    for path in settings.SWEEPERS:
        _guarded(path, partial(_call, path))


def _call(path: str) -> None:
    import_string(path)()


def _guarded(name: str, work: Callable[[], object]) -> bool:
    try:
        work()
    except Exception:
        log.exception("%s failed", name)
        return False
    return True
