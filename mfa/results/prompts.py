"""A question to devices, with what a decision about it needs."""

from dataclasses import dataclass, field
from datetime import datetime

from mfa.challenge_state import State
from mfa.limits import BudgetState
from mfa.results.enrolled import FactorView


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a notice goes to."""

    id: int
    email: str
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget row as it was read: a change counts only if nobody else made one since."""

    pk: int
    version: int
    state: BudgetState


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What came with a question in the same SELECT and only `decide` looks at. `elsewhere`: today's
    failures of other factors in the same lane."""

    budget: BudgetRow
    elsewhere: int
    person: Person


@dataclass(frozen=True, slots=True)
class PushQuestion:
    """A push challenge as an authenticator's side may see it. `context` is the canonical JSON text
    as served and signed.

    `seen`: nothing is to be noted when this device fetches it, because it was noted before or the
    device was never woken for it.

    `decision_digest` is the digest of the body that decided it, "" before: the same body again gets
    the stored `state`.
    """

    id: int
    public_id: str
    nonce: str
    user_id: int
    subject: str
    purpose: str
    required: str
    lane: str
    browser: str
    state: State
    context: str
    digits: int
    created_at: datetime
    expires_at: datetime
    reason: str
    decision_digest: str
    ledger_id: int | None
    devices: tuple[FactorView, ...]
    number: str = field(repr=False)
    facts: DecisionFacts = field(repr=False)
    seen: bool = True

    @property
    def exp(self) -> int:
        """The end in whole seconds since 1970, as the protocol writes time."""
        return int(self.expires_at.timestamp())
