"""What is remembered around a login, read in one statement.

Counts come from their table. Failures come from the newest rows of the ledger itself: a failed
login then writes its own row and nothing else, so that a flood of them meets no row that all of
them must change, and none is ever missed. Only what failed and what got in count: what was refused
for its source, or left unfinished, could keep a source refused for ever or wash it clean.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from risk.history import digests, recent_events
from risk.login import outcomes
from risk.login.attempt import Attempt
from risk.login.chains import ADDRESS, SIGN_INS, Chain, Node
from risk.login.history import (
    NO_FAILURES,
    NOTHING,
    Count,
    FailureCount,
    Failures,
    Held,
    History,
    Step,
    decayed,
)
from risk.models import FeatureCount, HeldSource, LoginLog, RiskPolicy
from risk.policy.drafts import FOR_EVERYBODY
from risk.policy.rules import Applicable, Policy

NEWEST = 128
"""Ledger rows looked at for each kind of failure: enough to see an attack, few
enough to cost the same in any ledger."""

HALVINGS = 4  # older failures would weigh less than a tenth
_HOUR = timedelta(hours=1)
_FAILED = ", ".join(
    f"'{word}'" for word in sorted(outcomes.PASSWORD_FAILED | outcomes.FACTOR_FAILED)
)

_MINE, _EVERYBODYS, _FAILED_THERE = range(3)
_TALLIES = ("account", "source", "subnet", "agent")

_COUNTS = """
SELECT 'count' AS part, digest AS word, account AS who, n AS weight, times AS a, "distinct" AS b,
  mark AS c, last_seen AS d
FROM {table} WHERE account IN (0, %s) AND digest IN ({digests})"""
_LEDGER = """
SELECT '{part}', '', 0, COALESCE(SUM(weight), 0.0), COALESCE(SUM(failed), 0),
       COUNT(CASE WHEN failed = 1 OR outcome = 'admitted' THEN 1 END),
       COUNT(DISTINCT CASE WHEN failed = 1 THEN user_id END) + COUNT(DISTINCT CASE WHEN failed = 1
         AND name_digest <> '' THEN name_digest END),
       COUNT(DISTINCT CASE WHEN outcome = 'admitted' THEN user_id END)
FROM (SELECT user_id, name_digest, outcome, CASE WHEN outcome IN ({failed}) THEN 1 ELSE 0 END
  AS failed,
             CASE WHEN outcome NOT IN ({failed}) THEN 0.0 WHEN at > %s THEN 1.0 WHEN at > %s
               THEN 0.5 WHEN at > %s THEN 0.25 ELSE 0.125 END AS weight
      FROM (SELECT user_id, name_digest, outcome, at FROM {table} WHERE {where}
        ORDER BY at DESC LIMIT {newest}) AS {part}_newest
      WHERE at > %s) AS {part}_rows"""
# The newest first and their age then: a planner that thinks few rows are so young would read and
# sort all of them, in a flood very many.
_HELD = """
SELECT * FROM (
SELECT 'held', why, user_id, 0.0, CASE WHEN established THEN 1 ELSE 0 END, 0, 0, 0
FROM {table} WHERE source_digest IN ({digests}) AND until > %s ORDER BY CASE WHEN user_id = %s
  THEN 0 ELSE 1 END LIMIT {newest}) AS held_rows"""
_POLICIES = """
SELECT p.state, p.name, p.version, 0.0, p.challenge, p.strict, 0, 0 FROM {table} p
WHERE p.state IN ('{active}', '{shadow}') AND (p.name = '{everybody}' OR EXISTS (
    SELECT 1 FROM {policy_groups} g JOIN {user_groups} m ON m.group_id = g.group_id
      WHERE g.riskpolicy_id = p.id AND m.{member} = %s))"""


@dataclass(slots=True)
class _Statement:
    """Parts of one SELECT, and their values in order."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, sql: str, *values: Any) -> None:
        self.parts.append(sql)
        self.values.extend(values)

    def run(self) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(self.parts), self.values)
            return list(cursor.fetchall())


def read(
    attempt: Attempt, *, user_id: int, ip: str | None, user_agent: str
) -> tuple[History, Applicable]:
    """The history of one account around one attempt, and the policies that apply to it: exactly one
    SELECT, whatever there is to find."""
    nodes = {
        digest: node
        for chain in attempt.chains
        for node in chain
        for digest in digests.of_node(node)
    }
    named = {
        digests.of_named(digest): node
        for digest, node in nodes.items()
        if node.chain == ADDRESS and node.level != "address"
    }
    words = nodes | named
    statement = _Statement()
    statement.add(
        _COUNTS.format(table=FeatureCount._meta.db_table, digests=_places(words)), user_id, *words
    )
    statement.add(_policies(), user_id)
    statement.add(recent_events.sql(), user_id)
    _add_failures(statement, attempt.at, user_id, ip if attempt.placed else None, user_agent)
    if ip is not None and attempt.placed:
        sources = digests.of_source(ip)
        statement.add(
            _HELD.format(table=HeldSource._meta.db_table, digests=_places(sources), newest=NEWEST),
            *sources,
            _stored(attempt.at),
            user_id,
        )
    rows = statement.run()
    return _assemble(rows, attempt, words, user_id), _applicable(rows)


@cache
def _policies() -> str:
    """Cannot be written down at import: the user model is another app's."""
    member = get_user_model()._meta.get_field("groups")
    return _POLICIES.format(
        table=RiskPolicy._meta.db_table,
        policy_groups=RiskPolicy.groups.through._meta.db_table,
        user_groups=member.m2m_db_table(),
        member=member.m2m_column_name(),
        active=RiskPolicy.State.ACTIVE,
        shadow=RiskPolicy.State.SHADOW,
        everybody=FOR_EVERYBODY,
    )


def _places(values: Any) -> str:
    return ", ".join(["%s"] * len(values))


def _stored(moment: datetime) -> Any:
    """A moment as this database keeps it."""
    return connection.ops.adapt_datetimefield_value(moment)


def _add_failures(
    statement: _Statement, at: datetime, user_id: int, ip: str | None, user_agent: str
) -> None:
    _add_tally(statement, "account", "user_id", [user_id], at, _HOUR)
    if ip is not None:
        _add_tally(statement, "source", "source_digest", digests.of_source(ip), at, 12 * _HOUR)
        _add_tally(statement, "subnet", "subnet_digest", digests.of_subnet(ip), at, 12 * _HOUR)
    if user_agent:
        _add_tally(
            statement, "agent", "agent_digest", [digests.of_agent(user_agent)], at, 2 * _HOUR
        )


def _add_tally(
    statement: _Statement,
    part: str,
    column: str,
    values: Sequence[Any],
    at: datetime,
    half_life: timedelta,
) -> None:
    """The decay goes in steps of one half-life, because the two databases share
    no arithmetic of time."""
    steps = [_stored(at - half_life * step) for step in range(1, HALVINGS + 1)]
    where = f"{column} IN ({_places(values)})"
    sql = _LEDGER.format(
        part=part, failed=_FAILED, table=LoginLog._meta.db_table, where=where, newest=NEWEST
    )
    statement.add(sql, *steps[:3], *values, steps[3])


def _assemble(
    rows: list[tuple[Any, ...]], attempt: Attempt, words: dict[str, Node], user_id: int
) -> History:
    counts: dict[tuple[Node, int | None], Count] = {}
    tallies: dict[str, FailureCount] = {}
    held: list[tuple[str, int, bool]] = []
    last_at: float | None = None
    now = attempt.at.timestamp()
    for part, word, who, weight, a, b, c, d in rows:
        if part == "count":
            key = (words[word], _whose(word, who))
            counts[key] = counts.get(key, NOTHING).plus(Count(decayed(weight, now - d), a, b, c))
            last_at = max(last_at or 0.0, float(d)) if key == (SIGN_INS, _MINE) else last_at
        elif part == "held":
            held.append((word, who, bool(a)))
        elif part in _TALLIES:
            tallies[part] = FailureCount(float(weight), a, b, c, d)
    chains = {chain[0].chain: _steps(chain, counts) for chain in attempt.chains if chain}
    newest = recent_events.assembled(row for row in rows if row[0] == recent_events.PART)
    return History(chains, _failures(tallies), _held(held, user_id), newest, last_at)


def _applicable(rows: list[tuple[Any, ...]]) -> Applicable:
    found = {
        state: tuple(Policy(row[1], row[2], row[4], row[5]) for row in rows if row[0] == state)
        for state in RiskPolicy.State.values
    }
    return Applicable(
        found[RiskPolicy.State.ACTIVE],
        tuple(sorted(found[RiskPolicy.State.SHADOW], key=lambda policy: policy.name)),
    )


def _whose(word: str, who: int) -> int | None:
    """What a person named says something once it is everybody's."""
    if digests.is_named(word):
        return None if who else _FAILED_THERE
    return _MINE if who else _EVERYBODYS


def _steps(chain: Chain, counts: dict[tuple[Node, int | None], Count]) -> tuple[Step, ...]:
    return tuple(
        Step(
            node,
            *(counts.get((node, whose), NOTHING) for whose in (_MINE, _EVERYBODYS, _FAILED_THERE)),
        )
        for node in chain
    )


def _failures(tallies: dict[str, FailureCount]) -> Failures:
    return Failures(*(tallies.get(part, NO_FAILURES) for part in _TALLIES))


def _held(rows: list[tuple[str, int, bool]], user_id: int) -> Held:
    """Others count once they are established; two rows of one person under two
    keys are one person."""
    named = {who for _, who, established in rows if established}
    undone = {
        who for why, who, established in rows if established and why == HeldSource.Why.DISAVOWED
    }
    return Held(any(who == user_id for _, who, _ in rows), len(named), len(undone))
