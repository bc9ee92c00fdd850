"""The threads that run the application, and who is next.

Requests that hash a password wait in lanes of their own: no more of them are begun than can hash,
so that those who wait for a hash hold no thread, and a flood of guesses leaves threads to everybody
else. Among them come first those whose browser says that it is known for the name typed, and after
three of them one of the others: a flood from a known browser keeps nobody out.

In every lane clients have their turns, one request of each: whoever sends hundreds waits for
himself.
"""

import logging
import threading
from collections import Counter, deque
from enum import Enum
from queue import SimpleQueue
from typing import Protocol

from mfaproject.front import limits

log = logging.getLogger("nod.front")

FIRST_IN_A_ROW = 3


class Lane(Enum):
    """`FIRST` and `HASH` are for requests that hash a password."""

    USUAL = "usual"
    FIRST = "first"
    HASH = "hash"


class Job(Protocol):
    """`since`: when it was put here, `patience`: seconds after which it is not begun any more.
    `whose`: the client, as it is counted: a network."""

    lane: Lane
    whose: str
    since: float
    patience: float

    def work(self) -> None: ...
    def refuse(self) -> None: ...


class Line:
    """Jobs that wait, one of each client in turn."""

    def __init__(self) -> None:
        self._of: dict[str, deque[Job]] = {}

    def __bool__(self) -> bool:
        return bool(self._of)

    def put(self, job: Job) -> None:
        self._of.setdefault(job.whose, deque()).append(job)

    def take(self) -> Job:
        """The next one; its client is then behind all others."""
        whose = next(iter(self._of))
        jobs = self._of.pop(whose)
        job = jobs.popleft()
        if jobs:
            self._of[whose] = jobs
        return job


class Threads:
    """`hashing`: how many may hash at once. What waits is either begun or given up, never both: the
    one who takes it out of `_waiting` decides."""

    def __init__(self, count: int, *, hashing: int, name: str = "web") -> None:
        self._count, self._name = count, name
        self._most, self._hashing, self._in_a_row = hashing, 0, 0
        self.busy = 0  # threads that work
        self._waiting: dict[Job, None] = {}
        self._ready, self._first, self._others = Line(), Line(), Line()
        self._calls: SimpleQueue[bool] = SimpleQueue()
        """For each job that is ready, True."""
        self._lock = threading.Lock()

    def start(self) -> None:
        for number in range(self._count):
            name = f"{self._name}-{number}"
            threading.Thread(target=self._run, name=name, daemon=True).start()

    def put(self, job: Job) -> Job | None:
        """Gives the one that finds no room any more: the newest of whoever has most that waits."""
        out = self._one_too_many(job) if len(self._waiting) >= limits.QUEUED else None
        if out is not job:
            self._waiting[job] = None
            self._line_up(job)
        return out

    def _one_too_many(self, job: Job) -> Job | None:
        waiting = tuple(self._waiting)
        (most, _many), *_others = Counter(one.whose for one in (job, *waiting)).most_common(1)
        newest = next((one for one in reversed(waiting) if one.whose == most), job)
        if most == job.whose:
            return job
        return newest if self.drop(newest) else None  # else it has just been begun

    def _line_up(self, job: Job) -> None:
        with self._lock:
            hashes = job.lane is not Lane.USUAL
            if hashes and self._hashing >= self._most:
                (self._first if job.lane is Lane.FIRST else self._others).put(job)
                return
            self._hashing += hashes
            self._ready.put(job)
        self._calls.put(True)  # without the lock, which whoever is called wants at once

    def _done(self, job: Job) -> None:
        """Where it was a hash the next one is, in its place."""
        with self._lock:
            self.busy -= 1
            if job.lane is Lane.USUAL:
                return
            following = self._next()
            if following is None:
                self._hashing -= 1
                return
            self._ready.put(following)
        self._calls.put(True)

    def _next(self) -> Job | None:
        """Takes out of the lines who hashes now."""
        while self._first or self._others:
            from_first = bool(self._first) and not (
                self._others and self._in_a_row >= FIRST_IN_A_ROW
            )
            job = (self._first if from_first else self._others).take()
            if job in self._waiting:  # else it was given up, or its client has left
                self._in_a_row = self._in_a_row + 1 if from_first and self._others else 0
                return job
        return None

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
            self._calls.put(False)

    def _run(self) -> None:
        while self._calls.get():
            with self._lock:
                job = self._ready.take()
                self.busy += 1
            try:
                if self.drop(job):
                    job.work()
            except Exception:
                log.exception("a request's work failed")
            finally:
                self._done(job)
