"""An answer that is not there yet: a stream of events, or a request that is
answered again later.
"""

import math
from time import monotonic
from typing import Protocol

from mfaproject.front.connection import Connection
from mfaproject.front.deadlines import Deadlines, Timed
from mfaproject.front.messages import Fields, Request
from mfaproject.lib import tokens
from mfaproject.lib.hub import WAITED, Hold, Hub

BEAT = 15
"""Seconds between two signs of life on a stream: proxies end one that says nothing for a minute."""
MOST_UNREAD = 4_096
"""Bytes on a stream that nobody reads: its browser is gone or means harm."""
REST, SPREAD = 2.0, 3.0
"""Seconds until a browser comes back after its stream has broken off, and up to so many more: else
all of them would come at once after a restart."""

LOOK = b"data: look\n\n"
ALIVE = b":\n\n"


class Front(Protocol):
    """What an answer that waits asks of the whole."""

    hub: Hub
    holding: "Deadlines[Held]"
    closing: bool

    def again(self, connection: Connection, request: Request) -> None: ...


class Held:
    """Costs a socket and a few kilobytes: no thread, no task, no connection to anything."""

    __slots__ = ("_ends", "connection", "front", "hold", "queue", "request")

    waits = True  # who has hung up waits for nothing

    def __init__(self, front: Front, connection: Connection, request: Request, hold: Hold) -> None:
        self.front, self.connection, self.hold = front, connection, hold
        self.request = None if hold.events else request  # a stream needs nothing of it any more
        self.queue: dict[Timed, float] | None = None
        self._ends = monotonic() + hold.seconds

    def begin(self, request: Request, fields: Fields) -> None:
        """`fields`: the header of the answer that the application gave."""
        if request.method == "HEAD":
            self.connection.answer_head(200, fields)
            self.connection.answer_end()
            return
        may = self.connection.may_wait and not self.front.closing
        if not may or not self.front.hub.listen(self):
            self._refuse(request, fields)
            return
        self.connection.job = self
        self.connection.hold()
        if self.hold.events:
            self._open(fields)
        self._wait()
        match self.front.hub.missed(self.hold):
            case "end":
                self.told(end=True)
            case "look" if not self.hold.events:
                self.told(end=False)

    def _open(self, fields: Fields) -> None:
        """The page has not looked since it was made, so the first event comes at once. It also
        tells the page that events arrive: some proxies let the head through, and nothing more."""
        self.connection.answer_head(200, fields)
        self.connection.slim()
        rest = int(1000 * (REST + tokens.jitter(SPREAD)))
        self.connection.answer_piece(b"retry: %d\n%b" % (rest, LOOK))

    def _refuse(self, request: Request, fields: Fields) -> None:
        """Not now: a page asks by itself then, a program gets its answer at once."""
        if self.hold.events:
            without = [each for each in fields if each[0].lower() != "content-type"]
            self.connection.answer(204, without, b"", length=0)
        else:
            self._again(request, held=False)

    def told(self, *, end: bool) -> None:
        """There is something to look at. `end`: nothing more will be told, and
        coming back at once would be of no use."""
        if self.request is not None:
            self._leave()
            self._again(self.request, held=not end)
        elif end:
            self._leave()
            self.connection.answer_end()
        else:
            self._send(LOOK)

    def due(self) -> None:
        """Its time is over, or there was silence for a while."""
        if self._ends > monotonic():
            self._send(ALIVE)
            self._wait()
        else:
            self.told(end=self.hold.events)

    def _wait(self) -> None:
        """In whole seconds, of which there are few: those of one length lie in one queue."""
        left = max(1, math.ceil(self._ends - monotonic()))
        self.front.holding.set(self, min(BEAT, left) if self.hold.events else left)

    def _send(self, event: bytes) -> None:
        if self.connection.unread > MOST_UNREAD:
            self.connection.end()
        else:
            self.connection.answer_piece(event)

    def _again(self, request: Request, *, held: bool) -> None:
        request.extra[WAITED] = held
        self.front.again(self.connection, request)

    def _leave(self) -> None:
        self.connection.job = None
        self.front.hub.leave(self)
        self.front.holding.clear(self)

    def abandoned(self) -> None:
        """The other side is gone."""
        self._leave()

    def drained(self) -> None:
        """Nothing waits for room here."""
