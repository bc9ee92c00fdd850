"""After a failure, a while without asking: an outage costs one time-out and not one for every
request.
"""

import math
import threading
import time


class Breaker:
    """Closed, until `trip` opens it for `rest` seconds. One for each process
    and thing that can fail."""

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


class Turnstile:
    """A breaker for what nobody can do without: it is closed again by success alone.

    Open for `rest` seconds after a failure. Then one caller at a time is let through, as a probe;
    who comes within `patience` seconds of its beginning waits so long for what it finds, so that a
    thing that is back is back for everybody; others are turned away at once. A probe of which
    nothing was heard for `longest` seconds makes room for the next.
    """

    def __init__(self, *, rest: float, patience: float, longest: float) -> None:
        self._rest, self._patience, self._longest = rest, patience, longest
        self._changed = threading.Condition()
        self._open_until, self._probed_at, self._succeeded_at = 0.0, -math.inf, -math.inf
        self.failed_at = -math.inf
        """When it failed last, on the clock of `time.monotonic`."""

    def admit(self) -> bool:
        """Whether to ask now. It is to be told how that went."""
        return not self._open_until or self._admit_one()

    def _admit_one(self) -> bool:
        with self._changed:
            now = time.monotonic()
            if self._open_until <= now and self._probed_at + self._longest <= now:
                self._probed_at = now
                return True
            while self._open_until and now < self._probed_at + self._patience:
                self._changed.wait(self._probed_at + self._patience - now)
                now = time.monotonic()
            return not self._open_until

    def succeeded(self) -> None:
        """It does work."""
        self._succeeded_at = time.monotonic()
        if self._open_until:
            self._turn(0.0)

    def failed(self, since: float) -> None:
        """It gave no answer from `since` until now. If others got theirs
        meanwhile, that says nothing about it."""
        if self._succeeded_at < since:
            self.trip()

    def trip(self) -> None:
        """It has just failed, for everybody."""
        self.failed_at = time.monotonic()
        self._turn(self.failed_at + self._rest)

    def _turn(self, open_until: float) -> None:
        with self._changed:
            self._open_until, self._probed_at = open_until, -math.inf
            self._changed.notify_all()

    def reset(self) -> None:
        """Forgets that it failed."""
        self.failed_at = -math.inf
        self._turn(0.0)
