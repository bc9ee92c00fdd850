"""Replays a log through the code of the site and notes the inputs of each login that would be scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.risk.life import Row
from bench.risk.log import attempt
from risk import evidence
from risk.evidence import Inputs
from risk.replay import Replay

WARM_UP = 0.15
"""Share of the time that does not count, as in the outside evaluation."""


@dataclass(slots=True)
class Observed:
    """One login with the right password: its inputs, what it was, and how many sign-ins the account had before."""

    inputs: Inputs
    knows: bool
    label: str
    before: int
    at: float


@dataclass(slots=True)
class Walk:
    """Hands a log to a replay in the order of time, with the rules of the outside evaluation."""

    replay: Replay = field(default_factory=Replay)
    before: dict[str, int] = field(default_factory=dict)

    def take(self, row: Row) -> Observed | None:
        told, found = attempt(row), None
        if row.ok and self.before.get(row.user):
            seen, past = self.replay.seen(told)
            found = Observed(evidence.measure(seen, past), seen.knows, row.label, self.before[row.user], row.at)
        self.replay.learn(told | {"device_cookie_set": row.given}, outcome(row))
        if row.ok and row.label == "legit":
            self.before[row.user] = self.before.get(row.user, 0) + 1
        return found


def outcome(row: Row) -> str:
    if not row.ok:
        return "bad_password"
    return "ok" if row.label == "legit" else "challenge_failed"


def observe(rows: list[Row]) -> list[Observed]:
    """Those after the warm-up."""
    start = rows[0].at + WARM_UP * (rows[-1].at - rows[0].at)
    return [found for found in _walk(rows) if found.at >= start]


def _walk(rows: Iterable[Row]) -> Iterable[Observed]:
    walk = Walk()
    for row in rows:
        found = walk.take(row)
        if found:
            yield found
