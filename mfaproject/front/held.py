"""An answer that is not there yet: a stream of events, or a request that is answered again later."""

from typing import TYPE_CHECKING

from mfaproject.front.connection import Connection
from mfaproject.front.deadlines import Timed
from mfaproject.front.hub import Hold
from mfaproject.front.messages import Fields, Request

if TYPE_CHECKING:
    from mfaproject.front.front import Front

BEAT = 15.0
MOST_UNREAD = 4_096  # bytes on a stream that nobody reads: its browser is gone or means harm
_EVENTS = [("content-type", "text/event-stream"), ("x-accel-buffering", "no")]
_OPENING = b"retry: 2000\n\n"
_LOOK = b"event: look\ndata: 1\n\n"
_END = b"event: end\ndata: 1\n\n"
_COMMENT = b":\n\n"


class Held:
    """Costs a socket and a few hundred bytes: no thread, no task, no connection to anything."""

    __slots__ = ("connection", "fields", "front", "hold", "pulse", "queue", "request")

    def __init__(self, front: "Front", connection: Connection, request: Request, hold: Hold) -> None:
        self.front, self.connection, self.request, self.hold = front, connection, request, hold
        self.queue: dict[Timed, float] | None = None
        self.pulse = Pulse(self)

    def begin(self, fields: Fields) -> None:
        """`fields`: the header of the answer that the application gave."""
        if not self.front.hub.listen(self):
            self._refuse(fields)
            return
        self.connection.job = self
        self.front.holding.set(self, self.hold.seconds)
        self.connection.hold()
        if self.hold.events:
            kept = [each for each in fields if each[0].lower() not in ("content-type", "content-length")]
            self.connection.answer_head(200, kept + _EVENTS)
            # Something may have happened while nobody listened yet, so: look once.
            self.connection.answer_piece(_OPENING + _LOOK)
            self.front.beats.set(self.pulse, BEAT)

    def _refuse(self, fields: Fields) -> None:
        """Too many: a page asks now and then instead, a program gets its answer now."""
        if self.hold.events:
            kept = [each for each in fields if each[0].lower() not in ("content-type", "content-length")]
            self.connection.answer(204, kept, b"", length=0)
        else:
            self._again()

    def told(self, *, end: bool) -> None:
        """There is something to look at; `end`: nothing will follow."""
        if not self.hold.events:
            self._leave()
            self._again()
        elif end:
            self._leave()
            self.connection.answer_piece(_END)
            self.connection.answer_end()
        else:
            self._send(_LOOK)

    def beat(self) -> None:
        self._send(_COMMENT)
        if self.connection.job is self:
            self.front.beats.set(self.pulse, BEAT)

    def _send(self, event: bytes) -> None:
        if self.connection.unread > MOST_UNREAD:
            self.connection.end()
        else:
            self.connection.answer_piece(event)

    def _again(self) -> None:
        self.request.extra["nod.waited"] = True
        self.front.begin(self.connection, self.request)

    def _leave(self) -> None:
        self.connection.job = None
        self.front.hub.leave(self)
        self.front.holding.clear(self)
        self.front.beats.clear(self.pulse)

    def abandoned(self) -> None:
        """The other side is gone."""
        self._leave()

    def drained(self) -> None:
        """Nothing waits for room here."""


class Pulse:
    """The deadline of a stream's next comment: apart from that of its end."""

    __slots__ = ("held", "queue")

    def __init__(self, held: Held) -> None:
        self.held = held
        self.queue: dict[Timed, float] | None = None
