"""Threads that deliver what a loop hands them, so that one slow service keeps
nothing else waiting.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections, connections

log = logging.getLogger("nod.outbox")

REST_AFTER_FAULT = 5.0
"""Seconds. A courier whose database is down must not spin."""


class Crew:
    """So many threads at most, begun when there is work. They are daemons: a service that hangs
    must not hold up the end of the process."""

    def __init__(
        self, size: int, deliver: Callable[[str], object], idle: Callable[[], object]
    ) -> None:
        """`deliver(row_id)` is called by any of the threads; `idle()` when the
        last message in hand is done."""
        self._size, self._deliver, self._idle = size, deliver, idle
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._in_hand: set[str] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def __len__(self) -> int:
        """How many messages are in hand, those that wait for a thread among them."""
        return len(self._in_hand)

    def give(self, row_id: str) -> None:
        """Takes a message on, unless it is in hand already."""
        with self._lock:
            if row_id in self._in_hand or self._ended.is_set():
                return
            self._in_hand.add(row_id)
            if len(self._threads) < min(self._size, len(self._in_hand)):
                self._threads.append(
                    threading.Thread(target=self._work, name="courier", daemon=True)
                )
                self._threads[-1].start()
        self._queue.put(row_id)

    def end(self, patience: float) -> None:
        """Lets those in hand be finished for so many seconds, and begins none any more."""
        deadline = time.monotonic() + patience
        self._ended.set()
        for _each in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        while (row_id := self._queue.get()) is not None:
            if self._ended.is_set():
                continue
            self._one(row_id)
        connections.close_all()

    def _one(self, row_id: str) -> None:
        try:
            close_old_connections()
            self._deliver(row_id)
        except Exception:
            log.exception("a courier failed")
            self._ended.wait(REST_AFTER_FAULT)
        finally:
            close_old_connections()  # a pool gets its connection back: an idle courier needs none
            with self._lock:
                self._in_hand.discard(row_id)
                last = not self._in_hand
            if last:
                self._idle()
