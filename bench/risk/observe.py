"""Replays a log through the code of the site and notes the inputs of each login that would be
scored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bench.risk.life import Row
from bench.risk.log import attempt
from risk.history.replay import Replay
from risk.scoring import evidence
from risk.scoring.evidence import Inputs

WARM_UP = 0.15
"""Share of the time that does not count, as in the outside evaluation."""


@dataclass(slots=True)
class Observed:
    """One login with the right password: its inputs, what it was, and how many
    sign-ins the account had before."""

    inputs: Inputs
    knows: bool
    label: str
    before: int
    at: float


@dataclass(slots=True)
class Walk:
    """Hands a log to a replay in the order of time, with the rules of the outside evaluation."""

    bare: bool = False
    replay: Replay = field(default_factory=Replay)
    before: dict[str, int] = field(default_factory=dict)

    def take(self, row: Row) -> Observed | None:
        told, found = self._told(row), None
        if row.ok and self.before.get(row.user):
            seen, past = self.replay.seen(told)
            found = Observed(
                evidence.measure(seen, past), seen.knows, row.label, self.before[row.user], row.at
            )
        self.replay.learn(told | {"device_cookie_set": row.given}, self._outcome(row))
        if row.ok and row.label == "legit":
            self.before[row.user] = self.before.get(row.user, 0) + 1
        return found

    def _told(self, row: Row) -> dict[str, Any]:
        return attempt(row) | ({"country": "", "asn": 0} if self.bare else {})

    def _outcome(self, row: Row) -> str:
        """A site without places keeps no reputation of them either."""
        if not row.ok or (self.bare and row.label != "legit"):
            return "bad_password"
        return "ok" if row.label == "legit" else "challenge_failed"


def observe(rows: list[Row], *, bare: bool = False) -> list[Observed]:
    """Those after the warm-up. `bare`: as on a site that knows neither countries nor providers."""
    start = rows[0].at + WARM_UP * (rows[-1].at - rows[0].at)
    return [found for found in _walk(rows, bare=bare) if found.at >= start]


def _walk(rows: Iterable[Row], *, bare: bool) -> Iterable[Observed]:
    walk = Walk(bare)
    for row in rows:
        found = walk.take(row)
        if found:
            yield found
