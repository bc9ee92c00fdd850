"""PURE: under which thresholds a sign-in is asked for more, found by asking the
rules themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass

from risk.login.context import Finding
from risk.policy.drafts import BUILT_IN
from risk.policy.rules import Circumstances, Policy, Ruling, rule

HIGHEST = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft, and the accounts that it is for (None: everybody)."""

    policy: Policy
    members: frozenset[int] | None = None

    def applies(self, user_id: int | None) -> bool:
        return self.members is None or user_id in self.members

    def deciding(
        self, recorded: Policy, challenge: int | None = None, strict: int | None = None
    ) -> Policy:
        """Which policy would have decided beside the one that did: the strictest, as on the site.
        One of the same name is replaced."""
        own = self.policy
        draft = Policy(own.name, own.version, challenge or own.challenge, strict or own.strict)
        if recorded.name in (own.name, BUILT_IN):
            return draft
        return min(
            draft, recorded, key=lambda policy: (policy.challenge, policy.strict, policy.name)
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """The highest threshold (0: none, 100: all) at which a sign-in is asked for more or refused,
    and at which only a strong factor will do."""

    asked: int
    strong: int


def is_asked(ruling: Ruling) -> bool:
    return ruling.decision != "allow"


def needs_strong(ruling: Ruling) -> bool:
    """Or worse: it is refused."""
    return ruling.required == "strong" or ruling.decision == "block"


def limits(
    findings: tuple[Finding, ...], facts: Circumstances, trial: Trial, recorded: Policy
) -> Limits:
    """Each with the draft's other threshold: `challenge` from 1 to below strict, `strict` from
    above challenge to 100."""
    draft = trial.policy

    def asked(challenge: int) -> bool:
        return is_asked(rule(findings, trial.deciding(recorded, challenge=challenge), facts))

    def strong(strict: int) -> bool:
        return needs_strong(rule(findings, trial.deciding(recorded, strict=strict), facts))

    score = sum(finding.points for finding in findings)
    return Limits(
        _highest(asked, 1, draft.strict - 1, score),
        _highest(strong, draft.challenge + 1, HIGHEST, score),
    )


def _highest(holds: Callable[[int], bool], least: int, most: int, guess: int) -> int:
    """The last threshold at which it holds: it holds at all below, too. HIGHEST where it holds
    everywhere, 0 where nowhere."""
    if holds(most):
        return HIGHEST
    if least <= guess < most and holds(guess) and not holds(guess + 1):
        return guess
    if not holds(least):
        return 0
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if holds(middle) else (least, middle)
    return least
