"""What became of a question: reading it, collecting what it proves, ending it."""

import json
from datetime import datetime, timedelta

from django.db import transaction

from mfa import limits, poll
from mfa.challenge_state import OPEN
from mfa.eligibility import able
from mfa.factors.push import number_of
from mfa.models import Challenge
from mfa.results import Look, LookState, Opened, Proof, Question, Strength
from mfa.services.challenges.reading import asked_of, devices_of
from mfaproject.lib import clock

_SHOWN: dict[str, LookState] = {
    "pending": "pending",
    "approved": "approved",
    "denied": "denied",
    "not_me": "not_me",
    "wrong_number": "wrong_number",
    "expired": "expired",
    "spent": "spent",
    "superseded": "superseded",
    "failed": "expired",  # a code that could not be delivered: for the person as good as one that came too late
}


def state_of(row: Challenge, now: datetime) -> LookState:
    """The state as it is by now: a question whose time is over has ended, whether or not somebody has noted it."""
    return "expired" if row.state == "pending" and row.expires_at <= now else _SHOWN[row.state]


def resend_after(row: Challenge) -> datetime:
    """When another code may be sent in this journey at the earliest."""
    return row.created_at + timedelta(seconds=limits.SEND_EVERY)


def look(challenge_id: int, subject: str) -> Look | None:
    """A challenge of this journey; None for any other. One SELECT."""
    rows = list(asked_of(Challenge.objects.filter(pk=challenge_id, subject=subject)))
    if not rows:
        return None
    row, now = rows[0], clock.now()
    devices = able(devices_of(rows), required=row.required, purpose=row.purpose, browser=row.browser, now=now) if row.kind == "push" else ()
    return Look(
        kind=row.kind,
        state=state_of(row, now),
        expires_at=row.expires_at,
        created_at=row.created_at,
        digits=row.digits,
        devices=[device.label for device in devices],
        left=max(0, limits.TRIES_PER_CODE - row.attempts),
        sent_to=sent_to(row),
        number=number_of(row) if row.kind == "push" else "",
    )


def number(asked: int | Challenge | Look | Opened | Question) -> str:
    """The number that the page of this push challenge shows. From what was read already, or from its id (one SELECT)."""
    match asked:
        case Look() | Opened() | Question():
            return asked.number
        case Challenge():
            return number_of(asked)
        case _:
            return number_of(Challenge.objects.get(pk=asked))


def sent_to(row: Challenge) -> str:
    """The masked address that a code went to, "" for a push."""
    return "" if row.kind == "push" else str(json.loads(row.context)["sent_to"])


def label_of(row: Challenge) -> str:
    """What answered: a device by its name, a mailbox by its masked address."""
    if row.kind == "push":
        return row.factor.label if row.factor else ""
    return sent_to(row)


def spend(*, challenge_id: int, subject: str) -> Proof | None:
    """Collects an approved challenge, for one caller only: person, epoch and factor are looked at again. Two statements."""
    now = clock.now()
    rows = Challenge.objects.alive().of_live_factor().filter(pk=challenge_id, subject=subject)
    if not rows.filter(decided_at__gt=now - timedelta(seconds=limits.COLLECT_WITHIN)).move("spent"):
        return None
    poll.forget(subject)
    row = Challenge.objects.select_related("factor").get(pk=challenge_id)
    strength: Strength = "strong" if row.strength == "strong" else "weak"
    return Proof(row.kind, label_of(row), strength, row.factor_id)


@transaction.atomic
def cancel(*, subject: str) -> int:
    """Ends every open question of a journey, approved ones too; gives how many there were."""
    poll.forget(subject)
    return Challenge.objects.filter(subject=subject).move("superseded")


@transaction.atomic
def cancel_all(user_id: int) -> int:
    """Ends every open question of a person."""
    rows = Challenge.objects.filter(user_id=user_id, state__in=OPEN)
    poll.forget(*rows.order_by().values_list("subject", flat=True).distinct())
    return rows.move("superseded")
