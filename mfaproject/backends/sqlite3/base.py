"""Django's SQLite backend. A lock is waited for as long as the request has time, and longer
elsewhere.
"""

from time import monotonic
from typing import Any

from django.db.backends.sqlite3 import base

from mfaproject.lib import deadlines

_ASKS = ("SELECT", "(SELECT", "EXPLAIN", "PRAGMA", "BEGIN")
_NEAR = 0.1
"""Seconds by which the patience of a connection may be off before it is told a new one."""


class Cursor(base.SQLiteCursorWrapper):
    """Outside of a transaction each statement may wait for the lock, and its
    change is there for good."""

    def execute(self, query: str, params: Any = None) -> Any:
        budget = deadlines.current()
        if budget is None or self.connection.in_transaction:
            return super().execute(query, params)
        began = monotonic()
        try:
            told = super().execute(query, params)
        finally:
            budget.waited(began)
        if not query.startswith(_ASKS):
            budget.changed = True
        return told


def _patience() -> float:
    left = deadlines.remaining()
    if left is None:
        return deadlines.SQLITE_LOCK_ELSEWHERE
    return min(deadlines.SQLITE_LOCK, left)


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, with patience."""

    _patience = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._patience = _patience()
        return super().get_new_connection(conn_params | {"timeout": self._patience})

    def create_cursor(self, name: str | None = None) -> Any:
        if not self.in_atomic_block:  # inside of one the lock is ours already
            self._adjust()
        return self.connection.cursor(factory=Cursor)

    def _adjust(self) -> None:
        wanted = _patience()
        if abs(wanted - self._patience) > _NEAR or wanted < _NEAR <= self._patience:
            self._patience = wanted
            self.connection.execute(f"PRAGMA busy_timeout = {wanted * 1000:.0f}")

    def commit(self) -> None:
        super().commit()
        budget = deadlines.current()
        if budget is not None:
            budget.changed = True
