"""PURE: what any model of risk must offer. Which one decides is a dotted path in the setting RISK_MODEL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from risk.attempt import Attempt
from risk.context import Finding
from risk.habits import History


@dataclass(frozen=True, slots=True)
class Scored:
    """A model's opinion: 0 to 100, and the parts whose points add up to it exactly. `inputs` are the numbers that it was made from, by name."""

    score: int
    findings: tuple[Finding, ...]
    model: str
    model_version: str
    inputs: Mapping[str, float] = field(default_factory=dict)


class RiskModel(Protocol):
    """Sees families, digests and counts only, so that it may as well run elsewhere."""

    name: str
    version: str

    def score(self, attempt: Attempt, history: History) -> Scored:
        """How odd the attempt is, before it becomes history. No side effects."""
        ...

    def update(self, attempt: Attempt, outcome: str) -> None:
        """How the attempt ended, for models with a memory of their own. The counts are kept for all of them."""
        ...
