"""Fills a site's ledger and times opinions beside it: `python -m bench.inside bench.ledgers ROWS
FILE`.

The filling is made in the database: people with a hundred sign-ins each, a tenth of them failed,
over half a year, from addresses, subnets and user agents that they share with others, and counts as
those would have taught. The people that are timed have histories of their own, made by the services
of the site.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, transaction

from bench.people import address
from bench.seed import users
from bench.web import FIREFOX
from mfaproject.lib import clock, tokens
from risk import services as risk
from risk.history import digests, lookup
from risk.services import LoginContext, assessing

T = TypeVar("T")
EACH, TIMED, OPINIONS = 100, 50, 2000
CHUNK = 100_000
SMALL = 200
"""A table with fewer rows is quicker read from end to end."""

ROWS = """
INSERT INTO risk_loginlog (at, user_id, name_digest, door, request_id, sealed_ip, network,
  ip_digest, source_digest, subnet_digest, country, asn,
    as_name, network_kinds, user_agent, agent_digest, browser, version, system, known_browser,
      browser_digest, score, level, findings, decision,
    required, model, model_version, policy, policy_version, challenge, strict, evidence, opinions,
      outcome, factor, detail, ended_at, learned)
SELECT now() - (%(rows)s - n) * (interval '180 days' / %(rows)s), %(first)s + n %% %(people)s, '',
  'form', substr(md5(n::text), 1, 22),
    repeat('s', 120), '', 'i:' || substr(md5('i' || n %% (%(rows)s / 3)), 1, 22), 's:' ||
      substr(md5('s' || n %% (%(rows)s / 3)), 1, 22),
    CASE WHEN n %% 50 = 0 THEN %(subnet)s ELSE 'n:' || substr(md5('n' || n %% (%(rows)s / 20)), 1,
      22) END, 'GB', 2856, 'A provider', '',
    repeat('Mozilla/5.0 ', 9), CASE WHEN n %% 4 = 0 THEN %(agent)s ELSE substr(md5('a' ||
      n %% 300), 1, 22) END, 'Firefox', '145.0', 'Linux',
    n %% 10 <> 0, '', 12, 'low', %(findings)s, 'allow', 'none', 'chain', '1', 'built-in', 1, 50,
      90, %(evidence)s, '[]',
    CASE WHEN n %% 10 = 0 THEN 'wrong_password' ELSE 'admitted' END, 'password', '', now(), NULL
FROM generate_series(%(start)s, %(end)s) AS n"""
COUNTS = """
INSERT INTO risk_featurecount (account, chain, level, digest, parent, n, times, "distinct", mark,
  first_seen, last_seen, shared)
SELECT %(first)s + n / 12, 'address', 'network', 'c:' || substr(md5('c' || n), 1, 22), '', 3.5, 4,
  1, 0, extract(epoch from now())::bigint - 5000000,
    extract(epoch from now())::bigint - 1000 * (n %% 3000), true
FROM generate_series(%(start)s, %(end)s) AS n"""


def _in_parts(sql: str, many: int, values: dict[str, Any]) -> None:
    for start in range(1, many + 1, CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(sql, values | {"start": start, "end": min(many, start + CHUNK - 1)})
        print(f"… {min(many, start + CHUNK - 1):,} of {many:,}", file=sys.stderr)


def _fill(rows: int) -> int:
    """Gives the number of counts."""
    people = max(1, rows // EACH)
    first = users([f"filler{number}" for number in range(people)])[0].pk
    findings = json.dumps(
        [
            {
                "name": "browser_known",
                "points": 12,
                "sentence": "This browser is known." * 3,
                "evidence": {},
            }
        ]
        * 4
    )
    evidence = json.dumps(
        {"inputs": {f"input{number}": 1.2345678 for number in range(12)}, "facts": {"knows": True}}
    )
    shared = {
        "subnet": digests.of_subnet(address(0))[0],
        "agent": digests.of_agent(FIREFOX),
        "findings": findings,
        "evidence": evidence,
    }
    _in_parts(ROWS, rows, shared | {"rows": rows, "people": people, "first": first})
    _in_parts(COUNTS, people * 12, {"first": first})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return people * 12


def _contexts(number: int) -> Iterator[tuple[int, LoginContext]]:
    """People with a past, again and again, half of them from a browser that they know."""
    made = []
    for each, user in enumerate(users([f"timed{number}" for number in range(number)])):
        context = risk.arrived(
            address(each), FIREFOX, at=clock.now(), request_id=tokens.new_id(), door="form"
        )
        cookie = None
        for _ in range(5):
            log_id = risk.record_login(
                context=context, outcome="pending", assessment=None, user_id=user.pk, typed_name=""
            )
            cookie = (
                risk.admit(
                    log_id=log_id,
                    user_id=user.pk,
                    context=context,
                    factor="push",
                    strength="strong",
                    added_by="bench",
                )
                or cookie
            )
        made.append(
            (user.pk, replace(context, browser=risk.recognise(cookie)) if each % 2 else context)
        )
    yield from cycle(made)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """What it gave, and its milliseconds."""
    began = time.perf_counter()
    found = work()
    return found, (time.perf_counter() - began) * 1000


def _opinion(user_id: int, context: LoginContext) -> risk.Assessment:
    return risk.assess(user_id=user_id, is_staff=False, has_strong=True, context=context)


def _written(user_id: int, context: LoginContext, assessment: risk.Assessment) -> None:
    with transaction.atomic():
        log_id = risk.record_login(
            context=context,
            outcome="pending",
            assessment=assessment,
            user_id=user_id,
            typed_name="",
        )
        risk.admit(
            log_id=log_id,
            user_id=user_id,
            context=context,
            factor="push",
            strength="weak",
            added_by="bench",
        )


def _plain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM risk_loginlog WHERE id = %s", [1])
        cursor.fetchall()


def scanned(user_id: int, context: LoginContext) -> list[str]:
    """Tables that the one SELECT would read from end to end, and are not small."""
    asked: list[tuple[str, Any]] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, state: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, state)

    seen = assessing.attempt(context, user_id)
    with connection.execute_wrapper(explain):
        lookup.read(seen, user_id=user_id, ip=context.ip, user_agent=context.user_agent)
    ((sql, params),) = asked
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples < %s", [SMALL]
        )
        small = {name for (name,) in cursor.fetchall()}
    nodes = list(_nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
    return sorted(
        {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"} - small
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def main(rows: str, file: str) -> None:
    """Called by `bench.inside`."""
    counts = _fill(int(rows))
    people = _contexts(TIMED)
    took: dict[str, list[float]] = {"assess": [], "write": [], "plain": []}
    for _ in range(OPINIONS):
        user_id, context = next(people)
        judged, milliseconds = _timed(partial(_opinion, user_id, context))
        took["assess"].append(milliseconds)
        took["write"].append(_timed(partial(_written, user_id, context, judged))[1])
        took["plain"].append(_timed(_plain)[1])
    found = {"counts": counts, "megabytes": _size(), "scanned": scanned(*next(people))}
    Path(file).write_text(json.dumps(found | took))


def _size() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0]) / 2**20
