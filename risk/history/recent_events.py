"""What the ledger tells of an account's newest rows: its last successes, and what was changed about
it. One part of the one SELECT of `history`.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from risk.login import outcomes
from risk.login.history import Lately, Success
from risk.models import LoginLog

PART = "lately"
LOOKED_AT, TOLD = 32, 12
"""Newest rows of an account that are looked at, whatever they are, and how many of those that
matter are told: the same cost in any ledger."""

SUCCESS, PASSWORD, FACTOR = range(3)
_OUTCOMES = (
    outcomes.ADMITTED,
    outcomes.FACTOR_CHANGED,
    outcomes.PASSWORD_RESET,
    outcomes.ENROLMENT,
)
_SECONDS = {
    "postgresql": "CAST(EXTRACT(EPOCH FROM at) AS bigint)",
    "sqlite": "CAST(strftime('%%s', at) AS integer)",
}
_ROWS = """
SELECT * FROM (
SELECT '{part}', country, 0, 0.0, CASE WHEN network_kinds <> '' THEN 1 ELSE 0 END, CASE
  WHEN country <> '' OR asn <> 0 THEN 1 ELSE 0 END,
       CASE WHEN outcome = '{success}' THEN {SUCCESS} WHEN outcome = '{factor}' THEN {FACTOR}
         ELSE {PASSWORD} END, {seconds}
FROM (SELECT at, outcome, country, asn, network_kinds FROM {table} WHERE user_id = %s
  ORDER BY at DESC LIMIT {looked_at}) AS newest
WHERE outcome IN ({wanted}) ORDER BY at DESC LIMIT {told}) AS {part}_rows"""


def sql() -> str:
    """The part, for one value: the account."""
    words = {
        "part": PART,
        "success": outcomes.ADMITTED,
        "factor": outcomes.FACTOR_CHANGED,
        "wanted": ", ".join(f"'{word}'" for word in _OUTCOMES),
    }
    numbers = {
        "SUCCESS": SUCCESS,
        "PASSWORD": PASSWORD,
        "FACTOR": FACTOR,
        "looked_at": LOOKED_AT,
        "told": TOLD,
    }
    return _ROWS.format(
        table=LoginLog._meta.db_table, seconds=_SECONDS[connection.vendor], **words, **numbers
    )


def assembled(rows: Iterable[tuple[Any, ...]]) -> Lately:
    """From the rows of the part, in any order."""
    found: dict[int, list[Success]] = {SUCCESS: [], PASSWORD: [], FACTOR: []}
    for _, country, _, _, listed, placed, kind, at in sorted(
        rows, key=lambda row: int(row[-1]), reverse=True
    ):
        found[kind].append(Success(float(at), country, bool(listed), bool(placed)))
    password, factor = (found[kind][0].at if found[kind] else None for kind in (PASSWORD, FACTOR))
    return Lately(tuple(found[SUCCESS]), password, factor)
