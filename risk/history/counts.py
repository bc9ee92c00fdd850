"""Adding to the counts, in one statement."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from risk.history import digests, locks
from risk.login.chains import Chain, Node
from risk.login.context import Strength
from risk.login.history import HALF_LIFE
from risk.models import FeatureCount

WEIGHTS: Mapping[Strength, float] = {"strong": 1.0, "weak": 0.5, "password": 0.5}

_TABLE = FeatureCount._meta.db_table
_INTO = (
    f'INSERT INTO {_TABLE} (account, chain, level, digest, parent, n, times, "distinct", mark,'
    " first_seen, last_seen, shared) "
)
# What is there must be aged and added to in a single step, and update_conflicts of bulk_create
# cannot refer to the old row. POWER is PostgreSQL's own; on SQLite Django brings it. A clock that
# was set back ages nothing.
_OR_ADD = f"""
ON CONFLICT (account, digest) DO UPDATE SET
    n = {_TABLE}.n * POWER(0.5, CASE WHEN excluded.last_seen > {_TABLE}.last_seen
                                     THEN (excluded.last_seen - {_TABLE}.last_seen) / {HALF_LIFE}
                                       ELSE 0.0 END) + excluded.n,
    times = {_TABLE}.times + excluded.times,
    "distinct" = {_TABLE}."distinct" + excluded."distinct",
    mark = CASE WHEN excluded.mark > {_TABLE}.mark THEN excluded.mark ELSE {_TABLE}.mark END,
    last_seen = CASE WHEN excluded.last_seen > {_TABLE}.last_seen THEN excluded.last_seen
      ELSE {_TABLE}.last_seen END"""
_ROW = "(%s, %s, %s, %s, %s, %s{lock}, 1, {new}, %s, %s, %s, FALSE)"
_ONE_IF_NEW = f"""CASE WHEN EXISTS (
    SELECT 1 FROM {_TABLE} AS child WHERE child.account = %s AND child.digest IN ({{digests}}))
      THEN 0 ELSE 1 END"""  # noqa: S608 - our own table
_SEEN_BEFORE = f"""
SELECT account, chain, level, digest, parent, %s{{lock}}, 1, 0, mark, first_seen, %s, shared
  FROM {_TABLE}
WHERE account = %s AND digest IN ({{digests}}) ORDER BY digest"""  # noqa: S608 - every value is a parameter


@dataclass(frozen=True, slots=True)
class _Addition:
    """What one row gains. `below` are the digests of a child: if the account has none of them yet,
    `distinct` gains one."""

    node: Node
    digest: str
    parent: str
    below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one login teaches: chains of nodes with their digests (newest key first), their weight,
    and whether new values may come in."""

    account: int
    chains: tuple[tuple[tuple[Node, tuple[str, ...]], ...], ...]
    weight: float
    only_seen: bool

    @property
    def digests(self) -> list[str]:
        """The rows it touches: those under the newest key."""
        return sorted(keyed[0] for chain in self.chains for _, keyed in chain)

    def noted(self, at: int) -> dict[str, Any]:
        """For the ledger, so that it can be taken back, and taught again when
        the counts are rebuilt."""
        chains = [
            [chain[0][0].chain, *([node.level, node.mark, *keyed] for node, keyed in chain)]
            for chain in self.chains
            if chain
        ]
        return {"weight": self.weight, "at": at, "only_seen": self.only_seen, "chains": chains}


def noted_lesson(account: int, noted: Mapping[str, Any]) -> Lesson:
    """The lesson that a row of the ledger notes."""
    chains = tuple(
        tuple((Node(name, level, mark=mark), tuple(keyed)) for level, mark, *keyed in nodes)
        for name, *nodes in noted["chains"]
    )
    return Lesson(account, chains, noted["weight"], noted["only_seen"])


def lesson(account: int, chains: Iterable[Chain], strength: Strength) -> Lesson:
    """A password alone confirms only what was seen before: otherwise a thief's first login would
    vouch for the second."""
    named = tuple(tuple((node, digests.of_node(node)) for node in chain) for chain in chains)
    return Lesson(account, named, WEIGHTS[strength], strength == "password")


def learn(taught: Lesson, at: int) -> None:
    """Adds a lesson to the person's rows: one statement. It takes them in the order of their
    digests, so that nobody waits in a circle."""
    lock, turn = locks.together_in_statement(taught.account)
    if taught.only_seen:
        source = _SEEN_BEFORE.format(lock=lock, digests=_places(taught.digests))
        values: list[Any] = [taught.weight, *turn, at, taught.account, *taught.digests]
    else:
        rows = sorted(_additions(taught), key=lambda row: row.digest)
        if not rows:
            return
        source = "VALUES " + ", ".join(
            _row(row, "" if place else lock) for place, row in enumerate(rows)
        )
        values = [
            value
            for place, row in enumerate(rows)
            for value in _values(taught, row, at, [] if place else turn)
        ]
    with connection.cursor() as cursor:
        cursor.execute(_INTO + source + _OR_ADD, values)


def _additions(taught: Lesson) -> Iterator[_Addition]:
    for chain in taught.chains:
        parents = ("", *(keyed[0] for _, keyed in chain))
        children = (*(keyed for _, keyed in chain[1:]), ())
        for parent, (node, keyed), below in zip(parents, chain, children, strict=False):
            yield _Addition(node, keyed[0], parent, below)


def _row(row: _Addition, lock: str) -> str:
    return _ROW.format(
        lock=lock, new=_ONE_IF_NEW.format(digests=_places(row.below)) if row.below else "0"
    )


def _values(taught: Lesson, row: _Addition, at: int, turn: list[int]) -> Iterator[Any]:
    yield from (
        taught.account,
        row.node.chain,
        row.node.level,
        row.digest,
        row.parent,
        taught.weight,
        *turn,
    )
    if row.below:
        yield from (taught.account, *row.below)
    yield from (row.node.mark, at, at)


def _places(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))
