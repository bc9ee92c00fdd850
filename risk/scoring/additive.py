"""PURE: models whose opinion is a sum: the evidence is grouped into findings, and each has its part
of it.

In log-odds the parts add up to z exactly; in points each finding gets what it moves the score by
when the parts are added one after the other: first what raises, then what lowers, at last what
strangers did. So the points add up to the score, and the running sum stays within 0 and 100.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import fsum

from risk.history.types import History
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring import sheets
from risk.scoring.evidence import Inputs, has_places, measure
from risk.scoring.model import Scored
from risk.scoring.signals import (
    Signal,
    address,
    away,
    changes,
    device_cookie,
    failures,
    held_source,
    hours,
    networks,
    reputation,
    travel,
    user_agent,
)

GROUPS: Mapping[str, tuple[str, ...]] = {
    "browser": ("history", "habit", "changed", "copied"),
    "address": (
        "country",
        "provider",
        "network",
        "address",
        "novelty",
        "new_country",
        "new_provider",
        "new_network",
        "new_address",
    ),
    "reputation": ("named_country", "named_provider", "named_network"),
    "agent": ("new_device", "new_system", "new_browser", "outdated"),
    "hours": ("day", "slot"),
    "networks": ("tor", "vpn", "hosting"),
    "travel": ("travel",),
    "away": ("away",),
    "changes": ("changed_password", "changed_factor"),
}
WORDS: Mapping[str, Signal] = {
    "browser": device_cookie.look,
    "address": address.look,
    "reputation": reputation.look,
    "agent": user_agent.look,
    "hours": hours.look,
    "networks": networks.look,
    "travel": travel.look,
    "away": away.look,
    "changes": changes.look,
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a finding adds to z, in log-odds. Its own points are not looked at."""

    z: float
    finding: Finding


@dataclass(frozen=True, slots=True)
class Judgement:
    """The whole opinion: z is the exact sum of the parts, `score` 0 to 100 with full resolution."""

    z: float
    score: float
    parts: tuple[Part, ...]
    inputs: Inputs


class AdditiveModel(ABC):
    """What such models have in common; `parts` is what makes them different."""

    name: str
    version: str

    @abstractmethod
    def parts(self, attempt: Attempt, history: History, inputs: Inputs) -> Iterable[Part]:
        """A part for each finding, the browser's first."""

    def judge(self, attempt: Attempt, history: History) -> Judgement:
        """The opinion before it is rounded."""
        inputs = measure(attempt, history) | circumstances(attempt, history)
        parts = tuple(in_order(self.parts(attempt, history, inputs)))
        z = fsum(part.z for part in parts)
        return Judgement(z, sheets.points(z), parts, inputs)

    def score(self, attempt: Attempt, history: History) -> Scored:
        """How odd the attempt is."""
        judged = self.judge(attempt, history)
        findings = tuple(in_points(judged.parts))
        return Scored(
            sum(finding.points for finding in findings),
            findings,
            self.name,
            self.version,
            judged.inputs,
        )

    # One that remembers more says so.
    def update(self, attempt: Attempt, outcome: str) -> None:  # noqa: B027
        """They remember nothing but the counts."""


def circumstances(attempt: Attempt, history: History) -> Inputs:
    """What chooses the sheet or is weighed by hand: noted beside the inputs, so that the verdict
    can be made again from them alone.
    """
    facts = {
        "knows": attempt.knows,
        "places": has_places(history),
        "held": bool(held_source.look(attempt, history)),
    }
    return {name: 1.0 for name, holds in facts.items() if holds}


LAST = frozenset(name for name in (*failures.NAMES, *reputation.NAMES, *held_source.NAMES))
"""What strangers did comes at the end: the policy may take it back."""


def in_order(parts: Iterable[Part]) -> list[Part]:
    """The browser chooses the sheet and stays first."""
    first, *others = parts
    return [first, *sorted(others, key=lambda part: (part.finding.name in LAST, part.z < 0))]


def in_points(parts: Iterable[Part]) -> Iterator[Finding]:
    """Each finding with the whole points by which it moves the score."""
    z, before = [], 0
    for part in parts:
        z.append(part.z)
        after = round(sheets.points(fsum(z)))
        found = part.finding
        yield Finding(found.name, after - before, found.sentence, found.evidence)
        before = after
