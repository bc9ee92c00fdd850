"""What the person at the login page sees while a question is open, and the other ways she may
choose.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.context import Arrival
from accounts.journey import Limited, Over, StepUp, Ticket, WrongCode
from accounts.models import LoginAttempt
from accounts.services import attempts, people, question_state, step_up, throttle
from mfa import registry
from mfa.masks import masked
from mfa.results import Ways
from mfa.services import challenges
from mfaproject.lib import clock


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live journey; `asked` is None when no authenticator was asked. `state`
    is the push question's."""

    attempt: LoginAttempt
    asked: question_state.PromptShown | None
    ways: Ways

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
    ways: Ways
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
            "icon": registry.of(self.kind).icon,
            "title": registry.of(self.kind).words.title,
            "template": registry.of(self.kind).template,
            "script": registry.of(self.kind).script,
        }

    @property
    def is_sent(self) -> bool:
        """Whether a message carries the code, so that another can be asked for."""
        return registry.of(self.kind).is_sent


def look(ticket: Ticket | None) -> Waiting | Over:
    """The journey as the wait page shows it; reads only."""
    found = attempts.waking(ticket) if ticket else None
    if found is None:
        return Over("gone")
    attempt, wakes = found
    return Waiting(
        attempt, question_state.shown_prompt(attempt, wakes), question_state.ways(attempt)
    )


def look_code(ticket: Ticket | None) -> CodeAsked | Over:
    """The journey as the code page shows it; reads only."""
    attempt = attempts.mine(ticket)
    if attempt is None:
        return Over("gone")
    if question_state.ended(attempt) in challenges.REFUSALS:
        return Over(question_state.ended(attempt), attempt.lane == people.KNOWN)
    row, ways = attempt.code, question_state.ways(attempt)
    if row is None:
        kind, own = registry.mailbox().kind, masked(attempt.user.email)
        return CodeAsked(kind, own, attempt.purpose, None, 0, ways)
    is_mailbox = registry.of(row.kind).is_mailbox
    went_to = masked(attempt.user.email) if is_mailbox else challenges.sent_to(row)
    again = row.kind not in ways.spent and challenges.has_tries(row)
    return CodeAsked(
        row.kind, went_to, attempt.purpose, row.expires_at, ways.waits.get(row.kind, 0), ways, again
    )


def shown(ways: Ways, but: str = "", ends_in: int = 0) -> dict[str, Any]:
    """The ways for the templates, without the one that the page is about and those that had their
    share: `elsewhere` and `typed`, of the first kind `now` what may be asked at once, and `mailbox`
    where a code by mail may be.

    `later`: whether one has to wait. `soonest`: the least of the waits, 0 where one is open now;
    `outlasts`: the journey ends before that. `spent`: there was one, and it had its share.
    """
    others = [way for way in ways.every if way.kind != but and not way.is_spent]
    ready = [way for way in others if way.is_open and not way.wait]
    waits = [way.wait for way in others if way.wait]
    soonest = 0 if ready else min(waits, default=0)
    return {
        "elsewhere": [way for way in others if way.is_elsewhere],
        "typed": [way for way in others if not way.is_elsewhere],
        "now": [way for way in ready if way.is_elsewhere],
        "mailbox": next((way for way in ready if way.is_mailbox), None),
        "later": bool(waits),
        "soonest": soonest,
        "outlasts": soonest > ends_in,
        "spent": bool(ways.spent),
    }


def choose(ticket: Ticket | None, arrival: Arrival, *, way: str) -> StepUp | Limited | Over:
    """Puts another question, or the same again. A no from the phone ends every way."""
    attempt = attempts.mine(ticket)
    if attempt is None or ticket is None:
        return Over("gone")
    match step_up.put(attempt, arrival, way=way, resume=True):
        case challenges.NotAsked(retry_after=0):
            # no such way, or it is closed for good: back to what is there
            return StepUp(ticket, "none", attempt.expires_at)
        case challenges.NotAsked(retry_after=seconds):
            return Limited(seconds)
        case Over() as over:
            return over
        case _:
            return StepUp(ticket, way, attempt.expires_at)


def explain(wrong: WrongCode, kind: str) -> str:
    """A wrong code in words."""
    factor, was_last = registry.of(kind), wrong.reason == "wrong" and not wrong.left
    if wrong.reason == "wrong" and wrong.left:
        return factor.wrong(wrong.left)
    if not factor.is_sent:
        return _(
            "No more codes of this kind are taken for this sign-in. Use another way, or start"
            " again."
        )
    if wrong.reason == "expired":
        return _("This code is too old. Send another one.")
    if wrong.reason == "too_many_attempts" or was_last:
        return _(
            "This code does not work any more. It had its tries: use another way, or start again."
        )
    return _("This code does not work any more. Send another one.")
