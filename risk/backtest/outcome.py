"""PURE: what a backtest is asked, and everything that it found."""

from dataclasses import dataclass
from datetime import datetime

from risk.backtest.tally import Totals
from risk.policy.drafts import PolicyDraft
from risk.policy.rules import Policy

DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a backtest is asked for. Rows before `since`, and all but the `newest` so many, teach
    and do not count.

    `most`: where the ledger has more rows, only the newest are read. Then nothing is known of the
    past, and no attackers are drawn.
    """

    draft: PolicyDraft
    since: datetime | None = None
    newest: int | None = None
    most: int | None = None
    draws: int = DRAWS
    seed: str = "1"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`now` is the policy of the newest verdict. `first_at` and `last_at` in seconds since 1970, 0
    where there is no row. `read` of `total` rows were read, in `seconds`. `is_cut`: older rows were
    not (`Asked.most`); `is_sampled`: there are more accounts than fit."""

    asked: Asked
    tally: Totals
    now: Policy | None
    first_at: float
    last_at: float
    read: int
    total: int
    seconds: float
    is_cut: bool
    is_sampled: bool
    unread_lessons: int
    new_version: str

    @property
    def draft(self) -> Policy:
        return policy_of(self.asked.draft)


def policy_of(draft: PolicyDraft) -> Policy:
    """As the rules take it; version 0 is none."""
    return Policy(draft.name, 0, draft.challenge, draft.strict)
