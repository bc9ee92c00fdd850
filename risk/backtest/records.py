"""PURE: a row of the ledger, as far as a backtest looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from risk.login.context import Finding
from risk.policy.rules import Circumstances, Policy


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and what it was made from: `inputs` by name, `facts` None where the row
    does not say (or says it in a way nobody knows)."""

    score: int
    level: str
    decision: str
    required: str
    findings: tuple[Finding, ...]
    model: str
    model_version: str
    policy: Policy
    inputs: dict[str, float]
    facts: Circumstances | None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """Times are seconds since 1970. `learned` is what the sign-in taught, as noted; `verdict` is
    None where nothing was judged; `places` are those that the account names if the second factor
    fails, as noted.

    `kinds` are those of the lists that name its network, `placed`: its country or provider was
    known.
    """

    pk: int
    at: float
    ended_at: float | None
    user_id: int | None
    outcome: str
    country: str
    placed: bool
    kinds: frozenset[str]
    verdict: Verdict | None
    learned: Mapping[str, Any] | None
    places: Sequence[Any] = ()

    def without_verdict(self) -> "LedgerRow":
        """To be kept for long."""
        return replace(self, verdict=None, learned=None, places=())

    @property
    def is_good(self) -> bool:
        """The person's own, as far as anybody knows: it ended in the account,
        and nobody called it false."""
        return self.outcome == "admitted"

    @property
    def was_called_false(self) -> bool:
        return self.outcome in ("disavowed", "not_me")


def verdict(told: Mapping[str, Any]) -> Verdict | None:
    """From the columns of a row; None where nothing was judged. What cannot be read leaves `facts`
    None: nobody guesses."""
    if told["score"] is None:
        return None
    evidence = told["evidence"] if isinstance(told["evidence"], dict) else {}
    try:
        findings = tuple(Finding(**each) for each in told["findings"])
        facts = Circumstances(**evidence["facts"])
        inputs = {str(name): float(value) for name, value in evidence["inputs"].items()}
        policy = Policy(
            told["policy"], int(told["policy_version"]), int(told["challenge"]), int(told["strict"])
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        findings, facts, inputs, policy = (), None, {}, Policy("", 0, 0, 0)
    decided = {
        name: told[name]
        for name in ("score", "level", "decision", "required", "model", "model_version")
    }
    return Verdict(**decided, findings=findings, policy=policy, inputs=inputs, facts=facts)
