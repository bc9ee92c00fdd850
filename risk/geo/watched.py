"""A data file that is opened once, and again when it was replaced."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)
Content = TypeVar("Content")
Stamp = tuple[int, int, int]

LOOK_EVERY = 2.0
"""Seconds between two looks at whether the file changed: a look-up must not ask the disk."""


class Watched(Generic[Content]):
    """Gives the opened file, or None where there is none or it cannot be read. Never raises; any
    number of threads may ask.

    A file is replaced by renaming another over it: who has the old one open reads on in it
    undisturbed.
    """

    def __init__(self, path: Path, opening: Callable[[Path], Content]) -> None:
        self.path, self._opening = path, opening
        self._lock = threading.Lock()
        self._content: Content | None = None
        self._stamp: Stamp | None = None
        self._looked = -LOOK_EVERY
        self.broken = ""

    def get(self) -> Content | None:
        """Threads that come while another one looks take what was there."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY and self._lock.acquire(blocking=self._stamp is None):
            try:
                self._look()
                self._looked = now
            finally:
                self._lock.release()
        return self._content

    def look(self) -> Content | None:
        """The same, and looks at the disk in any case."""
        with self._lock:
            self._look()
        return self._content

    def _look(self) -> None:
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return
        self.broken = ""
        try:
            self._content = self._opening(self.path) if stamp else None
        # Whatever a broken file makes a reader raise, a sign-in goes on without it.
        except Exception as error:  # noqa: BLE001
            self._content, self.broken = None, str(error) or type(error).__name__
            logger.warning(
                "data file cannot be read", extra={"file": self.path.name, "error": self.broken}
            )
        self._stamp = stamp


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
