"""Whether a question may be put: what is asked, and what stands against it. Nothing is written
here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from mfa import eligibility, factors, limits, phone_numbers
from mfa.results import Asker, FactorView, Refused
from mfa.services import budgets
from mfa.services.budgets import Standing

UNAVAILABLE = Refused("method_unavailable", 0)


@dataclass(frozen=True, slots=True)
class Ask(Asker):
    """Everything about a question before it is a row: as `open_push`,
    `open_code` and `open_typed` take it."""

    kind: str
    required: str = "weak"
    destination: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    browser: str = ""
    digits: int = 0
    language: str = ""
    mail: str = ""
    factor_id: int | None = None

    @classmethod
    def by(cls, asker: Asker, kind: str, **facts: Any) -> "Ask":
        """Adds what is asked to who asks."""
        return cls(
            **{each.name: getattr(asker, each.name) for each in fields(Asker)}, kind=kind, **facts
        )


def rule_of(ask: Ask) -> limits.Rule | None:
    """How many messages of this kind there may be; None where nothing is sent."""
    if ask.kind == "push" and ask.purpose == limits.RECOVERY:
        return limits.RECOVERIES
    kind = factors.kind_of(ask.kind)
    return kind.rule if kind else None


def push_refused(ask: Ask, stands: Standing, now: datetime) -> Refused | None:
    """Why no authenticator is asked."""
    if not able(ask, stands, now):
        return UNAVAILABLE
    if is_resting(ask, stands, now):
        return Refused("off", rest_of(ask, stands, now))
    wait = until_push(ask, stands, now)
    return Refused("rate_limited", wait) if wait else None


def is_resting(ask: Ask, stands: Standing, now: datetime) -> bool:
    """Whether push is off for the person here. A recovery waits for nobody who did not answer, but
    for "It was not me" wherever that was said."""
    tally, at = stands.tally("push"), int(now.timestamp())
    tired = stands.not_me_until > at if ask.purpose == limits.RECOVERY else limits.has_tired(tally)
    return limits.is_off(tally, at) or tired


def rest_of(ask: Ask, stands: Standing, now: datetime) -> int:
    """Seconds until it is on again; 0 where no time brings that."""
    at = int(now.timestamp())
    elsewhere = max(0, stands.not_me_until - at) if ask.purpose == limits.RECOVERY else 0
    return max(limits.off_for(stands.tally("push"), at), elsewhere)


def until_push(ask: Ask, stands: Standing, now: datetime) -> int:
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
    rule, tally, at, ends = (
        rule_of(ask),
        stands.tally(ask.kind),
        int(now.timestamp()),
        int(ask.expires_at.timestamp()),
    )
    if rule is None:
        return 0
    wait = limits.until_send(tally, rule, journey=ask.subject, ends=ends, now=at)
    if wait and rule is limits.PUSHES:
        approved = budgets.approved(ask.user_id, tally.sends)
        wait = limits.until_send(
            tally, rule, journey=ask.subject, ends=ends, now=at, approved=approved
        )
    return wait


def code_refused(ask: Ask, stands: Standing, now: datetime) -> Refused | None:
    """Why no code is sent."""
    tally, at = stands.tally(ask.kind), int(now.timestamp())
    if not _can_reach(ask) or stands.tried >= limits.TRIES_PER_CODE:
        return UNAVAILABLE
    if limits.is_off(tally, at) or limits.weak_ways_closed(stands.tallies, lane=ask.lane, now=at):
        return Refused("off", max(limits.off_for(one, at) for one in (tally, *stands.tallies)))
    wait = until_message(ask, stands, now)
    return Refused("rate_limited", wait) if wait else None


def _can_reach(ask: Ask) -> bool:
    if ask.kind == "sms":
        return phone_numbers.e164(ask.destination, settings.SMS_COUNTRIES) == ask.destination != ""
    # A new password asks for something that is not the mailbox to which its link went.
    return ask.kind == "email" and ask.destination != "" and ask.purpose != "reset"


def typed_refused(ask: Ask, stands: Standing, now: datetime) -> Refused | None:
    """Why no code of an app or from paper is asked for."""
    tally, at = stands.tally(ask.kind), int(now.timestamp())
    if at_hand(ask, stands, now) is None or stands.tried >= limits.TRIES_PER_CODE:
        return UNAVAILABLE
    return Refused("off", limits.off_for(tally, at)) if limits.is_off(tally, at) else None


def at_hand(ask: Ask, stands: Standing, now: datetime) -> FactorView | None:
    """The app or the set of codes that is asked for; None where the question is of another kind, or
    there is none that may answer."""
    if ask.kind not in eligibility.TYPED_KINDS:
        return None
    return eligibility.typed(
        ask.kind, stands.factors, purpose=ask.purpose, codes_left=stands.codes_left, now=now
    )


def able(ask: Ask, stands: Standing, now: datetime) -> tuple[FactorView, ...]:
    """The devices that may answer: those are asked, and no other."""
    required = strength_wanted(ask, stands, int(now.timestamp()))
    return eligibility.able(
        stands.of("push"), required=required, purpose=ask.purpose, browser=ask.browser, now=now
    )


def strength_wanted(ask: Ask, stands: Standing, at: int) -> str:
    """No downgrade: "strong" from strangers while the weaker ways are closed to them."""
    return (
        "strong" if limits.weak_ways_closed(stands.tallies, lane=ask.lane, now=at) else ask.required
    )


def next_send(ask: Ask, after: limits.Tally, now: datetime) -> datetime | None:
    """When this journey may send another; None where it may not, or nothing is sent."""
    rule = rule_of(ask)
    if rule is None:
        return None
    ends, at = int(ask.expires_at.timestamp()), int(now.timestamp())
    next_at = now + timedelta(
        seconds=limits.until_send(after, rule, journey=ask.subject, ends=ends, now=at)
    )
    return next_at if next_at < ask.expires_at - timedelta(seconds=1) else None
