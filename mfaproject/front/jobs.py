"""One request on its way through a thread."""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

from mfaproject.front import limits
from mfaproject.front.connection import Connection
from mfaproject.front.deadlines import Deadlines, Timed
from mfaproject.front.messages import Fields, File, Request, environ
from mfaproject.front.threads import Lane, Threads
from mfaproject.lib.hub import Hold

log = logging.getLogger("nod.front")


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer of which all is known. `length`: of the body, which HEAD leaves out."""

    status: int
    fields: Fields
    body: bytes | File
    length: int

    def close(self) -> None:
        if isinstance(self.body, File):
            self.body.close()


class Site(Protocol):
    """What a job asks of what is served: see `front.Site`."""

    @property
    def application(self) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]: ...
    @property
    def whose(self) -> Callable[[Request], str]: ...
    @property
    def after(self) -> Callable[[], None]: ...


class Front(Protocol):
    """What a job asks of the whole."""

    threads: Threads
    streams: Threads
    pieces: "Deadlines[Stream]"
    under_way: "dict[Job, float]"

    @property
    def site(self) -> Site: ...
    def soon(self, call: Callable[..., None], *given: object) -> None: ...
    def held(self, job: "Job", hold: Hold, fields: Fields) -> None: ...
    def answered(self, job: "Job", whole: Whole) -> None: ...
    def over(self, job: "Job") -> bool: ...
    def sent(self, connection: Connection, rest: bytes) -> None: ...
    def refused(
        self, connection: Connection, request: Request, status: int, *, begun: bool = False
    ) -> None: ...


class Job:
    """Put into a lane by the loop, done by one thread, which also sends what it can at once: waking
    the loop for each answer would cost more than a poll does. `descriptor`: the socket's, for that;
    a copy of our own, so that whatever becomes of the socket we never write to another; -1 where
    only the loop may write."""

    waits = False

    __slots__ = (
        "connection",
        "descriptor",
        "front",
        "lane",
        "patience",
        "request",
        "since",
        "whose",
    )

    def __init__(
        self, front: Front, connection: Connection, request: Request, lane: Lane, patience: float
    ) -> None:
        self.front, self.connection, self.request = front, connection, request
        self.lane, self.patience, self.since = lane, patience, monotonic()
        self.whose = front.site.whose(request)
        self.descriptor = connection.descriptor()

    def work(self) -> None:
        """On a thread: asks the application."""
        front, said = self.front, _Said()
        try:
            response = front.site.application(environ(self.request), said)
            self._hand_over(response, said)
        except Exception:
            log.exception("an answer failed")
            front.soon(self._failed)
        finally:
            self._let_go()
            front.site.after()

    def _hand_over(self, response: Any, said: "_Said") -> None:
        hold: Hold | None = getattr(response, "hold", None)
        if getattr(response, "streaming", False):
            if out := self.front.streams.put(Stream(self, response, said)):
                self.front.soon(out.refuse)
        elif hold is not None:
            response.close()
            self.front.soon(self.front.held, self, hold, said.fields)
        else:
            self._answer(whole(response, said))

    def _answer(self, answer: Whole) -> None:
        if self.descriptor < 0 or isinstance(answer.body, File):
            self.front.soon(self.front.answered, self, answer)
        elif self.front.over(self):
            status, fields, length = answer.status, answer.fields, answer.length
            data = self.connection.whole(status, fields, answer.body, length)
            self.front.sent(self.connection, self._send(data))

    def _send(self, data: bytes) -> bytes:
        """Gives what the system did not take."""
        try:
            return data[os.write(self.descriptor, data) :]
        except BlockingIOError:
            return data
        except OSError:  # the other side is gone; the loop will hear of it
            return b""

    def _let_go(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _failed(self) -> None:
        if self.front.over(self):
            self.front.refused(self.connection, self.request, 500, begun=True)

    def refuse(self) -> None:
        """On the loop: no thread had time for it."""
        self._let_go()
        if self.front.over(self):
            self.front.refused(self.connection, self.request, 503)

    def drained(self) -> None:
        """Only an answer in pieces waits for room."""

    def abandoned(self) -> None:
        """The other side is gone. What was begun goes on: it may have been a decision."""
        self.front.under_way.pop(self, None)
        if self.front.threads.drop(self):
            self._let_go()


class _Said:
    """`start_response` of PEP 3333."""

    __slots__ = ("fields", "length", "status")

    def __init__(self) -> None:
        self.status, self.fields, self.length = 500, [], -1  # type: int, Fields, int

    def __call__(self, status: str, fields: Fields, _error: object = None) -> None:
        self.status = int(status[:3])
        self.fields = [(name, value) for name, value in fields if name.lower() != "content-length"]
        told = next((value for name, value in fields if name.lower() == "content-length"), "")
        self.length = int(told) if told.isdigit() else -1


def whole(response: Iterable[bytes], said: _Said) -> Whole:
    """A body that is there, or a file. The application is done with it when this returns."""
    if isinstance(response, File):
        if 0 <= said.length <= limits.BODY_BYTES:
            body = response.file.read(said.length)
            response.close()
            return Whole(said.status, said.fields, body, said.length)
        return Whole(said.status, said.fields, response, said.length)
    try:
        body = b"".join(response)
    finally:
        close = getattr(response, "close", None)
        if close:
            close()
    length = said.length if not body and said.length > 0 else len(body)
    return Whole(said.status, said.fields, body, length)


class Stream:
    """An answer that is made while it is sent, on a thread of its own kind: a slow reader holds
    none of those that answer others."""

    lane = Lane.USUAL
    waits = False

    __slots__ = ("_gone", "_room", "job", "patience", "queue", "response", "said", "since", "whose")

    def __init__(self, job: Job, response: Any, said: _Said) -> None:
        self.job, self.response, self.said = job, response, said
        self.since, self.patience, self.whose = monotonic(), limits.PIECE_SECONDS, job.whose
        self.queue: dict[Timed, float] | None = None
        self._room = threading.Event()
        self._gone = False

    def work(self) -> None:
        """On a thread: each piece when there is room for it."""
        front = self.job.front
        try:
            for number, piece in enumerate(self.response):
                self._room.clear()
                front.soon(self._begin if not number else self._send, piece)
                if not self._room.wait(limits.PIECE_SECONDS) or self._gone:
                    return
            front.soon(self._end, True)
        except Exception:
            log.exception("an answer broke off")
            front.soon(self._end, False)
        finally:
            self.response.close()
            front.site.after()

    # On the loop

    def _begin(self, piece: bytes) -> None:
        self._gone = not self.job.front.over(self.job)
        if self._gone:
            self._room.set()
            return
        connection = self.job.connection
        connection.job = self
        connection.hold()
        connection.answer_head(self.said.status, self.said.fields)
        self._send(piece)

    def _send(self, piece: bytes) -> None:
        connection = self.job.connection
        connection.answer_piece(piece)
        self.job.front.pieces.set(self, limits.PIECE_SECONDS)
        if not connection.is_full:
            self._room.set()

    def _end(self, whole: bool) -> None:
        front, connection = self.job.front, self.job.connection
        front.pieces.clear(self)
        if connection.job is self:
            connection.job = None
            connection.answer_end(whole=whole)
        elif front.over(self.job):  # not one piece: an answer without a body, or none at all
            if whole:
                connection.answer(self.said.status, self.said.fields, b"", length=0)
            else:
                front.refused(connection, self.job.request, 500, begun=True)

    def drained(self) -> None:
        """There is room again."""
        self._room.set()

    def abandoned(self) -> None:
        """The other side is gone, or something took too long."""
        self._gone = True
        self._room.set()
        self.job.front.pieces.clear(self)

    def too_slow(self) -> None:
        """No piece for too long, or no room for one."""
        self.job.connection.end()

    def refuse(self) -> None:
        """No thread had time for it."""
        self.response.close()
        if self.job.front.over(self.job):
            self.job.front.refused(self.job.connection, self.job.request, 503)
