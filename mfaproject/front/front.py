"""The whole on one loop: sockets, threads, deadlines, and answers that wait.

It knows WSGI and nothing of Django: `Site` says what it must know of what it serves.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from mfaproject.front import limits
from mfaproject.front.connection import Connection
from mfaproject.front.deadlines import Deadlines
from mfaproject.front.held import Held
from mfaproject.front.jobs import Job, Stream, Whole
from mfaproject.front.messages import Fields, Request
from mfaproject.front.peers import Peers, Trusted, Waiter
from mfaproject.front.phase import WITHOUT_REQUEST, Phase
from mfaproject.front.threads import Lane, Threads
from mfaproject.front.writing import Writer
from mfaproject.lib.hub import Hold, Hub

log = logging.getLogger("nod.front")

STEP = 0.05  # seconds between two looks whether what has begun has ended
TICK = 0.25  # seconds between two looks at all deadlines

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One that is made here."""

    status: int
    fields: Fields
    body: bytes


@dataclass(frozen=True)
class Site:
    """What the front must know of what it serves.

    `lane(request)`: which lane its work takes. `whose(request)`: the client, as clients are
    counted. `patience(request)`: seconds for the answer. `refusal(status, request, begun)`: the
    answer for which the application is not asked; `begun` where it was asked and has not answered.
    `after()`: is called on a thread after each answer.
    """

    application: Application
    lane: Callable[[Request], Lane]
    whose: Callable[[Request], str]
    patience: Callable[[Request], float]
    refusal: Callable[[int, Request | None, bool], Answer]
    trusted: Trusted
    after: Callable[[], None]


class Front:
    """One for each process. All of it runs on `loop`, but what `Threads` runs."""

    def __init__(
        self, site: Site, hub: Hub, loop: asyncio.AbstractEventLoop, *, cores: int
    ) -> None:
        self.site, self.hub, self.loop = site, hub, loop
        self.reading: Deadlines[Connection] = Deadlines()
        self.writing: Deadlines[Writer] = Deadlines()
        self.holding: Deadlines[Held] = Deadlines()
        self.pieces: Deadlines[Stream] = Deadlines()
        self.peers = Peers(each=limits.SOCKETS_PER_PEER, trusted=site.trusted)
        self.threads = Threads(limits.THREADS, hashing=cores)
        self.streams = Threads(limits.STREAM_THREADS, hashing=0, name="stream")
        self.sockets: dict[Connection, None] = {}
        self.coming: dict[Waiter, None] = {}  # taken in, and not yet among them
        self.under_way: dict[Job, float] = {}
        """Jobs and when their clients stop waiting, as `monotonic` counts."""
        self._sent: deque[tuple[Connection, bytes]] = deque()
        self.closing = False
        self.files = 0  # open for answers that are being sent
        self._unfinished = 0

    def start(self) -> None:
        self.hub.attach(self.loop)
        self.threads.start()
        self.streams.start()
        self.loop.call_later(TICK, self._tick)

    # What sockets say

    def opened(self, connection: Connection, taken: Waiter | None) -> None:
        self.sockets[connection] = None
        if taken is not None:
            self.came(taken)
        self.peers.waits(connection)

    def came(self, taken: Waiter) -> None:
        """It is a connection now, or will never be one."""
        self.coming.pop(taken, None)
        self.peers.done(taken)

    def waits(self, connection: Connection) -> None:
        self.peers.waits(connection)

    def unfinished(self, size: int) -> None:
        """So many bytes more, or fewer, of bodies that have not arrived whole
        and of what came early."""
        self._unfinished += size
        if size > 0 and self._unfinished > limits.UNFINISHED_BYTES:
            self.peers.end_oldest()

    def gone(self, connection: Connection) -> None:
        self.sockets.pop(connection, None)
        self.peers.done(connection)

    def arrived(self, connection: Connection, request: Request) -> None:
        """A whole request."""
        self.peers.done(connection)
        if request.path == b"/healthz" and request.method in ("GET", "HEAD"):
            self.refused(connection, request, 503 if self.closing else 200)
        elif self.closing:
            self.refused(connection, request, 503)
        else:
            self.begin(connection, request)

    def refused(
        self, connection: Connection, request: Request | None, status: int, *, begun: bool = False
    ) -> None:
        """Answers without asking the application."""
        answer = self.site.refusal(status, request, begun)
        connection.answer(answer.status, answer.fields, answer.body, length=len(answer.body))

    # Work

    def begin(self, connection: Connection, request: Request) -> None:
        """A thread answers, soon."""
        lane = self.site.lane(request)
        patience = limits.QUEUE_SECONDS if lane is Lane.USUAL else limits.HASH_SECONDS
        job = Job(self, connection, request, lane, patience)
        connection.job = job
        self.under_way[job] = monotonic() + patience + self.site.patience(request)
        if out := self.threads.put(job):
            out.refuse()

    def again(self, connection: Connection, request: Request) -> None:
        """Answers what was let wait. All that wait may be told at once: they queue as those who
        have just come, and time counts from now."""
        if connection.phase is Phase.GONE:
            return
        request.arrived = monotonic()
        connection.go_on()
        self.begin(connection, request)

    def answered(self, job: Job, whole: Whole) -> None:
        """On the loop: what the application said."""
        if self.over(job):
            job.connection.job = None
            job.connection.answer(whole.status, whole.fields, whole.body, length=whole.length)
        else:
            whole.close()

    def held(self, job: Job, hold: Hold, fields: Fields) -> None:
        """On the loop: the application has no answer yet."""
        if self.over(job):
            job.connection.job = None
            Held(self, job.connection, job.request, hold).begin(job.request, fields)

    def over(self, job: Job) -> bool:
        """Takes a job off the list, on any thread: who does so answers. False where its client has
        been answered or is gone."""
        return self.under_way.pop(job, None) is not None

    def sent(self, connection: Connection, rest: bytes) -> None:
        """On a thread: it has sent an answer, but for `rest`. The loop need not hear of it at once,
        unless there is something for it to do."""
        self._sent.append((connection, rest))
        if rest or connection.is_awaited:
            self.soon(self.settle)

    def soon(self, call: Callable[..., None], *given: object) -> None:
        """Calls it on the loop, from any thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(call, *given)

    def settle(self) -> None:
        """Goes on where threads have sent answers."""
        while self._sent:
            connection, rest = self._sent.popleft()
            connection.sent(rest)

    def _tick(self) -> None:
        self.loop.call_later(TICK, self._tick)
        try:
            self._look(monotonic())
        except Exception:
            log.exception("the front stumbled over a deadline")

    def _look(self, now: float) -> None:
        self.settle()
        for late in (*self.threads.late(now), *self.streams.late(now)):
            late.refuse()
        for job in [job for job, ends in tuple(self.under_way.items()) if ends < now]:
            if self.over(job):
                path = job.request.path.decode("latin-1")
                log.error("no answer in time", extra={"path": path})
                self.refused(job.connection, job.request, 503, begun=True)
        for connection in self.reading.over(now):
            connection.too_slow()
        for writer in self.writing.over(now):
            writer.too_slow()
        for stream in self.pieces.over(now):
            stream.too_slow()
        for held in self.holding.over(now):
            held.due()

    # Ending

    def close(self) -> None:
        """New work is refused from now on, and whoever waits is told to come again."""
        self.closing = True
        for connection in tuple(self.sockets):
            if isinstance(connection.job, Held):
                connection.job.told(end=True)
            elif connection.phase in WITHOUT_REQUEST:
                connection.stop()

    async def idle(self) -> None:
        """Until what was begun has ended, and nobody waits any more for an answer."""
        # Four things must end, and none should know of this.
        while self._is_busy():  # noqa: ASYNC110
            await asyncio.sleep(STEP)

    def _is_busy(self) -> bool:
        """What is not `under_way` any more may not have been sent yet: a thread is at it."""
        self.settle()
        working = self.under_way or self.threads.busy or self.streams.busy
        return bool(working) or any(one.unread for one in self.sockets)
