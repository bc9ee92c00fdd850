"""Who may have how many sockets. Counted are those that have not sent a whole request, or do not
read the answer as fast as it is sent.

A socket too many ends the oldest, not itself: the head of an honest request arrives within
moments, so that behind one address an attacker's sockets go, and a neighbour's request is heard.
"""

from collections.abc import Callable
from typing import Protocol

from mfaproject.lib.ip_addresses import network, parse_ip

Trusted = Callable[[str], bool]


class Waiter(Protocol):
    """A socket: `peer` is its address, `end` closes it at once."""

    peer: str

    def end(self) -> None: ...


class Peers:
    """`trusted(peer)`: a proxy of ours, behind which everybody stands: it is not counted."""

    def __init__(self, *, each: int, trusted: Trusted) -> None:
        self._each, self._trusted = each, trusted
        self._waiting: dict[Waiter, str] = {}  # in the order in which they began to wait
        self._of: dict[str, dict[Waiter, None]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def waits(self, who: Waiter) -> None:
        """It has yet to send a whole request, or to read an answer."""
        if who in self._waiting:
            return
        self._waiting[who] = key = "" if self._trusted(who.peer) else network(parse_ip(who.peer))
        if not key:
            return
        mine = self._of.setdefault(key, {})
        mine[who] = None
        if len(mine) > self._each:
            self._end(next(iter(mine)))

    def done(self, who: Waiter) -> None:
        """A whole request has arrived, or the socket is gone."""
        key = self._waiting.pop(who, "")
        mine = self._of.get(key)
        if mine is not None:
            mine.pop(who, None)
            if not mine:
                del self._of[key]

    def end_oldest(self) -> bool:
        """Makes room for one more; False where everybody is being answered."""
        for who in self._waiting:
            self._end(who)
            return True
        return False

    def _end(self, who: Waiter) -> None:
        """Forgotten at once: it is gone only a moment later, and until then others may come."""
        self.done(who)
        who.end()
