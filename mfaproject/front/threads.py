"""The threads that run the application, and who is next.

Requests that hash a password wait in lanes of their own: no more of them are begun than can hash,
so that those who wait for a hash hold no thread, and a flood of guesses leaves threads to everybody
else. Among them come first those whose browser says that it is known for the name typed.
"""

import logging
import threading
from collections import deque
from enum import Enum
from time import monotonic
from typing import Protocol

log = logging.getLogger("nod.front")


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
    """`hashing`: how many may hash at once."""

    def __init__(self, count: int, *, hashing: int, name: str = "web") -> None:
        self._lanes: dict[Lane, deque[Job]] = {lane: deque() for lane in Lane}
        self._hashing, self._most = 0, hashing
        self._ready = threading.Condition(threading.Lock())
        self._closed = False
        self.begun: dict[Job, float] = {}
        """What runs now, and when it was begun."""
        self._threads = [threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True) for number in range(count)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def put(self, job: Job) -> None:
        with self._ready:
            self._lanes[job.lane].append(job)
            self._ready.notify()

    def late(self, now: float) -> list[Job]:
        """Takes out and gives what waited too long: none of it was begun, none of it will be."""
        found: list[Job] = []
        with self._ready:
            for lane in self._lanes.values():
                while lane and now - lane[0].since > lane[0].patience:
                    found.append(lane.popleft())
        return found

    def drop(self, job: Job) -> bool:
        """Takes one out, if it was not begun."""
        with self._ready:
            try:
                self._lanes[job.lane].remove(job)
            except ValueError:
                return False
        return True

    @property
    def waiting(self) -> int:
        return sum(len(lane) for lane in self._lanes.values())

    def close(self) -> None:
        """No thread takes anything any more."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def _next(self) -> Job | None:
        with self._ready:
            while not self._closed:
                if job := self._take():
                    self.begun[job] = monotonic()
                    return job
                self._ready.wait()
        return None

    def _take(self) -> Job | None:
        """A hash is begun before other work only while nobody hashes, so that neither starves."""
        usual = self._lanes[Lane.USUAL]
        hashes = self._lanes[Lane.FIRST] or self._lanes[Lane.HASH]
        if hashes and self._hashing < self._most and (not self._hashing or not usual):
            self._hashing += 1
            return hashes.popleft()
        return usual.popleft() if usual else None

    def _over(self, job: Job) -> None:
        with self._ready:
            del self.begun[job]
            self._hashing -= job.lane is not Lane.USUAL

    def _run(self) -> None:
        while job := self._next():
            try:
                job.work()
            except Exception:
                log.exception("a request's work failed")
            finally:
                self._over(job)
