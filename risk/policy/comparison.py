"""PURE: what a policy in shadow would have done, beside what was done."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["allow", "weak", "strong", "block"]
KINDS: tuple[Kind, ...] = ("allow", "weak", "strong", "block")
"""The password was enough, any second factor, a strong one where there is one, refused."""

RECOMMENDED = 500
"""Sign-ins to see a policy beside before it decides."""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One row of the ledger: what was decided, and the opinions written beside it."""

    id: int
    decision: str
    required: str
    level: str
    opinions: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Differing:
    """A sign-in with which the policy would have done something else."""

    id: int
    decided: Kind
    would: Kind


@dataclass(frozen=True, slots=True)
class Comparison:
    """`decided` and `would`: how many sign-ins by kind. `differing`: newest first as they came."""

    seen: int
    decided: Mapping[Kind, int]
    would: Mapping[Kind, int]
    differing: tuple[Differing, ...]


def kind(decision: str, required: str, level: str) -> Kind:
    """One word for a verdict. Whoever has no strong factor is let off with a weak one later: that
    makes no difference between policies."""
    if decision != "step_up":
        return "block" if decision == "block" else "allow"
    return "strong" if required == "strong" or level == "high" else "weak"


def compare(rows: Iterable[JudgedRow], name: str, version: int) -> Comparison:
    """Over the rows that this very version had an opinion on."""
    pairs = [
        Differing(row.id, kind(row.decision, row.required, row.level), _would(opinion))
        for row in rows
        for opinion in _of(row, name, version)
    ]
    decided, would = Counter(pair.decided for pair in pairs), Counter(pair.would for pair in pairs)
    differing = tuple(pair for pair in pairs if pair.decided != pair.would)
    return Comparison(
        len(pairs),
        {each: decided[each] for each in KINDS},
        {each: would[each] for each in KINDS},
        differing,
    )


def _of(row: JudgedRow, name: str, version: int) -> list[Mapping[str, Any]]:
    return [
        each
        for each in row.opinions
        if (each.get("kind"), each.get("name"), each.get("version")) == ("policy", name, version)
    ][:1]


def _would(opinion: Mapping[str, Any]) -> Kind:
    return kind(str(opinion["decision"]), str(opinion["required"]), str(opinion["level"]))
