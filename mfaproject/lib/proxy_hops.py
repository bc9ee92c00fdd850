"""Whether the proxy in front of us says whom it speaks for. Told once in the
log, and in `/readyz`.
"""

import logging
import threading
import time

log = logging.getLogger("nod.proxy")

REMEMBERED = 300.0
"""Seconds for which one answer that could not be read is shown."""


class Hops:
    """One for each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unread_at: float | None = None

    def noticed(self, *, readable: bool) -> None:
        """An address behind a proxy could be read, or could not."""
        if readable:
            return
        with self._lock:
            first, self._unread_at = self._unread_at is None, time.monotonic()
        if first:
            log.error("X-Forwarded-For names nobody: all behind the proxy count as one address")

    @property
    def state(self) -> str:
        """ "up", or "unreadable_hop" for a while after one."""
        at = self._unread_at
        return "up" if at is None or time.monotonic() - at > REMEMBERED else "unreadable_hop"

    def reset(self) -> None:
        """Forgets what was noticed."""
        self._unread_at = None


hops = Hops()


def report() -> str:
    """For `/readyz`."""
    return hops.state
