"""The threads that run the application, and who is next.

Requests that hash a password wait in lanes of their own: no more of them are begun than can hash,
so that those who wait for a hash hold no thread, and a flood of guesses leaves threads to everybody
else. Among them come first those whose browser says that it is known for the name typed, and after
three of them one of the others: a flood from a known browser keeps nobody out.
"""

import logging
import threading
from collections import deque
from enum import Enum
from queue import SimpleQueue
from typing import Protocol

log = logging.getLogger("nod.front")


FIRST_IN_A_ROW = 3


class Lane(Enum):
    """`FIRST` and `HASH` are for requests that hash a password."""

    USUAL = "usual"
    FIRST = "first"
    HASH = "hash"


class Job(Protocol):
    """`since`: when it was put here, `patience`: seconds after which it is not begun any more."""

    lane: Lane
    since: float
    patience: float

    def work(self) -> None: ...
    def refuse(self) -> None: ...


class Threads:
    """`hashing`: how many may hash at once. What waits is either begun or given up, never both: the
    one who takes it out of `_waiting` decides."""

    def __init__(self, count: int, *, hashing: int, name: str = "web") -> None:
        self._count, self._name = count, name
        self._most, self._hashing, self._in_a_row = hashing, 0, 0
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._waiting: dict[Job, None] = {}
        self._lanes: dict[Lane, deque[Job]] = {Lane.FIRST: deque(), Lane.HASH: deque()}
        self._lock = threading.Lock()

    def start(self) -> None:
        for number in range(self._count):
            name = f"{self._name}-{number}"
            threading.Thread(target=self._run, name=name, daemon=True).start()

    def put(self, job: Job) -> None:
        self._waiting[job] = None
        if job.lane is Lane.USUAL or self._enter(job):
            self._queue.put(job)

    def _enter(self, job: Job) -> bool:
        with self._lock:
            if self._hashing >= self._most:
                self._lanes[job.lane].append(job)
                return False
            self._hashing += 1
        return True

    def _leave(self) -> None:
        """A hash is done: the next one is, in its place."""
        with self._lock:
            job = self._next()
            if job is None:
                self._hashing -= 1
            else:
                self._queue.put(job)

    def _next(self) -> Job | None:
        """Takes out of the lanes who hashes now."""
        first, others = (self._lanes[lane] for lane in (Lane.FIRST, Lane.HASH))
        for lane in (first, others):
            while lane and lane[0] not in self._waiting:
                lane.popleft()  # given up, or its client has left
        from_first = bool(first) and not (others and self._in_a_row >= FIRST_IN_A_ROW)
        self._in_a_row = self._in_a_row + 1 if from_first and others else 0
        lane = first if from_first else others
        return lane.popleft() if lane else None

    def late(self, now: float) -> list[Job]:
        """Takes out and gives what waited too long: none of it was begun, none of it will be."""
        over = [job for job in tuple(self._waiting) if now - job.since > job.patience]
        return [job for job in over if self.drop(job)]

    def drop(self, job: Job) -> bool:
        """Takes one out, if it was not begun."""
        return self._waiting.pop(job, job) is None

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def close(self) -> None:
        """No thread takes anything any more."""
        for _each in range(self._count):
            self._queue.put(None)

    def _run(self) -> None:
        while job := self._queue.get():
            try:
                if self.drop(job):
                    job.work()
            except Exception:
                log.exception("a request's work failed")
            finally:
                if job.lane is not Lane.USUAL:
                    self._leave()
