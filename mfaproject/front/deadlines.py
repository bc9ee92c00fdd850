"""Deadlines of many sockets at once: setting, clearing and finding one costs the same for ten as
for ten thousand, and one timer looks at all of them."""

from collections.abc import Iterator
from time import monotonic
from typing import Generic, Protocol, TypeVar


class Timed(Protocol):
    """`queue` is for `Deadlines` alone: where its deadline is kept, if it has one."""

    queue: "dict[Timed, float] | None"


T = TypeVar("T", bound=Timed)


class Deadlines(Generic[T]):
    """At most one deadline for each. Those of one length lie in one queue, the
    first to end first."""

    def __init__(self) -> None:
        self._queues: dict[float, dict[Timed, float]] = {}

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    def set(self, who: T, seconds: float) -> None:
        """From now on; replaces the one that it had."""
        self.clear(who)
        who.queue = self._queues.setdefault(seconds, {})
        who.queue[who] = monotonic() + seconds

    def clear(self, who: T) -> None:
        if who.queue is not None:
            who.queue.pop(who, None)
            who.queue = None

    def over(self, now: float) -> Iterator[T]:
        """Takes out and gives those whose time has come."""
        # A copy: whoever is told may set a length that is new.
        for seconds, queue in tuple(self._queues.items()):
            while queue:
                who, ends = next(iter(queue.items()))
                if ends > now:
                    break
                self.clear(who)  # type: ignore[arg-type]
                yield who  # type: ignore[misc]
            if not queue:
                self._queues.pop(seconds, None)
