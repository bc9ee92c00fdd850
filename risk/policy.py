"""PURE: from a score to what is asked. Rules that move the score do so by a finding of their own, so the sum stays exact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from risk.context import Decision, Finding, Level, Required

HARD = frozenset({"burst_source", "disavowed_widely"})
"""Nothing but these refuses outright: never mere novelty."""

OF_STRANGERS = frozenset(
    {"reputation", "failures_account", "failures_source", "failures_subnet", "accounts_at_source", "burst_source", "failures_agent"}
)
MOVED = frozenset({"browser_changed"})
HELD = frozenset({"source_held", "source_named"})


@dataclass(frozen=True, slots=True)
class Policy:
    """allow < `challenge` ≤ more proof < `strict` ≤ a strong factor."""

    name: str
    version: int
    challenge: int
    strict: int

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Policy":
        """From the setting RISK_POLICY; raises ValueError when the thresholds are out of order."""
        policy = cls(str(raw["name"]), int(raw["version"]), int(raw["challenge"]), int(raw["strict"]))
        if not 0 < policy.challenge < policy.strict <= 100:
            raise ValueError("RISK_POLICY needs 0 < challenge < strict <= 100.")
        return policy


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule may ask beside the score. `first`: no earlier sign-in is remembered. `never_block`: on the list of RISK_NEVER_LOCK_OUT."""

    knows: bool
    first: bool
    is_staff: bool
    has_strong: bool
    never_block: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """The score after the rules, its findings, and what follows."""

    score: int
    level: Level
    findings: tuple[Finding, ...]
    decision: Decision
    required: Required


def rule(findings: tuple[Finding, ...], policy: Policy, facts: Circumstances) -> Ruling:
    """Applies ceiling, floors and the table of decisions."""
    score = sum(finding.points for finding in findings)
    added = (*_ceiling(score, findings, policy, facts), *_floor(score, findings, policy, facts))
    score += sum(finding.points for finding in added)
    level = level_of(score, policy)
    decision, required = _decide(level, is_hard=_is_hard(findings, facts), facts=facts)
    return Ruling(score, level, (*findings, *added, *_staff_note(facts)), decision, required)


def level_of(score: int, policy: Policy) -> Level:
    """The word for a score."""
    if score >= policy.strict:
        return "high"
    return "medium" if score >= policy.challenge else "low"


def _is_hard(findings: tuple[Finding, ...], facts: Circumstances) -> bool:
    return not facts.knows and any(finding.name in HARD for finding in findings)


def _ceiling(score: int, findings: tuple[Finding, ...], policy: Policy, facts: Circumstances) -> tuple[Finding, ...]:
    """What strangers do must not make a known browser's life harder than one more question."""
    strangers = sum(finding.points for finding in findings if finding.name in OF_STRANGERS)
    if not facts.knows or score < policy.strict or score - strangers >= policy.strict:
        return ()
    return (Finding("ceiling_known", policy.strict - 1 - score, "Failures of others never ask a known browser for a strong factor."),)


def _floor(score: int, findings: tuple[Finding, ...], policy: Policy, facts: Circumstances) -> tuple[Finding, ...]:
    """The highest floor that applies, as one finding; none where the score is there already."""
    names = {finding.name for finding in findings}
    floors = (
        (bool(names & HARD), policy.strict, "floor_hard", "Such a source is dangerous, whatever else speaks for it."),
        (bool(names & HELD), policy.strict, "floor_held", "After that, only a strong factor will do from this address."),
        (bool(names & MOVED), policy.challenge, "floor_changed", "A known browser that says it is another one always needs more proof."),
        (facts.first, policy.challenge, "floor_first", "The first sign-in always needs more proof."),
        (not facts.knows, policy.challenge, "floor_browser", "A browser that the account does not know always needs more proof."),
    )
    for applies, least, name, sentence in floors:
        if applies and not (facts.knows and least == policy.strict):
            return (Finding(name, least - score, sentence),) if score < least else ()
    return ()


def _decide(level: Level, *, is_hard: bool, facts: Circumstances) -> tuple[Decision, Required]:
    if is_hard and not facts.never_block:
        return "block", "none"
    if facts.is_staff:
        return "step_up", "strong"
    if level == "low" and facts.knows:  # the floor says so already; an open door is worth two locks
        return "allow", "none"
    return "step_up", "strong" if level == "high" and facts.has_strong else "weak"


def _staff_note(facts: Circumstances) -> tuple[Finding, ...]:
    return (Finding("staff", 0, "Staff always give a strong factor."),) if facts.is_staff else ()
