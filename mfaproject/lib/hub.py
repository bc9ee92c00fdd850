"""Who waits for what, in this process: answers that come when something happens, and hold no thread
until then.

A *topic* is a short text, such as the digest of a journey. What is told of it is that there is
something to look at, never what. What may be called from any thread comes first below; the rest
runs on the front's loop.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol

from mfaproject.lib import metrics

MOST = 12_000
"""Who waits at once, in each process; less where there are fewer sockets."""
WAITED = "nod.waited"
"""In the environ of a request that is answered again: whether it was let wait. No client can set
it, what a client sends is called HTTP_…"""
REMEMBERED = 4_096
"""Topics of which we still know that they were told: for who looked before
that, and listens after."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What a view asks for: an answer that is not there yet.

    `topics`: what wakes it. `shares`: by what such answers are counted, and how many each may have.
    `seconds`: how long at most. `since`: the hub's `mark` from before the view looked, so that what
    is told between looking and listening is not lost. `events`: a stream of events that each say
    "look"; otherwise the same request is answered again, once, when it is woken or time is over.
    """

    topics: tuple[str, ...]
    shares: tuple[tuple[str, int], ...]
    seconds: int
    since: int
    events: bool = True


class Listener(Protocol):
    """`told(end)`: look now; `end`: and there will be nothing more."""

    hold: Hold

    def told(self, *, end: bool) -> None: ...


class Hub:
    """`most`: listeners at once."""

    def __init__(self, *, most: int) -> None:
        self.most = most
        self._hears = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._all: dict[Listener, None] = {}
        self._listeners: dict[str, dict[Listener, None]] = {}
        self._shares: dict[str, int] = {}
        # topic → when it was told and when ended, as `_number` counts
        self._told: dict[str, tuple[int, int]] = {}
        self._number = self._forgotten = 0

    def __len__(self) -> int:
        return len(self._all)

    # From any thread

    @property
    def is_open(self) -> bool:
        """Whether somebody who waits here would be told. Not under another server, and not while
        what other processes do is not heard: then pages ask by themselves."""
        return self._loop is not None and self._hears

    def mark(self) -> int:
        """Now. A view takes it before it looks."""
        return self._number

    def tell(self, topics: Iterable[str], *, end: bool = False) -> None:
        """Wakes whoever listens. `end`: they are not to wait any longer."""
        self._soon(self.told, tuple(topics), end)

    def tell_everybody(self) -> None:
        """Some word may have been lost, and nobody knows which."""
        self._soon(self._everybody)

    def hear(self) -> None:
        """From now on everything that concerns who waits here is told here."""
        if self._loop is None:
            self._hears = True
        self._soon(self._hear)

    def deafen(self) -> None:
        """Not any more, and something may have been missed already: nobody waits here in vain."""
        self._hears = False
        self._soon(self._deafen)

    def _soon(self, call: Callable[..., None], *given: object) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # it is closed: nobody waits any more
                self._loop.call_soon_threadsafe(call, *given)

    # On the loop

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on somebody may be listening."""
        self._loop = loop

    def listen(self, listener: Listener) -> bool:
        """False where nothing would be heard, or the process or a share has as
        many as it may have."""
        hold = listener.hold
        full = any(self._shares.get(share, 0) >= most for share, most in hold.shares)
        if full or not self.is_open or len(self._all) >= self.most:
            return False
        self._all[listener] = None
        for topic in hold.topics:
            self._listeners.setdefault(topic, {})[listener] = None
        for share, _most in hold.shares:
            self._shares[share] = self._shares.get(share, 0) + 1
        metrics.waiting(len(self._all))
        return True

    def missed(self, hold: Hold) -> Literal["nothing", "look", "end"]:
        """What was told since the view looked."""
        told = [self._told.get(topic, (0, 0)) for topic in hold.topics]
        if any(ended > hold.since for _told, ended in told):
            return "end"
        lost = hold.since < self._forgotten
        return "look" if lost or any(number > hold.since for number, _ended in told) else "nothing"

    def leave(self, listener: Listener) -> None:
        if self._all.pop(listener, listener) is not None:
            return
        for topic in listener.hold.topics:
            listening = self._listeners.get(topic, {})
            listening.pop(listener, None)
            if not listening:
                self._listeners.pop(topic, None)
        for share, _most in listener.hold.shares:
            self._shares[share] -= 1
            if not self._shares[share]:
                del self._shares[share]
        metrics.waiting(len(self._all))

    def told(self, topics: tuple[str, ...], end: bool = False) -> None:
        """`tell`, on the loop."""
        self._number += 1
        for topic in topics:
            _told, ended = self._told.pop(topic, (0, 0))
            self._told[topic] = (self._number, self._number if end else ended)
        while len(self._told) > REMEMBERED:
            oldest = next(iter(self._told))
            self._forgotten = max(self._forgotten, self._told.pop(oldest)[0])
        found = [one for topic in topics for one in self._listeners.get(topic, ())]
        for listener in dict.fromkeys(found):
            listener.told(end=end)

    def _everybody(self) -> None:
        self._number += 1
        self._forgotten = self._number
        for listener in tuple(self._all):
            listener.told(end=False)

    def end_all(self) -> None:
        for listener in tuple(self._all):
            listener.told(end=True)

    def _deafen(self) -> None:
        self._hears = False  # again: to hear may have been on its way
        self.end_all()

    def _hear(self) -> None:
        self._number += 1
        self._forgotten = self._number  # who looked before was told nothing
        self._hears = True


hub = Hub(most=MOST)
"""Of this process. Without the front nobody listens, and telling costs nothing."""
