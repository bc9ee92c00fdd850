"""PURE: models whose opinion is a sum: the evidence is grouped into findings, and each has its part
of it.

In log-odds the parts add up to z exactly; in points each finding gets what it moves the score by
when the parts are added one after the other: first what raises, then what lowers, at last what
strangers did. So the points add up to the score, and the running sum stays within 0 and 100.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.login.history import History
from risk.scoring import registry, sheets
from risk.scoring.evidence import Inputs, circumstances, measure
from risk.scoring.model import Scored
from risk.scoring.signals.base import Remark, Signal


@dataclass(frozen=True, slots=True)
class Part:
    """What a remark adds to z, in log-odds."""

    z: float
    remark: Remark


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
        """A part for each remark, the browser's first."""

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


def remarks(signal: Signal, attempt: Attempt, history: History) -> Sequence[Remark]:
    """What a signal has to say. Raises ValueError for a finding that is not its own."""
    found = tuple(signal.look(attempt, history))
    if not {remark.name for remark in found} <= signal.findings.keys():
        raise ValueError(f"the signal {signal.name} finds what it does not name")
    return found


def shared(z: float, said: Sequence[Remark]) -> list[Part]:
    """The weight of a signal, among all that it said."""
    whole = sum(remark.share for remark in said)
    return [Part(z * remark.share / whole, remark) for remark in said]


def in_order(parts: Iterable[Part]) -> list[Part]:
    """The browser chooses the sheet and stays first. What strangers did comes at the end: the
    policy may take it back."""
    first, *others = parts
    last = registry.installed().told_last
    return [first, *sorted(others, key=lambda part: (part.remark.name in last, part.z < 0))]


def in_points(parts: Iterable[Part]) -> Iterator[Finding]:
    """Each finding with the whole points by which it moves the score."""
    z, before = [], 0
    for part in parts:
        z.append(part.z)
        after = round(sheets.points(fsum(z)))
        said = part.remark
        yield Finding(said.name, after - before, said.sentence, said.evidence)
        before = after
