"""After a failure, a while without asking: an outage costs one time-out and not one for every request."""

import threading
import time


class Breaker:
    """Closed, until `trip` opens it for `rest` seconds. One for each process and thing that can fail."""

    def __init__(self, rest: float) -> None:
        self._rest = rest
        self._lock = threading.Lock()
        self._until = 0.0

    @property
    def open(self) -> bool:
        """Whether to do without for now."""
        return time.monotonic() < self._until

    def trip(self) -> None:
        """It has just failed."""
        with self._lock:
            self._until = time.monotonic() + self._rest

    def reset(self) -> None:
        """Forgets that it failed."""
        with self._lock:
            self._until = 0.0
