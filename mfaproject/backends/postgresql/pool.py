"""A pool that makes nobody wait for a connection that will not come, or hands out one that has
ended.
"""

import logging
import threading
from time import monotonic
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

from mfaproject.backends.postgresql.connection import Connection, GivenUp, NotNow, answers
from mfaproject.lib import deadlines

log = logging.getLogger("nod.database")

SLICE = 0.1
"""Seconds between two looks whether anybody could connect while a request waits for that."""
IDLE_LONG, LOOK = 30.0, 0.5
"""Seconds. What was idle for so long is asked for a sign of life, and has so long to give it."""


class Pool(ConnectionPool[Connection]):
    """Connects in threads of its own, so that a request waits for none of what
    connecting may hang on."""

    def __init__(self, connection_class: type[Connection], **options: Any) -> None:
        super().__init__(
            connection_class=connection_class,
            check=self._look_at,
            # Tries twice and gives up; whoever asks next begins anew. The usual way would rest
            # longer and longer, so that a database which is back is found up to a minute later.
            reconnect_timeout=0.0,
            reconnect_failed=self._not_connected,
            **options,
        )
        self._failed_at = self._renewed_at = 0.0
        self._renewing = threading.Lock()

    def getconn(self, timeout: float | None = None) -> Connection:
        """A connection that works, or soon an error."""
        budget = deadlines.current()
        if budget is None:
            return super().getconn(timeout)
        if not answers.admit():
            raise NotNow("the database did not answer a moment ago, so it was not asked")
        left = min(self.timeout, budget.left())
        if not left:
            raise GivenUp("no time was left to ask the database")
        began = monotonic()
        try:
            return self._getconn_until(began, began + left)
        except PoolTimeout:
            answers.failed(began)
            raise
        finally:
            budget.waited(began)

    def _getconn_until(self, began: float, end: float) -> Connection:
        while True:
            try:
                return super().getconn(min(SLICE, end - monotonic()))
            except PoolTimeout:
                if self._failed_at > began or monotonic() >= end:
                    raise

    def putconn(self, conn: Connection) -> None:
        """Takes it back. One that is in the middle of something is closed: to
        roll back would be to wait."""
        if conn.pgconn.transaction_status != TransactionStatus.IDLE:
            conn.close()
        conn.idle_since = monotonic()
        super().putconn(conn)

    def _not_connected(self, _pool: ConnectionPool[Any]) -> None:
        """In a thread of the pool: two tries to connect failed. Whoever waited for them says so to
        the turnstile: others may have connections that work."""
        self._failed_at = monotonic()

    def _look_at(self, conn: Connection) -> None:
        """Before it is handed out: raises for one that has ended."""
        if not conn.has_news() and monotonic() - conn.idle_since < IDLE_LONG:
            return
        try:
            self._ask(conn)
        except psycopg.Error:
            self._renew(conn.born)
            raise

    @staticmethod
    def _ask(conn: Connection) -> None:
        conn.judge = None  # of the others that wait here it may be the only one that is dead
        # else the question would begin a transaction, in which it is handed out
        conn.autocommit = True
        with deadlines.within(LOOK):
            conn.execute("SELECT 1")
        conn.judge = answers

    def _renew(self, born: float) -> None:
        """What ended this one ended the others that are as old: after a restart
        each would fail somebody."""
        with self._renewing:
            if born <= self._renewed_at:
                return
            self._renewed_at = monotonic()
        log.info("connections to the database had ended and are made anew")
        self.drain()
