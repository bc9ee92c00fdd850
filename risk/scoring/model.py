"""PURE: what any model of risk must offer. Which one decides is a dotted path in the setting
RISK_MODEL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Protocol

from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.login.history import History


@dataclass(frozen=True, slots=True)
class Scored:
    """A model's opinion: 0 to 100, and the parts whose points add up to it exactly. `inputs` are
    the numbers that it was made from, by name."""

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
        """A full success ("admitted"), for models with a memory of their own, in each process for
        itself. The counts are kept for all of them."""
        ...


LONGEST = 40  # characters, as the ledger's columns have them


def checked(found: object) -> Scored:
    """What a model gave, if it is an opinion that the ledger can keep and whose points add up;
    TypeError or ValueError if not."""
    if not isinstance(found, Scored) or not isinstance(found.score, int):
        raise TypeError("a model gives a Scored with a whole number")
    if not 0 <= found.score <= 100 or sum(each.points for each in found.findings) != found.score:
        raise ValueError("a score outside 0 to 100, or findings that do not add up to it")
    if not all(_is_plain(each) for each in found.findings) or not all(
        is_text(name) and isfinite(value) for name, value in found.inputs.items()
    ):
        raise ValueError("a finding or an input that the ledger cannot keep")
    if not is_text(found.model, LONGEST) or not is_text(found.model_version, LONGEST):
        raise ValueError(f"a model and a version have names of {LONGEST} characters at most")
    return found


def _is_plain(finding: Finding) -> bool:
    kept = (finding.points, *finding.evidence.values())
    return all(map(is_text, (finding.name, finding.sentence, *finding.evidence))) and all(
        isinstance(each, int) or is_text(each) for each in kept
    )


def is_text(text: object, longest: int = 1000) -> bool:
    """Whether every database keeps it: a string, not too long, without NUL and
    without halves of surrogate pairs."""
    return (
        isinstance(text, str)
        and len(text) <= longest
        and "\0" not in text
        and text == text.encode(errors="replace").decode()
    )


def label(model: object, path: str) -> tuple[str, str]:
    """What a model calls itself and its version; the end of its dotted path and "" where it says
    nothing that could be written down."""
    name, version = getattr(model, "name", None), getattr(model, "version", None)
    return (
        (str(name), str(version))
        if is_text(name, LONGEST) and is_text(version, LONGEST)
        else (path.rpartition(".")[2][:LONGEST], "")
    )
