"""Faults of models go to the log, each model's once a minute at most: a model that always fails
must not fill a disk.
"""

import logging
from datetime import timedelta

from mfaproject.lib import clock

PAUSE = timedelta(minutes=1)
_log = logging.getLogger("nod.risk.models")


class Reports:
    """One for each model."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._next = clock.now() - PAUSE

    def tell(self, what: str, fault: BaseException | None = None) -> None:
        """`fault`'s message and traceback are for the log alone: it may quote
        what somebody sent."""
        now = clock.now()
        if now >= self._next:
            self._next = now + PAUSE
            _log.warning("Risk model %s: %s", self._path, what, exc_info=fault)
