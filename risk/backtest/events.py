"""PURE: the ledger as a story: sign-ins, what they were when they had ended, and what was taken
back later, in the order in which it happened.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal

from risk.backtest.records import LedgerRow

Act = Literal["came", "ended", "undone"]


@dataclass(frozen=True, slots=True)
class Event:
    """`at` in seconds since 1970."""

    act: Act
    at: float
    row: LedgerRow


def story(rows: Iterable[LedgerRow]) -> Iterator[Event]:
    """From rows in the order in which they came. Only what has not ended yet is kept waiting.

    Of two things at the very same moment the one of the older row comes first, as in a rebuilding
    of the counts.
    """
    waiting: list[tuple[float, int, bool, LedgerRow]] = []
    for row in rows:
        while waiting and waiting[0][:2] <= (row.at, row.pk):
            yield _ended(heappop(waiting))
        yield Event("came", row.at, row)
        for at, is_undone in _later(row):
            heappush(waiting, (max(at, row.at), row.pk, is_undone, row))
    while waiting:
        yield _ended(heappop(waiting))


def _later(row: LedgerRow) -> Iterator[tuple[float, bool]]:
    if row.ended_at is None:
        return
    yield row.ended_at, False
    undone = (row.learned or {}).get("undone")
    if isinstance(undone, int | float):
        yield float(undone), True


def _ended(due: tuple[float, int, bool, LedgerRow]) -> Event:
    at, _, is_undone, row = due
    return Event("undone" if is_undone else "ended", at, row)
