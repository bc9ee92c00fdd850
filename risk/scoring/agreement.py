"""PURE: a model in shadow beside the one that decided: would it have asked at the same sign-ins?

Both are taken at their own word, before the rules of a policy: an unknown browser is asked whatever
a model says, and that would hide how they differ.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

FAILED = "model_failed"
_RULES = ("floor_", "ceiling_")
CELL = 4  # points: sign-ins that are closer than that are one dot


@dataclass(frozen=True, slots=True)
class Judged:
    """A row of the ledger: findings and opinions as it keeps them, and the
    points from which its policy asked."""

    id: int
    model: str
    version: str
    challenge: int
    findings: Sequence[Mapping[str, Any]]
    opinions: Sequence[Mapping[str, Any]]

    @property
    def own(self) -> int | None:
        """The champion's score without what rules added; None where it failed."""
        if any(finding["name"] == FAILED for finding in self.findings):
            return None
        return sum(
            int(finding["points"])
            for finding in self.findings
            if not str(finding["name"]).startswith(_RULES)
        )


@dataclass(frozen=True, slots=True, order=True)
class ScorePair:
    """Two scores of one sign-in."""

    id: int
    champion: int
    challenger: int
    challenge: int

    @property
    def agrees(self) -> bool:
        return (self.champion >= self.challenge) == (self.challenger >= self.challenge)


@dataclass(frozen=True, slots=True)
class Dot:
    """So many sign-ins around (champion, challenger)."""

    champion: float
    challenger: float
    number: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class Duel:
    """`errors`: how often, by what. `p50` and `p95`: milliseconds, None without
    an answer. `pairs`: as the rows came."""

    name: str
    version: str
    asked: int
    errors: Mapping[str, int]
    p50: float | None
    p95: float | None
    pairs: tuple[ScorePair, ...]

    @property
    def differing(self) -> list[ScorePair]:
        return [pair for pair in self.pairs if not pair.agrees]

    @property
    def share(self) -> float | None:
        """Of the sign-ins that both scored, the part at which both would do the same, 0 to 1."""
        return 1 - len(self.differing) / len(self.pairs) if self.pairs else None

    def count(self, *, champion: bool, challenger: bool) -> int:
        """Sign-ins at which the one and the other would ask, or not."""
        return sum(
            (pair.champion >= pair.challenge, pair.challenger >= pair.challenge)
            == (champion, challenger)
            for pair in self.pairs
        )

    @property
    def dots(self) -> list[Dot]:
        """At most one for each square of the picture and side."""
        found = Counter(
            (_middle(pair.champion, pair), _middle(pair.challenger, pair), pair.agrees)
            for pair in self.pairs
        )
        return [
            Dot(x, y, number, agrees)
            for (x, y, agrees), number in sorted(found.items(), key=lambda item: -item[1])
        ]


@dataclass(frozen=True, slots=True)
class Decided:
    """A model that decided, how often, and how often it failed."""

    name: str
    version: str
    number: int
    failed: int


def champions(rows: Iterable[Judged]) -> list[Decided]:
    """Newest first, as the rows come."""
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in rows:
        found[row.model, row.version].append(row.own is None)
    return [Decided(*key, len(failed), sum(failed)) for key, failed in found.items()]


def duels(rows: Iterable[Judged]) -> list[Duel]:
    """One for each model in shadow that the rows name, by name and version."""
    found: dict[tuple[str, str], list[tuple[Judged, Mapping[str, Any]]]] = defaultdict(list)
    for row in rows:
        for opinion in row.opinions:
            if opinion.get("kind") == "model":
                found[str(opinion["name"]), str(opinion["version"])].append((row, opinion))
    return [_duel(*key, found[key]) for key in sorted(found)]


def _duel(name: str, version: str, told: list[tuple[Judged, Mapping[str, Any]]]) -> Duel:
    answered = [(row, opinion) for row, opinion in told if not opinion["error"]]
    took = sorted(float(opinion["ms"]) for _, opinion in answered)
    errors = Counter(str(opinion["error"]) for _, opinion in told if opinion["error"])
    pairs = tuple(
        ScorePair(row.id, row.own, int(opinion["score"]), row.challenge)
        for row, opinion in answered
        if row.own is not None
    )
    return Duel(
        name,
        version,
        len(told),
        dict(errors.most_common()),
        _part(took, 0.5),
        _part(took, 0.95),
        pairs,
    )


def _part(ordered: list[float], part: float) -> float | None:
    return ordered[ceil(part * len(ordered)) - 1] if ordered else None


def _middle(score: int, pair: ScorePair) -> float:
    """Of its square; squares end at the threshold, so that none lies on both sides."""
    return min(100.0, max(0.0, pair.challenge + (score - pair.challenge) // CELL * CELL + CELL / 2))
