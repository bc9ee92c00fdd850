"""How long the request that is being answered may wait for the database, in all.

A database that does not answer must cost its clients seconds and this process no threads. So every
wait of a request draws on one budget, which begins when the request arrived, whoever let it wait
before us. What is no request has none: migrations, sweeps, workers and commands wait as long as it
takes, or have deadlines of their own.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

BUDGET = 2.25
"""Seconds from a request's arrival in which it may wait for the database."""
GRACE = 0.5
"""Seconds of waiting that are left, in all, to who asks the database later than that: hashing took
long, or a slow machine. A database that is well answers in a hundredth of it."""

LOCK, SQLITE_LOCK, SQLITE_LOCK_ELSEWHERE = 1.5, 2.0, 20.0
"""Seconds that one wait for a lock may take: in a request on PostgreSQL, on
SQLite, elsewhere there."""
STATEMENT = 2.0
"""Seconds after which PostgreSQL itself ends a statement of a request."""
IDLE_IN_TRANSACTION = 10.0
"""Seconds after which it ends the session of a request that has stopped in mid-transaction."""


class Budget:
    """What is left for one request. `changed`: something that it did is in the
    database for good."""

    __slots__ = ("changed", "grace", "longest", "until")

    def __init__(self, until: float, grace: float, longest: float = math.inf) -> None:
        """`until`: on the clock of `time.monotonic`. No single wait may be
        longer than `longest`."""
        self.until, self.grace, self.longest, self.changed = until, grace, longest, False

    def left(self) -> float:
        """Seconds that the next wait may take; 0 when all is spent."""
        return min(max(0.0, self.until - monotonic()) + self.grace, self.longest)

    def waited(self, since: float) -> None:
        """Takes a wait that has just ended from the grace, as far as it was late."""
        late = monotonic() - max(since, self.until)
        if late > 0.0:
            self.grace = max(0.0, self.grace - late)


_current: ContextVar[Budget | None] = ContextVar("deadline", default=None)


def current() -> Budget | None:
    """The budget of the request that this thread answers; None outside of one."""
    return _current.get()


def remaining() -> float | None:
    """Seconds that this thread may still wait for the database; None: as long as it takes."""
    budget = _current.get()
    return None if budget is None else budget.left()


@contextmanager
def request(until: float, grace: float | None = None) -> Iterator[Budget]:
    """A request that may wait for the database until then (`time.monotonic`), and `GRACE` more."""
    budget = Budget(until, GRACE if grace is None else grace)
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """So long at most for what the block asks, and never longer than is left anyway."""
    outer, began = _current.get(), monotonic()
    with request(began + (seconds if outer is None else min(seconds, outer.left())), grace=0.0):
        try:
            yield
        finally:
            if outer is not None:
                outer.waited(began)


def lengthen(seconds: float) -> None:
    """For a page that asks much and says so: so long from now, but no single wait over `BUDGET`."""
    budget = _current.get()
    if budget is not None:
        budget.until, budget.longest = monotonic() + seconds, BUDGET
