"""PURE: curves, and the thresholds that keep a promise on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from risk.backtest.attackers import KINDS, Kind
from risk.backtest.limits import HIGHEST
from risk.backtest.tally import Marks, Totals
from risk.policy.rules import Policy

FEWEST = 50
"""Sign-ins, and attackers of a kind, below which there is no curve: one of them
would be two per cent of it."""

Mark = Literal["challenge", "strict"]


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold: shares (0 to 1) of the good sign-ins that it asks, and of the attackers."""

    threshold: int
    good: float
    stopped: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One kind of attacker, from the highest threshold to the lowest."""

    kind: Kind
    points: tuple[Point, ...]

    def at(self, threshold: int) -> Point:
        return min(self.points, key=lambda point: abs(point.threshold - threshold))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`threshold` is None where no threshold keeps the promise; `good` and `stopped` are then the
    nearest that can be had.

    `of`: "all" or "known" (good sign-ins), or a kind of attacker.
    """

    mark: Mark
    wanted: float
    of: str
    threshold: int | None
    good: float
    stopped: float | None


def curves(tally: Totals, mark: Mark, policy: Policy) -> tuple[Curve, ...]:
    """Empty where there are too few sign-ins. For `challenge` the good sign-ins are those of known
    browsers: the others are asked in any case."""
    good = tally.good_asked_known if mark == "challenge" else tally.good_strong
    if good.total < FEWEST:
        return ()
    kinds: Sequence[Kind] = ("thief",) if mark == "challenge" else KINDS
    return tuple(
        Curve(kind, _points(good, _marks(tally, kind, mark), mark, policy))
        for kind in kinds
        if _marks(tally, kind, mark).total >= FEWEST
    )


def _marks(tally: Totals, kind: Kind, mark: Mark) -> Marks:
    if not tally.is_true:
        return Marks()
    return tally.drawn[kind].asked if mark == "challenge" else tally.drawn[kind].strong


def _points(good: Marks, attackers: Marks, mark: Mark, policy: Policy) -> tuple[Point, ...]:
    asked, stopped = good.asked(), attackers.asked()
    return tuple(
        Point(t, asked[t] / good.total, stopped[t] / attackers.total)
        for t in reversed(thresholds(mark, policy))
    )


def thresholds(mark: Mark, policy: Policy) -> range:
    """Those that a mark may have while the other stays where it is."""
    return (
        range(1, policy.strict) if mark == "challenge" else range(policy.challenge + 1, HIGHEST + 1)
    )


def at_most(
    tally: Totals, mark: Mark, policy: Policy, share: float, of: Literal["all", "known"]
) -> Suggestion | None:
    """The lowest threshold that asks no more than this share of the good
    sign-ins; None where there are none."""
    good = {
        "challenge": {"all": tally.good_asked, "known": tally.good_asked_known},
        "strict": {"all": tally.good_strong},
    }[mark][of]
    if not good.total:
        return None
    asked, possible = good.asked(), thresholds(mark, policy)
    found = next((t for t in possible if asked[t] <= share * good.total), None)
    shown = possible[-1] if found is None else found
    return Suggestion(
        mark, share, of, found, asked[shown] / good.total, _stopped(tally, mark, shown)
    )


def stop(tally: Totals, mark: Mark, policy: Policy, share: float, kind: Kind) -> Suggestion | None:
    """The highest threshold that stops at least this share of the attackers of
    a kind; None where too few were drawn."""
    attackers = _marks(tally, kind, mark)
    if attackers.total < FEWEST:
        return None
    stopped, possible = attackers.asked(), thresholds(mark, policy)
    found = next((t for t in reversed(possible) if stopped[t] >= share * attackers.total), None)
    shown = possible[0] if found is None else found
    good = tally.good_asked if mark == "challenge" else tally.good_strong
    return Suggestion(
        mark,
        share,
        kind,
        found,
        good.asked()[shown] / max(1, good.total),
        stopped[shown] / attackers.total,
    )


def _stopped(tally: Totals, mark: Mark, threshold: int) -> float | None:
    """Of the kind that this threshold is for: thieves are asked for more proof or not, others for a
    strong factor or not."""
    attackers = _marks(tally, "thief" if mark == "challenge" else "targeted", mark)
    return attackers.asked()[threshold] / attackers.total if attackers.total >= FEWEST else None


def between(hits: int, total: int) -> tuple[float, float]:
    """Where the true share lies, 19 times of 20 (Wilson)."""
    if not total:
        return 0.0, 1.0
    share, z = hits / total, 1.96
    middle, spread = (
        share + z * z / (2 * total),
        z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)),
    )
    below = 1 + z * z / total
    return max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below)
