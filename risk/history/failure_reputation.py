"""Where second factors fail: the account of a sign-in that failed names the places of its address,
each once, in one statement.

The rows are the person's own, beside those of what was learned, and reach everybody's as those do
(`risk.history.aggregate`). Only `first_seen` differs: it is the account's own first sign-in, though
no more than a week ago. So what an account names counts at once where the account has stood for a
week, and for a younger one when it has: accounts that were made to slander a place say nothing in
their first week.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from risk.history import digests, locks
from risk.history.aggregate import WAIT
from risk.login.chains import ADDRESS, NAMED, SIGN_INS, Chain
from risk.models import FeatureCount

PLACES = "places"
"""Under this word the evidence of a step-up has what it would name."""

COLUMN = f"evidence__{PLACES}"

Noted = Sequence[Sequence[str]]
"""From the root down, each place as its level and its digests, newest key first."""

_TABLE = FeatureCount._meta.db_table
_WAIT = int(WAIT.total_seconds())
# An account without a sign-in is as one that begins now. Where there is no row MIN is NULL.
_SINCE = f"""COALESCE((SELECT CASE WHEN MIN(first_seen) < %s THEN %s ELSE MIN(first_seen) END
    FROM {_TABLE} AS own WHERE own.account = %s AND own.digest IN ({{digests}})), %s)"""  # noqa: S608 - every value is a parameter
_INTO = (
    f"INSERT INTO {_TABLE} (account, chain, level, digest, parent, n, times,"  # noqa: S608
    ' "distinct", mark, first_seen, last_seen, shared) VALUES '
)
_ROW = f"(%s, '{NAMED}', %s, %s, %s, 1.0{{lock}}, 1, 0, 0, {{since}}, %s, FALSE)"
_ONCE = " ON CONFLICT (account, digest) DO NOTHING"


def noted(chains: Sequence[Chain]) -> Noted:
    """The places above an address, for the ledger; none where the address says nothing."""
    return [
        [node.level, *digests.of_node(node)]
        for chain in chains
        if chain and chain[0].chain == ADDRESS
        for node in chain[:-1]
    ]


def of(evidence: Mapping[str, Any] | None) -> Noted:
    """What a row of the ledger would name; nothing where it does not say."""
    return (evidence or {}).get(PLACES) or []


def name(account: int, places: Noted, at: int) -> None:
    """Writes what this account has not named yet. It takes the rows in the order of their digests,
    so that nobody waits in a circle."""
    if not places:
        return
    lock, turn = locks.together_in_statement(account)
    own = digests.of_node(SIGN_INS)
    since = _SINCE.format(digests=", ".join(["%s"] * len(own)))
    rows: list[str] = []
    values: list[Any] = []
    for place, (digest, level, parent) in enumerate(sorted(_rows(places))):
        rows.append(_ROW.format(lock="" if place else lock, since=since))
        values += [
            account,
            level,
            digest,
            parent,
            *([] if place else turn),
            at - _WAIT,
            at - _WAIT,
            account,
            *own,
            at,
            at,
        ]
    with connection.cursor() as cursor:
        cursor.execute(_INTO + ", ".join(rows) + _ONCE, values)


def _rows(places: Noted) -> Iterator[tuple[str, str, str]]:
    """Digest, level and the digest of the place above; "" above the root."""
    parent = ""
    for level, newest, *_older in places:
        digest = digests.of_named(newest)
        yield digest, level, parent
        parent = digest
