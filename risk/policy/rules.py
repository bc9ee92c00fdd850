"""PURE: from a score to what is asked. Rules that move the score do so by a finding of their own,
so the sum stays exact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from risk.login.context import Decision, Finding, Level, Required
from risk.policy.drafts import BUILT_IN, DraftError, check_thresholds
from risk.scoring import registry

HARD = frozenset({"burst_source", "disavowed_widely"})
"""Nothing but these refuses outright: never mere novelty, and never a signal of the site's own."""

MOVED = frozenset({"browser_changed"})
HELD = frozenset({"source_held", "source_named"})


FLOORS = {
    "floor_hard": (True, "Such a source is dangerous, whatever else speaks for it."),
    "floor_held": (True, "After that, only a strong factor will do from this address."),
    "floor_changed": (
        False,
        "A known browser that says it is another one always needs more proof.",
    ),
    "floor_first": (False, "The first sign-in always needs more proof."),
    "floor_browser": (
        False,
        "A browser that the account does not know always needs more proof.",
    ),
}
"""By name, the highest first: is it up to the policy's strict mark (else to challenge), and why."""


@dataclass(frozen=True, slots=True)
class Policy:
    """allow < `challenge` ≤ more proof < `strict` ≤ a strong factor."""

    name: str
    version: int
    challenge: int
    strict: int

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Policy":
        """The built-in one, from the setting RISK_POLICY. Its name is fixed, so that no row can
        have it too. Raises ValueError for a bad setting."""
        version, challenge, strict = (
            raw.get(field) for field in ("version", "challenge", "strict")
        )
        if (
            type(version) is not int
            or type(challenge) is not int
            or type(strict) is not int
            or version < 1
        ):
            raise ValueError("RISK_POLICY needs version, challenge and strict, all whole numbers.")
        try:
            check_thresholds(challenge, strict)
        except DraftError as error:
            raise ValueError(f"RISK_POLICY needs 0 < challenge < strict <= 100. {error}") from error
        return cls(BUILT_IN, version, challenge, strict)


@dataclass(frozen=True, slots=True)
class Applicable:
    """Policies of the database that apply to one person."""

    active: tuple[Policy, ...] = ()
    shadow: tuple[Policy, ...] = ()

    def deciding(self, built_in: Policy) -> Policy:
        """The strictest of the active ones; the built-in one where there is none."""
        return min(
            self.active,
            key=lambda policy: (policy.challenge, policy.strict, policy.name),
            default=built_in,
        )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule may ask beside the score. `first`: no earlier sign-in is remembered.
    `never_block`: on the list of RISK_NEVER_LOCK_OUT."""

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


def opinion(findings: tuple[Finding, ...], policy: Policy, facts: Circumstances) -> dict[str, Any]:
    """What a policy in shadow would have ruled, as the ledger keeps it."""
    ruling = rule(findings, policy, facts)
    named = {"kind": "policy", "name": policy.name, "version": policy.version}
    return named | {
        "score": ruling.score,
        "level": ruling.level,
        "decision": ruling.decision,
        "required": ruling.required,
    }


def is_spared(user_id: int, username: str, listed: Iterable[str]) -> bool:
    """Whether RISK_NEVER_LOCK_OUT lists this account. Digits alone are an id and never a name: else
    a stranger could sign up under one."""
    return any(
        int(entry) == user_id if entry.isdecimal() else entry.casefold() == username.casefold()
        for entry in map(str.strip, listed)
        if entry
    )


def level_of(score: int, policy: Policy) -> Level:
    """The word for a score."""
    if score >= policy.strict:
        return "high"
    return "medium" if score >= policy.challenge else "low"


def _is_hard(findings: tuple[Finding, ...], facts: Circumstances) -> bool:
    return not facts.knows and any(finding.name in HARD for finding in findings)


def _ceiling(
    score: int, findings: tuple[Finding, ...], policy: Policy, facts: Circumstances
) -> tuple[Finding, ...]:
    """What strangers do must not make a known browser's life harder than one more question."""
    by_strangers = registry.installed().of_strangers
    strangers = sum(finding.points for finding in findings if finding.name in by_strangers)
    if not facts.knows or score < policy.strict or score - strangers >= policy.strict:
        return ()
    return (
        Finding(
            "ceiling_known",
            policy.strict - 1 - score,
            "Failures of others never ask a known browser for a strong factor.",
        ),
    )


def _floor(
    score: int, findings: tuple[Finding, ...], policy: Policy, facts: Circumstances
) -> tuple[Finding, ...]:
    """The highest floor that applies, as one finding; none where the score is there already."""
    names = {finding.name for finding in findings}
    holds = {
        "floor_hard": bool(names & HARD),
        "floor_held": bool(names & HELD),
        "floor_changed": bool(names & MOVED),
        "floor_first": facts.first,
        "floor_browser": not facts.knows,
    }
    for name, (is_strict, sentence) in FLOORS.items():
        least = policy.strict if is_strict else policy.challenge
        if holds[name] and not (facts.knows and is_strict):
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
