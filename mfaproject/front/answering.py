"""One socket and the answers that it gives (RFC 9112). Nothing here waits and nothing here calls
Django: what takes time is a deadline or a job.
"""

import asyncio
import os
from abc import ABC, abstractmethod
from typing import Any, Protocol, cast

from mfaproject.front import limits
from mfaproject.front.deadlines import Deadlines, Timed
from mfaproject.front.messages import Fields, File
from mfaproject.front.parsing import Parser
from mfaproject.front.peers import Waiter
from mfaproject.front.phase import ANSWERING, Phase
from mfaproject.front.reply import Reply
from mfaproject.front.writing import Writer

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Front(Protocol):
    """What answers ask of the whole."""

    reading: Deadlines[Any]
    writing: Deadlines[Writer]
    closing: bool
    files: int

    def waits(self, connection: Any) -> None: ...
    def unfinished(self, size: int) -> None: ...


class Answering(asyncio.Protocol, ABC):
    """`peer`: the other side's address. `job`: what makes the answer that is under way. `taken`:
    what the socket counted as until it became a connection."""

    __slots__ = (
        *("front", "job", "peer", "phase", "queue", "scheme", "server", "transport"),
        *("_broken", "_eof", "_full", "_late", "_parser", "_paused", "_reply", "_taken", "_writer"),
    )

    def __init__(
        self, front: Front, peer: str, server: tuple[str, int], scheme: str, taken: Waiter
    ) -> None:
        self.front, self.peer, self.server, self.scheme = front, peer, server, scheme
        self._taken: Waiter | None = taken
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)
        self.phase = Phase.IDLE
        self.queue: dict[Timed, float] | None = None
        self.job: Any = None
        self._parser, self._reply, self._writer = Parser(self), Reply(), Writer(self)
        self._late = b""
        self._eof = self._broken = self._paused = self._full = False

    @abstractmethod
    def go_on_reading(self) -> None:
        """The answer is on its way, and the socket stays open."""

    # What the parser asks

    @property
    def is_gone(self) -> bool:
        """Ended for want of room, perhaps while it was being read."""
        return self.phase is Phase.GONE

    def unfinished(self, size: int) -> None:
        self.front.unfinished(size)

    def invite_body(self) -> None:
        self._writer.write(_CONTINUE)

    def upgraded(self) -> None:
        self._eof = True

    # Answers

    def answer(self, status: int, fields: Fields, body: bytes | File, *, length: int) -> None:
        """The whole answer to the current request. `length`: of the body, which HEAD has not."""
        if self.phase not in ANSWERING:
            if isinstance(body, File):
                body.close()
            return
        self._writer.write(self._head(status, fields, length=length))
        carries = self._reply.has_body(status)
        if isinstance(body, File):
            self._writer.begin_file(body, length if carries else 0)
            return
        if carries:
            self._writer.write(body)
        self.written()

    def descriptor(self) -> int:
        """A copy of the socket's, for a thread that answers; -1 where only the loop may write: with
        TLS, or while something of ours waits to be read."""
        if self.scheme != "http" or self.unread:
            return -1
        try:
            return os.dup(self.transport.get_extra_info("socket").fileno())
        except OSError:  # gone, or no room: the loop will do
            return -1

    def whole(self, status: int, fields: Fields, body: bytes, length: int) -> bytes:
        """On a thread: the bytes of a whole answer to the current request."""
        start = self._head(status, fields, length=length)
        return start + body if self._reply.has_body(status) else start

    @property
    def is_awaited(self) -> bool:
        """On a thread: whether the loop has something to do when this answer is sent."""
        return not self._reply.keep or bool(self._late or self._parser.ready) or self._eof

    def sent(self, rest: bytes) -> None:
        """A thread has sent the answer to the current request, but for `rest`."""
        self.job = None
        if self.phase is Phase.BUSY:
            if rest:
                self._writer.write(rest)
            self.written()

    def answer_head(self, status: int, fields: Fields) -> None:
        """The head of an answer of which pieces follow."""
        self._reply.in_pieces()
        self._writer.write(self._head(status, fields, length=None))

    def answer_piece(self, piece: bytes) -> None:
        data = self._reply.piece(piece)
        if data and self.phase in ANSWERING:
            self._writer.write(data)

    def answer_end(self, *, whole: bool = True) -> None:
        """After the last piece. Not `whole`: it broke off, which is told by
        closing before the end."""
        if self.phase not in ANSWERING:
            return
        if not whole:
            self.end()
            return
        if last := self._reply.end():
            self._writer.write(last)
        self.written()

    @property
    def may_wait(self) -> bool:
        """Not who has hung up, and not who has sent more already: it would have to be kept."""
        return not (self._eof or self._parser.ready or self._late or self._parser.arrived)

    @property
    def is_full(self) -> bool:
        """Whether more waits to be read by the other side than it should."""
        return self._writer.is_full

    @property
    def unread(self) -> int:
        """Bytes that wait to be read by the other side."""
        return self._writer.unread

    def hold(self) -> None:
        """The answer comes later, or in pieces."""
        self.phase = Phase.HELD

    def go_on(self) -> None:
        """What was held is answered now, as any request is."""
        self.phase = Phase.BUSY

    def slim(self) -> None:
        """Lets go of what a long wait has no use for. Its head has been sent."""
        self._reply.request = None
        self._parser.slim()

    def _head(self, status: int, fields: Fields, *, length: int | None) -> bytes:
        self._reply.keep = self._reply.keep and not self._eof and not self.front.closing
        return self._reply.head(status, fields, length=length)

    def written(self) -> None:
        """The answer is on its way: the next request, or the end."""
        self._writer.close_file()
        keep = self._reply.keep
        self._reply.begin(None, keep=keep)
        if keep and not self._eof and not self.front.closing:
            if self.is_full:
                # answers that nobody reads do not pile up: `resume_writing` goes on
                self._full = True
            else:
                self.go_on_reading()
        elif self._broken and not self._eof:
            self._linger()
        else:
            self.close()

    def _take_late(self) -> bytes:
        late, self._late = self._late, b""
        self.front.unfinished(-len(late))
        return late

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self.transport.resume_reading()

    def _linger(self) -> None:
        """Closing at once would throw away what is on its way to the other side, with all that it
        still sends: it gets a moment to read why."""
        self.phase = Phase.LINGER
        self._resume()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.front.reading.set(self, limits.LINGER_SECONDS)

    def waits(self) -> None:
        """What was written waits to be read."""
        self.front.waits(self)

    def close(self) -> None:
        """When what was written has left."""
        self.phase = Phase.LINGER
        self._writer.watch()
        self.transport.close()

    def end(self) -> None:
        """Now. What it held is given back at once, because others may be asked
        for room before it is gone."""
        self.phase = Phase.GONE
        self._take_late()
        self._parser.forget()
        self.transport.abort()
