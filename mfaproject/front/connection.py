"""How requests arrive on one socket.

Requests on one socket are answered one after the other; while one is being answered nothing is
read.
"""

import asyncio
from typing import Protocol, cast

from mfaproject.front import answering, limits
from mfaproject.front.messages import Request
from mfaproject.front.parsing import Refusal
from mfaproject.front.peers import Waiter
from mfaproject.front.phase import WITHOUT_REQUEST, Phase
from mfaproject.front.writing import PIECE


class Front(answering.Front, Protocol):
    """What a socket asks of the whole."""

    def opened(self, connection: "Connection", taken: Waiter | None) -> None: ...
    def arrived(self, connection: "Connection", request: Request) -> None: ...
    def refused(self, connection: "Connection", request: Request | None, status: int) -> None: ...
    def gone(self, connection: "Connection") -> None: ...
    def settle(self) -> None: ...


class Connection(answering.Answering):
    """One socket that speaks HTTP/1.1."""

    __slots__ = ()

    front: Front

    # What asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = self._writer.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=PIECE, low=PIECE // 4)
        taken, self._taken = self._taken, None
        self.front.opened(self, taken)
        self.front.reading.set(self, limits.HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        if self.phase in (Phase.LINGER, Phase.GONE):
            return
        self.front.settle()
        if self.phase not in WITHOUT_REQUEST:
            self._keep_for_later(data)
            return
        try:
            self._parser.feed(data)
            self._read_on()
        except Refusal as refusal:
            self._refuse(refusal.status)

    def _keep_for_later(self, data: bytes) -> None:
        """The next request, before this one is answered. What settles it may have come just now."""
        self._late += data
        self.front.unfinished(len(data))
        self.front.settle()
        if self._is_waiting and len(self._late) > limits.EARLY_BYTES:
            self.end()
            return
        if self._late and len(self._late) > PIECE:
            self._paused = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """The other side has said all that it will. An answer in hand is still wanted."""
        self._eof = True
        self.front.settle()
        return self.phase in (Phase.BUSY, Phase.HELD) and not self._is_waiting

    @property
    def _is_waiting(self) -> bool:
        """Whether its answer comes when something happens, which may last."""
        return self.phase is Phase.HELD and self.job is not None and self.job.waits

    def resume_writing(self) -> None:
        if self._writer.go_on():
            return
        if self._full:
            self._full = False
            self.written()
        elif self.job is not None:
            self.job.drained()

    def pause_writing(self) -> None:
        """Nothing: whoever has more to send asks `is_full` first."""

    def connection_lost(self, _error: Exception | None) -> None:
        self.phase = Phase.GONE
        self.front.reading.clear(self)
        self._writer.end()
        self._take_late()
        self._parser.end()
        job, self.job = self.job, None
        if job is not None:
            job.abandoned()
        self.front.gone(self)

    # Reading

    def _read_on(self) -> None:
        """After something has arrived: the next request, or the deadline for what is missing."""
        if self.phase not in WITHOUT_REQUEST:
            return
        if self._parser.ready:
            self._next()
        elif self._parser.has_head:
            if self.phase is not Phase.BODY:
                self.phase = Phase.BODY
                self.front.reading.set(self, limits.BODY_SECONDS)
        elif self._parser.arrived and self.phase is not Phase.HEAD:
            self.phase = Phase.HEAD
            self.front.reading.set(self, limits.HEAD_SECONDS)

    def _next(self) -> None:
        request = self._parser.ready.popleft()
        self.phase = Phase.BUSY
        self._reply.begin(request, keep=request.keep_alive)
        self.front.reading.clear(self)
        self.front.arrived(self, request)

    def too_slow(self) -> None:
        """What was to come did not come in time."""
        if self.phase is Phase.IDLE and not self._parser.arrived:
            self.close()  # it said nothing, so there is nothing to answer
        elif self.phase in WITHOUT_REQUEST:
            self._refuse(408)
        else:
            self.end()

    def _refuse(self, status: int) -> None:
        """An answer to what is no whole request; the rest of it is read, for a
        moment, and dropped."""
        if self.phase is Phase.GONE:
            return
        request = self._parser.request
        self.phase, self._broken = Phase.BUSY, True
        self._reply.begin(request, keep=False)
        self.front.reading.clear(self)
        self._parser.ready.clear()
        self.front.refused(self, request, status)

    def go_on_reading(self) -> None:
        self.phase = Phase.IDLE
        self.front.waits(self)
        self.front.reading.set(self, limits.IDLE_SECONDS)
        late = self._take_late()
        self._resume()
        if late:
            self.data_received(late)
        else:
            self._read_on()

    # Ending

    def stop(self) -> None:
        """The process ends: nobody may send a request here any more."""
        if self.phase is Phase.IDLE and not self._parser.arrived:
            self.close()
        elif self.phase in WITHOUT_REQUEST:
            self._refuse(503)
