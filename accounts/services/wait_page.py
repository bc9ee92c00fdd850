"""What the person at the login page sees while a question is open, and the other ways she may
choose.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.context import Arrival
from accounts.journey import Limited, Over, StepUp, Ticket, WrongCode
from accounts.models import LoginAttempt
from accounts.services import attempts, people, step_up, throttle
from mfa import poll
from mfa.services import challenges
from mfaproject.lib import clock, limits, tokens
from mfaproject.lib.hub import Hold, hub


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live journey; `asked` is None when no authenticator was asked. `state`
    is the push question's."""

    attempt: LoginAttempt
    asked: step_up.Asked | None
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
        now = clock.now()
        ways = shown(self.ways, ends_in=throttle.seconds_until(self.attempt.expires_at, now))
        common = {
            "username": self.attempt.user.username,
            "known": self.known,
            "ways": ways,
            "purpose": self.attempt.purpose,
        }
        if asked is None:
            return common
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
    """A code that was sent, or could be, or is at hand: `kind` says which. `masked`: where it went.

    `resend_seconds` 0: another may be sent; not where `can_resend` is false, for this journey had
    its share.
    """

    kind: str
    masked: str
    purpose: str
    expires_at: datetime | None
    resend_seconds: int
    ways: challenges.Ways
    can_resend: bool = True

    def context(self) -> dict[str, Any]:
        """For the template."""
        return {
            "kind": self.kind,
            "masked": self.masked,
            "purpose": self.purpose,
            "expires_at": self.expires_at if self.is_sent else None,
            "resend_seconds": self.resend_seconds,
            "can_resend": self.can_resend,
            "is_sent": self.is_sent,
            "ways": shown(self.ways, but=self.kind),
            "can_push": self.ways.push and "push" not in self.ways.spent,
        }

    @property
    def is_sent(self) -> bool:
        """Whether a message carries the code, so that another can be asked for."""
        return self.kind in step_up.SENT


@dataclass(frozen=True, slots=True)
class Peek:
    """The answer to a poll: "pending", "approved", "expired", a no, or "gone"; to a program also
    "none", where nothing was asked.

    `devices` (name, state) are for known browsers only.
    """

    state: str
    seconds_left: int = 0
    devices: list[dict[str, str]] | None = None


def look(ticket: Ticket | None) -> Waiting | Over:
    """The journey as the wait page shows it; reads only."""
    found = attempts.waking(ticket) if ticket else None
    if found is None:
        return Over("gone")
    attempt, wakes = found
    return Waiting(attempt, step_up.asked(attempt, wakes), step_up.ways(attempt))


def look_code(ticket: Ticket | None) -> CodeAsked | Over:
    """The journey as the code page shows it; reads only."""
    attempt = attempts.mine(ticket)
    if attempt is None:
        return Over("gone")
    if step_up.ended(attempt) in step_up.NOES:
        return Over(step_up.ended(attempt), attempt.lane == people.KNOWN)
    row, ways = attempt.code, step_up.ways(attempt)
    if row is None:
        return CodeAsked("email", mask(attempt.user.email), attempt.purpose, None, 0, ways)
    masked = mask(attempt.user.email) if row.kind == "email" else challenges.sent_to(row)
    again = row.kind not in ways.spent and challenges.has_tries(row)
    return CodeAsked(
        row.kind, masked, attempt.purpose, row.expires_at, ways.waits.get(row.kind, 0), ways, again
    )


def shown(ways: challenges.Ways, but: str = "", ends_in: int = 0) -> dict[str, Any]:
    """The ways for the templates, without the one that the page is about. `typed`: whether there is
    one besides the phone.

    `later`: seconds until a way may be asked, where it may not be now. `soonest`: the least of
    them, 0 where one is open now; `outlasts`: the journey ends before that. `spent`: there was one,
    and it had its share.
    """
    masks = {
        "push_again": ways.push,
        "email": ways.email,
        "sms": ways.sms,
        "totp": ways.totp,
        "recovery": ways.recovery,
    }
    gone = {but, *("push_again" if way == "push" else way for way in ways.spent)}
    shown = {way: "" if way in gone else value for way, value in masks.items()}
    later = {way: wait for way, wait in ways.waits.items() if way != but}
    is_open = any(value and way.partition("_")[0] not in later for way, value in shown.items())
    soonest = 0 if is_open else min(later.values(), default=0)
    typed = any(value for way, value in shown.items() if way != "push_again")
    outlasts = soonest > ends_in
    return {
        **shown,
        "typed": typed,
        "later": later,
        "soonest": soonest,
        "outlasts": outlasts,
        "spent": bool(ways.spent),
    }


def mask(address: str) -> str:
    """`a•••e@example.org`: enough to know one's own mailbox by."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}•••{name[-1:] if len(name) > 1 else ''}@{host}"


def peek(ticket: Ticket | None, *, again: bool = False) -> Peek | Limited:
    """Answers a poll: from the cache while it is fresh, else with one statement. Whose journey it
    is, is looked at first.

    `again`: it was let wait, and has been counted when it came.
    """
    if ticket is None:
        return Peek("gone")
    limit = throttle.POLL if ticket.door == "form" else throttle.POLL_API
    wait = 0 if again else _hit(ticket, limit)
    return Limited(wait) if wait else _look(ticket)


def _hit(ticket: Ticket, limit: limits.Limit) -> int:
    """A poll reads one row: with the cache gone nothing is lost by answering."""
    return limits.hit(attempts.reference_digest(ticket.reference), limit, lambda _key, _limit: 0)


def _look(ticket: Ticket) -> Peek:
    # With the door: what the API binds to, a challenge, is no secret and opens nothing at the other
    # one.
    subject, binding = _subject(ticket), f"{ticket.door}:{attempts.binding_digest(ticket.binding)}"
    answer = poll.kept(subject)
    # Another binding: not this browser's journey, or its binding has just been renewed. The row
    # knows.
    if answer is None or not tokens.same(answer["binding"], binding):
        answer = _state(ticket, binding)
        if answer["state"] == "pending":
            poll.keep(subject, answer)
    left = max(0, int(answer["until"] - clock.now().timestamp()))
    return Peek(
        "expired" if answer["state"] == "pending" and not left else answer["state"],
        left,
        answer.get("devices"),
    )


def _state(ticket: Ticket, binding: str) -> dict[str, Any]:
    polled = attempts.poll(ticket)
    if polled is None or polled.state is None:
        return {
            "binding": binding,
            "state": "none" if polled and ticket.door == "api" else "gone",
            "until": 0,
        }
    found = {"binding": binding, "state": polled.state, "until": polled.expires_at.timestamp()}
    if polled.known:
        return found | {"devices": step_up.reach_of(polled.wakes)}
    return found | ({"state": "stopped"} if polled.state in step_up.NOES else {})


def listen(ticket: Ticket | None, *, address: tuple[str, int], since: int) -> Hold | None:
    """For a page that waits: what wakes it, until its question has ended. None for who has to ask
    by itself.

    `address`: its share of what may wait; `since`: the hub's mark from before. Costs what a poll
    costs.
    """
    if ticket is None or not hub.is_open or _hit(ticket, throttle.STREAMS):
        return None
    seen = _look(ticket)
    if seen.state != "pending":
        return None
    subject = _subject(ticket)
    # Another browser than hers is woken by ends alone: it must not learn that somebody looks at the
    # phone.
    topics = (
        (poll.journey(subject), poll.way(subject))
        if seen.devices is not None
        else (poll.journey(subject),)
    )
    return Hold(topics, (_share(subject), address), seen.seconds_left + 1, since)


def later(ticket: Ticket, *, address: tuple[str, int], since: int, seconds: int) -> Hold | None:
    """For a program that would rather be answered later: once, when its question is answered or has
    ended, or after so many seconds."""
    subject = _subject(ticket)
    return (
        Hold((poll.journey(subject),), (_share(subject), address), seconds, since, events=False)
        if hub.is_open
        else None
    )


def _subject(ticket: Ticket) -> str:
    return attempts.subject(attempts.reference_digest(ticket.reference))


def _share(subject: str) -> tuple[str, int]:
    return subject, throttle.STREAMS_PER_JOURNEY


def choose(ticket: Ticket | None, arrival: Arrival, *, way: str) -> StepUp | Limited | Over:
    """Puts another question, or the same again. A no from the phone ends every way."""
    attempt = attempts.mine(ticket)
    if attempt is None or ticket is None:
        return Over("gone")
    match put(attempt, arrival, way=way, resume=True):
        case challenges.Refused(
            retry_after=0
        ):  # no such way, or it is closed for good: back to what is there
            return StepUp(ticket, "none", attempt.expires_at)
        case challenges.Refused(retry_after=seconds):
            return Limited(seconds)
        case Over() as over:
            return over
        case _:
            return StepUp(ticket, cast(step_up.Way, way), attempt.expires_at)


def put(
    attempt: LoginAttempt, arrival: Arrival, *, way: str, resume: bool = False
) -> challenges.Opened | challenges.Refused | Over:
    """Puts a question of a live journey: for a page and for a program alike. `resume`: whoever
    comes back to a way goes on with its open question."""
    state = step_up.ended(attempt)
    if state in step_up.NOES:
        return Over(state, attempt.lane == people.KNOWN)
    with transaction.atomic():
        # The journey before budgets and questions, as everybody locks.
        list(
            LoginAttempt.objects.select_for_update(no_key=True)
            .filter(pk=attempt.pk)
            .values_list("pk")
        )
        opened = (step_up.resume(attempt, way) if resume else None) or step_up.ask(
            attempt, arrival, way
        )
        if isinstance(opened, challenges.Refused):
            return opened
        column = {"push_id": attempt.push_id} if way == "push" else {"code_id": attempt.code_id}
        # The condition again, at the write: a no that came meanwhile must win.
        if (
            LoginAttempt.objects.alive()
            .unrefused(challenges.NOES)
            .filter(pk=attempt.pk)
            .update(**column)
            != 1
        ):
            transaction.set_rollback(True)
            return Over("gone")
    return opened


def explain(wrong: WrongCode, kind: str = "email") -> str:
    """A wrong code in words."""
    if kind in step_up.AT_HAND:
        return _explain_at_hand(wrong, kind)
    if wrong.reason == "expired":
        return _("This code is too old. Send another one.")
    if wrong.reason == "too_many_attempts" or (wrong.reason == "wrong" and not wrong.left):
        return _(
            "This code does not work any more. It had its tries: use another way, or start again."
        )
    if wrong.reason == "used":
        return _("This code does not work any more. Send another one.")
    return ngettext(
        "That is not the code. One try is left.",
        "That is not the code. %(left)d tries are left.",
        wrong.left,
    ) % {"left": wrong.left}


def _explain_at_hand(wrong: WrongCode, kind: str) -> str:
    if wrong.reason != "wrong" or not wrong.left:
        return _(
            "No more codes of this kind are taken for this sign-in. Use another way, or start"
            " again."
        )
    if kind == "recovery":
        return ngettext(
            "That is none of your codes, or it was used before. One try is left.",
            "That is none of your codes, or it was used before. %(left)d tries are left.",
            wrong.left,
        ) % {"left": wrong.left}
    return ngettext(
        "That is not the code your app shows now, or it was used before. One try is left.",
        "That is not the code your app shows now, or it was used before. %(left)d tries are left.",
        wrong.left,
    ) % {"left": wrong.left}
