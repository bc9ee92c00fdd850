"""`celery -A mfaproject worker` and `celery -A mfaproject beat`: delivery where a broker is. The
site loads it with its first message.
"""

import logging
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from celery import Celery
from celery.beat import ScheduleEntry, Scheduler
from celery.signals import heartbeat_sent, setup_logging
from kombu import Queue
from kombu.pools import producers

from mfaproject import alive
from mfaproject.lib import clock
from mfaproject.lib.breaker import Breaker


class Job(Protocol):
    """A row that waits to be delivered, as the outbox hands it over (`mfa.outbox.Job`)."""

    @property
    def row_id(self) -> str: ...

    @property
    def channel(self) -> str: ...

    @property
    def expires_at(self) -> datetime: ...


log = logging.getLogger("nod.outbox")

PUSHES, OTHERS, CHORES = "nod.push", "nod.mail", "nod.chores"
"""Queues. With a worker for each of the first two, a push service that hangs holds no mail, and a
mail server that hangs no push."""
LIMITS = {PUSHES: (15, 18), OTHERS: (50, 55)}
"""Seconds, soft and hard, within the row's lease. The soft end is a failed try; at the hard one the
process is killed, and the lease lets go."""
LOOK_EVERY, SWEEP_EVERY = 2.0, 60.0
HASTE = 0.2
"""Seconds for each step of handing a message to the broker: it is done in a
request, after the commit."""
_IN_A_REQUEST = {
    "socket_connect_timeout": HASTE,
    "socket_timeout": HASTE,
    "retry_on_timeout": False,
    # Without these the library tries again for six seconds.
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}


def _chore(task: str, every: float) -> dict[str, Any]:
    """Expired when the next one is there: a backlog must not fill itself with them."""
    return {
        "task": task,
        "schedule": every,
        "options": {"expires": every, "soft_time_limit": 50, "time_limit": 55},
    }


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfaproject.settings")
app = Celery("nod")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],  # nothing that a broker holds may become code
    task_serializer="json",
    task_ignore_result=True,
    task_queues=[Queue(name) for name in (PUSHES, OTHERS, CHORES)],
    task_default_queue=CHORES,
    task_create_missing_queues=False,
    worker_prefetch_multiplier=1,  # a message waits in the broker, for whoever is free first
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker without its broker waits for it
    # seconds until the message of a worker that was killed comes again
    broker_transport_options={"visibility_timeout": 120},
    beat_scheduler="mfaproject.celery.Beat",
    beat_schedule={
        "look": _chore("mfa.look", LOOK_EVERY),
        "sweep": _chore("mfa.sweep", SWEEP_EVERY),
    },
)
app.autodiscover_tasks(["mfa"])
breaker = Breaker(5.0)


def publish(jobs: Sequence[Job]) -> None:
    """Hands rows to the workers. A broker that does not answer is left alone
    for a while; beat finds the rows."""
    if breaker.open or not jobs:
        return
    try:
        with producers[app.connection_for_write(transport_options=_IN_A_REQUEST)].acquire(
            block=True, timeout=HASTE
        ) as producer:
            for job in jobs:
                _publish(job, producer)
    except Exception as error:  # noqa: BLE001 - whatever the broker raises, the rows are safe
        breaker.trip()
        log.warning(
            "the broker does not answer, messages wait for the next look",
            extra={"reason": type(error).__name__},
        )


def _publish(job: Job, producer: Any) -> None:
    queue = PUSHES if job.channel == "push" else OTHERS
    left = max(1.0, (job.expires_at - clock.now()).total_seconds())
    soft, hard = LIMITS[queue]
    message: dict[str, Any] = {
        "queue": queue,
        "expires": left,
        "soft_time_limit": soft,
        "time_limit": hard,
    }
    app.send_task(
        "mfa.deliver", (job.row_id,), **message, ignore_result=True, retry=False, producer=producer
    )


@setup_logging.connect
def _keep_logging(**_signal: Any) -> None:
    """Somebody listens, so Celery leaves the logs as the settings have them."""


@heartbeat_sent.connect
def _worker_is_well(**_signal: Any) -> None:
    """Every two seconds, while the worker's own loop turns and the broker answers."""
    alive.note("worker")


class Beat(Scheduler):
    """Keeps its times in memory: all of them are so short that nothing is gained by remembering
    them over a restart."""

    def apply_async(
        self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **options: Any
    ) -> Any:
        """Publishes what is due; it is well if the broker took it."""
        sent = super().apply_async(entry, producer=producer, advance=advance, **options)
        alive.note("beat")
        return sent
