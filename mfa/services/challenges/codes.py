"""Checking a typed code: reserve a try, then look."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from mfa import factors, limits, poll
from mfa.limits import Tally
from mfa.models import Challenge, Factor
from mfa.results import CodeResult, Dead, Right, Wrong
from mfa.services import notices, standing
from mfa.services.challenges.collecting import label_of, state_of
from mfa.services.challenges.reading import charged
from mfaproject.lib import clock
from mfaproject.lib.prepared import Prepared


def _mine(challenge_id: int, subject: str, since: int) -> QuerySet[Any]:
    return charged(Challenge.objects.filter(pk=challenge_id, subject=subject), since)


_MINE = Prepared(_mine, challenge_id=int, subject=str, since=int)


def check_code(*, challenge_id: int, subject: str, typed: object) -> CodeResult:
    """Looks at a typed code if there is a try left for it. Must not run inside a transaction: a rollback would give the try back.

    The right one approves the challenge, once; collect that with `spend`. A challenge of another journey is dead.
    """
    now = clock.now()
    reserved = _reserve(challenge_id, subject, now)
    row = _MINE.first(challenge_id=challenge_id, subject=subject, since=standing.a_day_before(now))
    if row is None:
        return Dead("expired")
    if not reserved:
        return _why_dead(row, now)
    kind = factors.kind_of(row.kind)
    if kind is not None and kind.check(row, typed):
        return _right(row, now)
    return _wrong(row, row.elsewhere, now)


def _reserve(challenge_id: int, subject: str, now: datetime) -> bool:
    """Durable: the try is spent before anybody looks at the digits, and Django refuses to do this inside a transaction."""
    with transaction.atomic(durable=True):
        mine = Challenge.objects.alive().filter(pk=challenge_id, subject=subject, state="pending", expires_at__gt=now).exclude(kind="push")
        return mine.filter(attempts__lt=limits.TRIES_PER_CODE).update(attempts=F("attempts") + 1) == 1


def _why_dead(row: Challenge, now: datetime) -> Dead:
    match state_of(row, now):
        case "pending" if row.attempts >= limits.TRIES_PER_CODE:
            return Dead("too_many_attempts")
        case "approved" | "spent":
            return Dead("used")
        case _:
            return Dead("expired")


@transaction.atomic
def _right(row: Challenge, now: datetime) -> CodeResult:
    """The budget first: of a burst, the right code counts only if the wrong ones before it did not switch the factor off."""
    at = int(now.timestamp())

    def cleared(tally: Tally) -> Tally | None:
        return None if limits.is_off(tally, at) else limits.right_code(tally)

    if standing.change(standing.purse_of(row.budget), cleared) is None:
        return Dead("too_many_attempts")
    if not Challenge.objects.alive().filter(pk=row.pk, state="pending", expires_at__gt=now).move("approved", decided_at=now, strength="weak"):
        return Dead("used")
    if row.factor is not None and row.factor.confirmed_at is None:
        Factor.objects.filter(pk=row.factor.pk, confirmed_at=None).update(confirmed_at=now)
    poll.forget(row.subject)
    return Right(row.kind, label_of(row), "weak", row.factor_id)


@transaction.atomic
def _wrong(row: Challenge, elsewhere: int, now: datetime) -> CodeResult:
    at = int(now.timestamp())

    def counted(tally: Tally) -> Tally | None:
        return None if limits.is_off(tally, at) else limits.wrong_code(tally, lane=row.lane, elsewhere=elsewhere, now=at)

    changed = standing.change(standing.purse_of(row.budget), counted)
    if changed is None:
        return Dead("too_many_attempts")
    notices.switched_off(row.user_id, row.kind, *changed)
    return Wrong(max(0, limits.TRIES_PER_CODE - row.attempts))
