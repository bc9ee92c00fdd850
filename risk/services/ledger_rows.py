"""Reads the ledger: in the order of time, a slice at a time, with no transaction held open. A site
may run meanwhile; later rows are not seen.
"""

from array import array
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from risk.backtest.records import LedgerRow, verdict
from risk.history import failure_reputation
from risk.models import LoginLog

SLICE = 500
"""Rows read at once; each holds a few kilobytes of reasons."""

VERDICT = (
    "score",
    "level",
    "decision",
    "required",
    "findings",
    "model",
    "model_version",
    "policy",
    "policy_version",
    "challenge",
    "strict",
    "evidence",
)


TAUGHT = (
    "pk",
    "at",
    "ended_at",
    "user_id",
    "outcome",
    "country",
    "asn",
    "network_kinds",
    "learned",
    failure_reputation.COLUMN,
)
COLUMNS = (*TAUGHT, *VERDICT)


def ids(newest: int | None = None) -> "array[int]":
    """Numbers of all rows (or the newest so many) in the order of time: eight bytes each."""
    rows: QuerySet[LoginLog] = LoginLog.objects.order_by("at", "pk")
    if newest is not None:
        rows = rows.filter(
            pk__in=list(LoginLog.objects.order_by("-pk").values_list("pk", flat=True)[:newest])
        )
    return array("q", rows.values_list("pk", flat=True).iterator(chunk_size=10_000))


def read(numbers: "array[int]", judged_from: int = 0) -> Iterator[LedgerRow]:
    """Those rows, in that order; one that is gone meanwhile is left out. Slices before
    `judged_from` come without verdicts: that is quicker."""
    for start in range(0, len(numbers), SLICE):
        wanted = numbers[start : start + SLICE]
        columns = COLUMNS if start + SLICE > judged_from else TAUGHT
        found = {
            told[0]: told
            for told in LoginLog.objects.order_by()
            .filter(pk__in=list(wanted))
            .values_list(*columns)
        }
        for number in wanted:
            if number in found:
                yield _row(dict(zip(columns, found[number], strict=True)))


def _row(told: dict[str, Any]) -> LedgerRow:
    places = told[failure_reputation.COLUMN]
    return LedgerRow(
        pk=told["pk"],
        at=told["at"].timestamp(),
        ended_at=told["ended_at"].timestamp() if told["ended_at"] else None,
        user_id=told["user_id"],
        outcome=told["outcome"],
        country=told["country"],
        placed=bool(told["country"] or told["asn"]),
        kinds=frozenset(told["network_kinds"].split()),
        verdict=verdict(told) if "score" in told else None,
        learned=told["learned"] if isinstance(told["learned"], dict) else None,
        places=places if isinstance(places, list) else (),
    )
