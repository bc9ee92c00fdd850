"""What the person at the login page sees while a question is open, and the other ways she may choose."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.context import Arrival
from accounts.journey import Limited, Over, StepUp, Ticket, WrongCode
from accounts.models import LoginAttempt
from accounts.services import attempts, people, questions, throttle
from mfa.services import challenges
from mfaproject.lib import clock, limits, tokens

FRESH = 2  # seconds a poll may be answered from the cache: a lost message to it costs no more than that


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live journey; `asked` is None when no authenticator was asked. `state` is the push question's."""

    attempt: LoginAttempt
    asked: questions.Asked | None
    ways: challenges.Ways

    @property
    def state(self) -> str:
        return self.asked.state if self.asked else "none"

    @property
    def known(self) -> bool:
        """Whether the browser is one of the person's own."""
        return self.attempt.lane == people.KNOWN

    def context(self) -> dict[str, Any]:
        """For the templates."""
        asked = self.asked
        common = {"username": self.attempt.user.username, "known": self.known, "ways": _shown(self.ways), "purpose": self.attempt.purpose}
        if asked is None:
            return common
        now = clock.now()
        return common | {
            "number": asked.number,
            "digits": asked.digits,
            "state": asked.state,
            "expires_at": asked.expires_at,
            "seconds_left": max(0, int((asked.expires_at - now).total_seconds())),
            "seconds_total": int((asked.expires_at - asked.created_at).total_seconds()),
            "devices": asked.devices,
        }


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code that was sent, or could be."""

    masked: str
    purpose: str
    expires_at: datetime | None
    resend_seconds: int
    ways: challenges.Ways

    def context(self) -> dict[str, Any]:
        """For the template."""
        return {
            "masked": self.masked,
            "purpose": self.purpose,
            "expires_at": self.expires_at,
            "resend_seconds": self.resend_seconds,
            "ways": _shown(self.ways),
            "can_push": self.ways.push,
        }


@dataclass(frozen=True, slots=True)
class Peek:
    """The answer to a poll: "pending", "approved", "expired", a no, "none" (programs), or "gone". `devices` (name, state) are for known browsers only."""

    state: str
    seconds_left: int = 0
    devices: list[dict[str, str]] | None = None


def look(ticket: Ticket | None) -> Waiting | Over:
    """The journey as the wait page shows it; reads only."""
    found = attempts.waking(ticket) if ticket else None
    if found is None:
        return Over("gone")
    attempt, wakes = found
    return Waiting(attempt, questions.asked(attempt, wakes), questions.ways(attempt))


def look_code(ticket: Ticket | None) -> CodeAsked | Over:
    """The journey as the code page shows it; reads only."""
    attempt = attempts.mine(ticket)
    if attempt is None:
        return Over("gone")
    if questions.ended(attempt) in questions.NOES:
        return Over(questions.ended(attempt), attempt.lane == people.KNOWN)
    row = attempt.code
    resend_at = challenges.resend_after(row) if row else None
    seconds = max(0, int((resend_at - clock.now()).total_seconds()) + 1) if resend_at else 0
    return CodeAsked(mask(attempt.user.email), attempt.purpose, row.expires_at if row else None, seconds, questions.ways(attempt))


def _shown(ways: challenges.Ways) -> dict[str, Any]:
    return {"push_again": ways.push, "email": ways.email, "sms": ""}


def mask(address: str) -> str:
    """`a•••e@example.org`: enough to know one's own mailbox by."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}•••{name[-1:] if len(name) > 1 else ''}@{host}"


def peek(ticket: Ticket | None) -> Peek | Limited:
    """Answers a poll: from the cache while it is fresh, else with one statement. Whose journey it is, is looked at first."""
    if ticket is None:
        return Peek("gone")
    digest = attempts.reference_digest(ticket.reference)
    limit = throttle.POLL if ticket.door == "form" else throttle.POLL_API
    wait = limits.hit(digest, limit, lambda _key, _limit: 0)  # a poll reads one row: with the cache gone nothing is lost by answering
    if wait:
        return Limited(wait)
    key, binding = f"poll:{attempts.subject(digest)}", attempts.binding_digest(ticket.binding)
    cached = _cached(key)
    if cached is None:
        cached = _state(ticket, binding)
        _remember(key, cached)
    if not tokens.same(cached["binding"], binding):
        return Peek("gone")
    left = max(0, int(cached["until"] - clock.now().timestamp()))
    return Peek("expired" if cached["state"] == "pending" and not left else cached["state"], left, cached.get("devices"))


def _state(ticket: Ticket, binding: str) -> dict[str, Any]:
    attempt, wakes = attempts.waking(ticket) or (None, [])
    if attempt is None or attempt.push is None:
        return {"binding": binding, "state": "none" if attempt and ticket.door == "api" else "gone", "until": 0}
    state: str = challenges.state_of(attempt.push, clock.now())
    found = {"binding": attempt.binding_digest, "state": state, "until": attempt.push.expires_at.timestamp()}
    if attempt.lane == people.KNOWN:
        return found | {"devices": questions.reach_of(wakes)}
    return found | ({"state": "stopped"} if state in questions.NOES else {})


def _cached(key: str) -> dict[str, Any] | None:
    if limits.breaker.open:
        return None
    try:
        raw = cache.get(key)
    except Exception:  # noqa: BLE001 - whatever the cache raises, the row is asked instead
        limits.breaker.trip()
        return None
    return json.loads(raw) if raw else None


def _remember(key: str, value: dict[str, Any]) -> None:
    if value["state"] != "pending" or limits.breaker.open:
        return
    try:
        cache.set(key, json.dumps(value), FRESH)
    except Exception:  # noqa: BLE001 - it was only for speed
        limits.breaker.trip()


def choose(ticket: Ticket | None, arrival: Arrival, *, way: str) -> StepUp | Limited | Over:
    """Puts another question, or the same again. A no from the phone ends every way."""
    attempt = attempts.mine(ticket)
    if attempt is None or ticket is None:
        return Over("gone")
    match put(attempt, arrival, way=way):
        case challenges.Refused(retry_after=seconds):
            return Limited(max(1, seconds))
        case Over() as over:
            return over
        case _:
            return StepUp(ticket, "email" if way == "email" else "push", attempt.expires_at)


def put(attempt: LoginAttempt, arrival: Arrival, *, way: str) -> challenges.Opened | challenges.Refused | Over:
    """Puts a question of a live journey: for a page and for a program alike."""
    state = questions.ended(attempt)
    if state in questions.NOES:
        return Over(state, attempt.lane == people.KNOWN)
    with transaction.atomic():
        opened = questions.ask_email(attempt, arrival) if way == "email" else questions.ask_push(attempt, arrival)
        if isinstance(opened, challenges.Refused):
            return opened
        column = {"code_id": attempt.code_id} if way == "email" else {"push_id": attempt.push_id}
        # The condition again, at the write: a no that came meanwhile must win.
        if LoginAttempt.objects.alive().unrefused(challenges.NOES).filter(pk=attempt.pk).update(**column) != 1:
            transaction.set_rollback(True)
            return Over("gone")
    return opened


def explain(wrong: WrongCode) -> str:
    """A wrong code in words."""
    if wrong.reason == "expired":
        return _("This code is too old. Send another one.")
    if wrong.reason in ("too_many_attempts", "used") or not wrong.left:
        return _("This code does not work any more. Send another one.")
    return ngettext("That is not the code. One try is left.", "That is not the code. %(left)d tries are left.", wrong.left) % {"left": wrong.left}
