"""A connection whose every wait draws on the request's budget, and that knows what it cannot know.

`Connection.wait` is the one function in which psycopg waits for an answer. Work is given up by
closing the connection and never by asking the server to cancel: a cancelled wait for a standby
would make a commit succeed that may yet be lost. What then happens at the server:

- In the middle of a transaction it rolls back, as soon as it looks at its client again: nothing
  that was done in there will ever be kept, because no COMMIT was sent.
- A COMMIT that was sent, and a change outside of a transaction, may still be carried out, even
  much later: `Unknown`.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.pq import ConnStatus, TransactionStatus

from mfaproject.lib import deadlines
from mfaproject.lib.breaker import Turnstile

RV = TypeVar("RV")

REST, PATIENCE = 0.5, 0.25
"""Seconds after a failure without asking; and how long others wait for what a probe finds."""
TELLING = 0.25
"""Seconds. To say nothing for less than that says nothing about the database."""
_LONGEST = deadlines.BUDGET + deadlines.GRACE
answers = Turnstile(rest=REST, patience=PATIENCE, longest=_LONGEST)
"""Whether the database answers at all. One for each process, as there is one database."""
commits = Turnstile(rest=REST, patience=PATIENCE, longest=_LONGEST)
"""Whether what is committed comes to an end: a standby that is gone holds up
commits and nothing else."""

STUCK_FOR = 10.0
"""Seconds for which `/readyz` tells that a commit got stuck."""

_ASKS = ("SELECT", "(SELECT", "SHOW", "EXPLAIN")
_IN_DOUBT = ("08007", "40003")
"""transaction_resolution_unknown, statement_completion_unknown: servers that
fail over may say so."""


class GivenUp(errors.OperationalError):
    """The budget of the request is spent."""


class NotNow(errors.OperationalError):
    """The database was not asked: it has just failed others."""


class Unknown(errors.OperationalError):
    """The change may have been kept, or not."""


class Connection(psycopg.Connection[Any]):
    """A connection of a pool."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.born = self.idle_since = monotonic()
        self.judge: Turnstile | None = answers
        """Who is told when an answer does not come."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Waits for what the server says, at most as long as the request has left."""
        budget = deadlines.current()
        if budget is None:
            return super().wait(gen, interval, timeout)
        began, left = monotonic(), budget.left()
        if not left:
            self.pgconn.finish()  # nothing was sent, and whatever is open is rolled back
            raise GivenUp("no time was left to ask the database")
        try:
            return super().wait(gen, interval, left)
        except psycopg.Error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise  # the server did answer, or is gone
            self.pgconn.finish()
            if self.judge is not None and left > TELLING:
                self.judge.failed(began)
            raise GivenUp(f"the database said nothing for {left:.2f} s") from None
        finally:
            budget.waited(began)

    def commit(self) -> None:
        """Keeps what the transaction did, or raises: `Unknown` where nobody can say."""
        match self.pgconn.transaction_status:
            case TransactionStatus.IDLE:
                super().commit()
            case TransactionStatus.INERROR:
                # The server would answer "ROLLBACK", as if all was well.
                raise errors.InFailedSqlTransaction("a statement of this transaction failed")
            case _:
                with self.keeping():
                    super().commit()

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Around what makes changes last: a COMMIT, or a change outside of a transaction."""
        budget = deadlines.current()
        self._may_keep(budget)
        warnings: list[str] = []

        def hear(notice: errors.Diagnostic) -> None:
            # Read now: libpq throws it away when this function ends.
            if notice.severity_nonlocalized == "WARNING":
                warnings.append(str(notice.message_primary))

        self.add_notice_handler(hear)
        self.judge = commits
        try:
            yield
        except psycopg.Error as error:
            if self.pgconn.status != ConnStatus.OK or error.sqlstate in _IN_DOUBT:
                raise Unknown(f"the end of a change is unknown: {error}") from error
            raise
        finally:
            self.judge = answers
            self.remove_notice_handler(hear)
        if budget is not None:
            budget.changed = True
        if warnings:
            raise Unknown(f"the end of a change is unknown: {warnings[0]}")
        commits.succeeded()

    def _may_keep(self, budget: deadlines.Budget | None) -> None:
        """Raises before anything is sent: then it is certain that nothing is kept."""
        if self.pgconn.status != ConnStatus.OK:
            raise errors.OperationalError("the connection was lost, so nothing was kept")
        if budget is not None and not budget.left():
            raise GivenUp("no time was left to commit, so nothing was kept")
        if budget is not None and not commits.admit():
            raise NotNow("the database did not end a commit a moment ago, so none was sent")

    def has_news(self) -> bool:
        """Whether the server said something unasked: nearly always, that it is
        gone. No round trip."""
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        return bool(poll.poll(0))


class Cursor(base.Cursor, psycopg.ClientCursor[Any]):
    """Outside of a transaction each statement is one of its own: it may be what
    makes a change last."""

    connection: Connection

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if self._only_asks(query):
            told = super().execute(query, params, **options)
        else:
            with self.connection.keeping():
                told = super().execute(query, params, **options)
        answers.succeeded()
        return told

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        if self._only_asks(query):
            super().executemany(query, params_seq, **options)
        else:
            with self.connection.keeping():
                super().executemany(query, params_seq, **options)

    def _only_asks(self, query: Any) -> bool:
        within = not self.connection.autocommit
        return within or (isinstance(query, str) and query.startswith(_ASKS))


def standing() -> str:
    """Whether what is committed comes to an end: "up", or "stuck"."""
    return "up" if monotonic() - commits.failed_at > STUCK_FOR else "stuck"
