"""Locks of PostgreSQL that no row carries, each until the end of the transaction. SQLite has one
writer and needs none.

A rebuilding throws a person's rows away and makes them again in the order in which they were
taught, while a sign-in takes them in the order of their digests: without a lock before all rows the
two would wait in a circle. Sign-ins of one person share it, so they do not wait for each other, and
take it in the statement that they run anyway.
"""

from django.db import connection

_EVERYBODY = 0x6E6F6401  # any numbers that are ours and no account's
_PERSONS = 0x6E6F64 << 40

_SHARED = " + (SELECT length(CAST(pg_advisory_xact_lock_shared(%s) AS text)))"


def is_needed() -> bool:
    return connection.vendor == "postgresql"


def together_in_statement(account: int) -> tuple[str, list[int]]:
    """As `together_for`, as a summand of value 0 and its parameters: it is worked out once, before
    the statement touches its first row."""
    return (_SHARED, [of_person(account)]) if is_needed() else ("", [])


def of_person(account: int) -> int:
    """The number of a person's lock."""
    return _PERSONS + account


def only_one_for_everybody() -> None:
    """Nobody else changes what counts for everybody."""
    _take("pg_advisory_xact_lock", _EVERYBODY)


def only_one_for(account: int) -> None:
    """Nobody else teaches this person's rows, or takes back."""
    _take("pg_advisory_xact_lock", of_person(account))


def together_for(account: int) -> None:
    """Others may teach, but nobody makes the rows again."""
    _take("pg_advisory_xact_lock_shared", of_person(account))


def _take(function: str, number: int) -> None:
    if is_needed():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [number])
