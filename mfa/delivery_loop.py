"""Delivery without a broker: a loop that looks for rows which are due, and hands
them to couriers.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string

from mfa import outbox
from mfa.delivery_threads import Crew

log = logging.getLogger("nod.outbox")

LOOK_EVERY, SWEEP_EVERY = 1.0, 60.0
REST_AFTER_FAULT = 5.0
"""Seconds. A loop whose database is down must not spin."""
PUSHERS, MAILERS = 4, 1
"""Couriers. A push service that hangs holds these four and no mail; a mail
server that hangs holds no push."""
GRACE = 1.5
"""Seconds that messages in hand may take at the end."""


def run_forever(stop: threading.Event) -> None:
    """Has delivered what is due and sweeps once a minute, until `stop` is set (set `outbox.wakeup`
    too, and it ends at once)."""
    crews = {
        True: Crew(PUSHERS, outbox.deliver_one, outbox.wakeup.set),
        False: Crew(MAILERS, outbox.deliver_one, outbox.wakeup.set),
    }
    outbox.has_worker.set()
    try:
        _turns(crews, stop)
    finally:
        outbox.has_worker.clear()
        for crew in crews.values():
            crew.end(GRACE / len(crews))


def _turns(crews: dict[bool, Crew], stop: threading.Event) -> None:
    next_sweep = 0.0
    while not stop.is_set():
        outbox.wakeup.clear()
        close_old_connections()
        rested = _guarded("deliver", partial(look, crews))
        if time.monotonic() >= next_sweep:
            sweep()
            next_sweep = time.monotonic() + SWEEP_EVERY
        if rested:
            outbox.wakeup.wait(LOOK_EVERY)
        else:
            stop.wait(REST_AFTER_FAULT)


def look(crews: dict[bool, Crew]) -> None:
    """Hands on what is due, so much that each crew has a batch in hand at most."""
    for push, crew in crews.items():
        if len(crew) < outbox.BATCH:
            for job in outbox.due(push=push):
                crew.give(job.row_id)


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
