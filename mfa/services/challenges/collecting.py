"""What became of a question: reading it, collecting what it proves, ending it."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mfa import limits, poll, registry
from mfa.challenge_state import OPEN, sources
from mfa.models import Challenge
from mfa.results import LookState, Opened, Proof, Strength
from mfaproject.lib import clock
from mfaproject.lib.prepared import Prepared, PreparedUpdate

_SHOWN: dict[str, LookState] = {
    "pending": "pending",
    "approved": "approved",
    "denied": "denied",
    "not_me": "not_me",
    "wrong_number": "wrong_number",
    "expired": "expired",
    "spent": "spent",
    "superseded": "superseded",
    # a code that could not be delivered: for the person as good as one that came too late
    "failed": "expired",
}


def state_of(row: Challenge, now: datetime) -> LookState:
    """The state as it is by now: a question whose time is over has ended,
    whether or not somebody has noted it."""
    return state_at(row.state, row.expires_at, now)


def state_at(state: str, expires_at: datetime, now: datetime) -> LookState:
    """The same from the two columns."""
    return "expired" if state == "pending" and expires_at <= now else _SHOWN[state]


def has_tries(row: Challenge) -> bool:
    """Whether a code of this kind may be typed again in this journey: sending
    another gives no new tries."""
    return row.attempts < limits.TRIES_PER_CODE


def waiting(*, kind: str, subject: str) -> Opened | None:
    """The question of this kind that a journey has open, if it has one: a person who looks
    elsewhere and comes back goes on with it."""
    rows = Challenge.objects.filter(
        subject=subject,
        kind=kind,
        state="pending",
        expires_at__gt=clock.now(),
        attempts__lt=limits.TRIES_PER_CODE,
    )
    row = rows.order_by("-pk").first()
    if row is None:
        return None
    again = (
        row.created_at + timedelta(seconds=limits.SEND_EVERY)
        if registry.of(row.kind).is_sent
        else None
    )
    return Opened(row.pk, row.public_id, row.expires_at, again, sent_to=sent_to(row))


def number(row: Challenge) -> str:
    """The number that the page of this question shows, "" for none."""
    return registry.of(row.kind).number_of(row)


def sent_to(row: Challenge) -> str:
    """The masked address that a code went to, "" where none was sent."""
    return str(json.loads(row.context)["sent_to"]) if registry.of(row.kind).is_sent else ""


def label_of(row: Challenge) -> str:
    """What answered: an address masked, anything else by the name that the person gave it."""
    if registry.of(row.kind).is_sent:
        return sent_to(row)
    return row.factor.label if row.factor else ""


def _spending(
    challenge_id: int, subject: str, since: datetime
) -> tuple[QuerySet[Challenge], dict[str, Any]]:
    rows = (
        Challenge.objects.alive()
        .of_live_factor()
        .filter(pk=challenge_id, subject=subject, decided_at__gt=since)
    )
    return rows.filter(state__in=sources("spent")), {"state": "spent"}


_SPEND = PreparedUpdate(_spending, challenge_id=int, subject=str, since=datetime)
_ANSWERED = Prepared(
    lambda challenge_id: Challenge.objects.select_related("factor").filter(pk=challenge_id),
    challenge_id=int,
)


def spend(*, challenge_id: int, subject: str) -> Proof | None:
    """Collects an approved challenge, for one caller only: person, epoch and factor are looked at
    again. Two statements."""
    now = clock.now()
    if not _SPEND(
        challenge_id=challenge_id,
        subject=subject,
        since=now - timedelta(seconds=limits.COLLECT_WITHIN),
    ):
        return None
    poll.changed([subject])
    row = _ANSWERED(challenge_id=challenge_id)[0]
    strength: Strength = "strong" if row.strength == "strong" else "weak"
    return Proof(row.kind, label_of(row), strength, row.factor_id)


@transaction.atomic
def cancel(*, subject: str, people: Iterable[int] = ()) -> int:
    """Ends every open question of a journey, approved ones too; gives how many there were.
    `people`: in whose inboxes they lie."""
    poll.changed([subject], people)
    return Challenge.objects.filter(subject=subject).move("superseded")


@transaction.atomic
def cancel_all(user_id: int) -> int:
    """Ends every open question of a person. Her devices, which may be about to change, ask anew."""
    rows = Challenge.objects.filter(user_id=user_id, state__in=OPEN)
    poll.changed(rows.order_by().values_list("subject", flat=True).distinct())
    poll.cut([user_id])
    return rows.move("superseded")
