"""Who waits for what: answers that come when something happens, and hold no thread until then.

A *topic* is a short text, such as the digest of a journey. `tell` may be called from any thread; it
says that there is something to look at, never what.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hold:
    """What a view asks for: an answer that is not there yet.

    `topics`: what wakes it. `seconds`: how long at most. `events`: as a stream of events that each
    say "look"; otherwise the same request is answered again, once, when it is woken or time is over.
    `whose`: by whom such answers are counted, an address; `each`: how many for one topic.
    """

    topics: tuple[str, ...]
    seconds: float
    events: bool
    whose: str
    each: int = 2


class Listener(Protocol):
    """`told(end)`: look now; `end`: and there will be nothing more."""

    hold: Hold

    def told(self, *, end: bool) -> None: ...


class Hub:
    """The listeners of one process. All but `tell` and `end` run on the loop."""

    def __init__(self, *, per_address: int, most: int) -> None:
        self._per_address, self._most = per_address, most
        self._listeners: dict[str, dict[Listener, None]] = {}
        self._of: dict[str, int] = {}
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return self._count

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on somebody may be listening."""
        self._loop = loop

    def listen(self, listener: Listener) -> bool:
        """False where the topic, the address or the process has as many as it may have."""
        hold = listener.hold
        full = any(len(self._listeners.get(topic, ())) >= hold.each for topic in hold.topics)
        mine = self._of.get(hold.whose, 0)
        if full or mine >= self._per_address or self._count >= self._most:
            return False
        for topic in hold.topics:
            self._listeners.setdefault(topic, {})[listener] = None
        self._of[hold.whose] = mine + 1
        self._count += 1
        return True

    def leave(self, listener: Listener) -> None:
        hold = listener.hold
        gone = False
        for topic in hold.topics:
            listening = self._listeners.get(topic, {})
            gone = listening.pop(listener, listener) is None or gone
            if not listening:
                self._listeners.pop(topic, None)
        if gone:
            self._count -= 1
            self._of[hold.whose] -= 1
            if not self._of[hold.whose]:
                del self._of[hold.whose]

    def tell(self, topics: Iterable[str], *, end: bool = False) -> None:
        """Wakes whoever listens, in this process."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.told, tuple(topics), end)

    def told(self, topics: Iterable[str], end: bool = False) -> None:
        """The same, on the loop."""
        for topic in topics:
            for listener in tuple(self._listeners.get(topic, ())):
                listener.told(end=end)


hub = Hub(per_address=64, most=12_000)
"""Of this process. Without the front nobody listens, and telling costs nothing."""
