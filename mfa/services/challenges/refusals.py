"""Whether a question may be put: what is asked, and what stands against it. Nothing is written
here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from mfa import eligibility, limits, registry
from mfa.registry.base import Factor
from mfa.results import Asker, FactorView, NotAsked
from mfa.services import budgets
from mfa.services.budgets import Standing

UNAVAILABLE = NotAsked("method_unavailable", 0)


@dataclass(frozen=True, slots=True)
class Ask(Asker):
    """Everything about a question before it is a row: as `open_elsewhere`, `open_code` and
    `open_at_hand` take it."""

    kind: str
    required: str = "weak"
    destination: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    browser: str = ""
    digits: int = 0
    language: str = ""
    mail: str = ""
    factor_id: int | None = None

    @property
    def factor(self) -> Factor:
        """What is known of the kind that is asked."""
        return registry.of(self.kind)

    @classmethod
    def by(cls, asker: Asker, kind: str, **facts: Any) -> "Ask":
        """Adds what is asked to who asks."""
        return cls(
            **{each.name: getattr(asker, each.name) for each in fields(Asker)}, kind=kind, **facts
        )


def rule_of(ask: Ask) -> limits.Rule | None:
    """How many messages of this kind there may be; None where nothing is sent."""
    factor = ask.factor
    if factor.is_elsewhere and ask.purpose == limits.RECOVERY:
        return limits.RECOVERIES
    return factor.rule


def refused(ask: Ask, stands: Standing, now: datetime) -> NotAsked | None:
    """Why this question is not put."""
    if ask.factor.is_elsewhere:
        return elsewhere_refused(ask, stands, now)
    return (code_refused if ask.factor.is_sent else at_hand_refused)(ask, stands, now)


def elsewhere_refused(ask: Ask, stands: Standing, now: datetime) -> NotAsked | None:
    """Why no device is asked."""
    if not able(ask, stands, now):
        return UNAVAILABLE
    if is_resting(ask, stands, now):
        return NotAsked("off", rest_of(ask, stands, now))
    wait = until_prompt(ask, stands, now)
    return NotAsked("rate_limited", wait) if wait else None


def is_resting(ask: Ask, stands: Standing, now: datetime) -> bool:
    """Whether devices are not asked for the person here. A recovery waits for nobody who did not
    answer, but for "It was not me" wherever that was said."""
    budget, at = stands.budget(ask.kind), int(now.timestamp())
    tired = stands.not_me_until > at if ask.purpose == limits.RECOVERY else limits.has_tired(budget)
    return limits.is_off(budget, at) or tired


def rest_of(ask: Ask, stands: Standing, now: datetime) -> int:
    """Seconds until it is on again; 0 where no time brings that."""
    at = int(now.timestamp())
    elsewhere = max(0, stands.not_me_until - at) if ask.purpose == limits.RECOVERY else 0
    return max(limits.off_for(stands.budget(ask.kind), at), elsewhere)


def until_prompt(ask: Ask, stands: Standing, now: datetime) -> int:
    """Seconds until another prompt may go out."""
    opens = 0
    if (
        ask.purpose != limits.RECOVERY
        and stands.open_all - stands.open_here >= limits.PUSHES_OPEN_PER_USER
        and stands.open_until
    ):
        opens = max(1, math.ceil((stands.open_until - now).total_seconds()))
    return max(opens, until_message(ask, stands, now))


def until_message(ask: Ask, stands: Standing, now: datetime) -> int:
    """Seconds until another message of this kind may go out, by what was sent. What the person
    approved is looked up where it would matter."""
    rule, budget, at, ends = (
        rule_of(ask),
        stands.budget(ask.kind),
        int(now.timestamp()),
        int(ask.expires_at.timestamp()),
    )
    if rule is None:
        return 0
    wait = limits.until_send(budget, rule, journey=ask.subject, ends=ends, now=at)
    if wait and rule is limits.PUSHES:
        approved = budgets.approved(ask.user_id, ask.kind, budget.sends)
        wait = limits.until_send(
            budget, rule, journey=ask.subject, ends=ends, now=at, approved=approved
        )
    return wait


def code_refused(ask: Ask, stands: Standing, now: datetime) -> NotAsked | None:
    """Why no code is sent."""
    budget, at = stands.budget(ask.kind), int(now.timestamp())
    if not _can_reach(ask) or stands.tried >= limits.TRIES_PER_CODE:
        return UNAVAILABLE
    if limits.is_off(budget, at) or limits.weak_ways_closed(stands.budgets, lane=ask.lane, now=at):
        return NotAsked("off", max(limits.off_for(one, at) for one in (budget, *stands.budgets)))
    wait = until_message(ask, stands, now)
    return NotAsked("rate_limited", wait) if wait else None


def _can_reach(ask: Ask) -> bool:
    # A new password asks for something that is not the mailbox to which its link went.
    if ask.factor.is_mailbox and ask.purpose == limits.RECOVERY:
        return False
    return ask.factor.usable(ask.destination) == ask.destination != ""


def at_hand_refused(ask: Ask, stands: Standing, now: datetime) -> NotAsked | None:
    """Why nothing is asked for that the person has at hand."""
    budget, at = stands.budget(ask.kind), int(now.timestamp())
    if not at_hand(ask, stands, now) or stands.tried >= limits.TRIES_PER_CODE:
        return UNAVAILABLE
    return NotAsked("off", limits.off_for(budget, at)) if limits.is_off(budget, at) else None


def at_hand(ask: Ask, stands: Standing, now: datetime) -> tuple[FactorView, ...]:
    """What is asked for; none where the question is of another kind, too weak for what is wanted,
    or there is none that may answer."""
    wanted = strength_wanted(ask, stands, int(now.timestamp()))
    if not ask.factor.is_at_hand or (wanted == "strong" and ask.factor.strength == "weak"):
        return ()
    return eligibility.at_hand(
        ask.kind, stands.factors, purpose=ask.purpose, codes_left=stands.codes_left, now=now
    )


def able(ask: Ask, stands: Standing, now: datetime) -> tuple[FactorView, ...]:
    """The devices that may answer: those are asked, and no other."""
    required = strength_wanted(ask, stands, int(now.timestamp()))
    return eligibility.able(
        stands.of(ask.kind), required=required, purpose=ask.purpose, browser=ask.browser, now=now
    )


def strength_wanted(ask: Ask, stands: Standing, at: int) -> str:
    """No downgrade: "strong" from strangers while the weaker ways are closed to them."""
    return (
        "strong" if limits.weak_ways_closed(stands.budgets, lane=ask.lane, now=at) else ask.required
    )


def next_send(ask: Ask, after: limits.BudgetState, now: datetime) -> datetime | None:
    """When this journey may send another; None where it may not, or nothing is sent."""
    rule = rule_of(ask)
    if rule is None:
        return None
    ends, at = int(ask.expires_at.timestamp()), int(now.timestamp())
    next_at = now + timedelta(
        seconds=limits.until_send(after, rule, journey=ask.subject, ends=ends, now=at)
    )
    return next_at if next_at < ask.expires_at - timedelta(seconds=1) else None
