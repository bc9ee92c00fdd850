"""Whether a question may be put: what is asked, and what stands against it. Nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from mfa import eligibility, limits, numbers
from mfa.results import Asker, FactorView, Refused
from mfa.services.standing import Standing

UNAVAILABLE = Refused("method_unavailable", 0)


@dataclass(frozen=True, slots=True)
class Ask(Asker):
    """Everything about a question before it is a row: as `open_push`, `open_code` and `open_typed` take it."""

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
        return cls(**{each.name: getattr(asker, each.name) for each in fields(Asker)}, kind=kind, **facts)


def push_refused(ask: Ask, stands: Standing, now: datetime) -> Refused | None:
    """Why no authenticator is asked."""
    tally, at = stands.tally("push"), int(now.timestamp())
    if not able(ask, stands, now):
        return UNAVAILABLE
    if limits.is_off(tally, at) or limits.has_tired(tally):
        return Refused("off", limits.off_for(tally, at))
    if stands.open_all - stands.open_here >= limits.PUSHES_OPEN_PER_USER:
        return Refused("rate_limited", limits.PUSH_LIFE)
    return _too_often(ask, tally, limits.PUSHES, at)


def code_refused(ask: Ask, stands: Standing, now: datetime) -> Refused | None:
    """Why no code is sent."""
    tally, at = stands.tally(ask.kind), int(now.timestamp())
    if not _can_reach(ask) or stands.tried >= limits.TRIES_PER_CODE:
        return UNAVAILABLE
    if limits.is_off(tally, at) or limits.weak_ways_closed(stands.tallies, lane=ask.lane, now=at):
        return Refused("off", max(limits.off_for(one, at) for one in (tally, *stands.tallies)))
    return _too_often(ask, tally, limits.SENDS, at)


def _can_reach(ask: Ask) -> bool:
    if ask.kind == "sms":
        return numbers.e164(ask.destination, settings.SMS_COUNTRIES) == ask.destination != ""
    # A new password asks for something that is not the mailbox to which its link went.
    return ask.kind == "email" and ask.destination != "" and ask.purpose != "reset"


def typed_refused(ask: Ask, stands: Standing, now: datetime) -> Refused | None:
    """Why no code of an app or from paper is asked for."""
    tally, at = stands.tally(ask.kind), int(now.timestamp())
    if at_hand(ask, stands, now) is None or stands.tried >= limits.TRIES_PER_CODE:
        return UNAVAILABLE
    return Refused("off", limits.off_for(tally, at)) if limits.is_off(tally, at) else None


def at_hand(ask: Ask, stands: Standing, now: datetime) -> FactorView | None:
    """The app or the set of codes that is asked for; None where the question is of another kind, or there is none that may answer."""
    if ask.kind not in eligibility.TYPED_KINDS:
        return None
    return eligibility.typed(ask.kind, stands.factors, purpose=ask.purpose, codes_left=stands.codes_left, now=now)


def _too_often(ask: Ask, tally: limits.Tally, rule: limits.Rule, at: int) -> Refused | None:
    wait = limits.until_send(tally, rule, journey=ask.subject, ends=int(ask.expires_at.timestamp()), now=at)
    return Refused("rate_limited", wait) if wait else None


def able(ask: Ask, stands: Standing, now: datetime) -> tuple[FactorView, ...]:
    """The devices that may answer: those are asked, and no other."""
    required = strength_wanted(ask, stands, int(now.timestamp()))
    return eligibility.able(stands.of("push"), required=required, purpose=ask.purpose, browser=ask.browser, now=now)


def strength_wanted(ask: Ask, stands: Standing, at: int) -> str:
    """No downgrade: "strong" from strangers while the weaker ways are closed to them."""
    return "strong" if limits.weak_ways_closed(stands.tallies, lane=ask.lane, now=at) else ask.required


def next_send(ask: Ask, after: limits.Tally, rule: limits.Rule | None, now: datetime) -> datetime | None:
    """When this journey may send another; None where it may not, or nothing is sent."""
    if rule is None:
        return None
    ends, at = int(ask.expires_at.timestamp()), int(now.timestamp())
    next_at = now + timedelta(seconds=limits.until_send(after, rule, journey=ask.subject, ends=ends, now=at))
    return next_at if next_at < ask.expires_at - timedelta(seconds=1) else None
