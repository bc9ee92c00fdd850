"""Checking a typed code: reserve a try, then look."""

import math
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from mfa import eligibility, limits, poll, registry
from mfa.limits import BudgetState
from mfa.models import Budget, Challenge, Factor, RecoveryCode
from mfa.registry.base import Candidate, Facts, Match
from mfa.registry.base import Factor as Base
from mfa.results import CodeResult, Dead, Right, Wrong
from mfa.services import budgets, notices
from mfa.services.answer_check import matched
from mfa.services.challenges.collecting import label_of, state_of
from mfaproject.lib import clock
from mfaproject.lib.prepared import Prepared


def _mine(challenge_id: int, subject: str, since: int) -> QuerySet[Any]:
    return budgets.charged(Challenge.objects.filter(pk=challenge_id, subject=subject), since)


_MINE = Prepared(_mine, challenge_id=int, subject=str, since=int)


def check_code(*, challenge_id: int, subject: str, typed: object) -> CodeResult:
    """Looks at a typed code if there is a try left for it. Must not run inside a transaction: a
    rollback would give the try back.

    The right one approves the challenge, once; collect that with `spend`. A challenge of another
    journey is dead.
    """
    now = clock.now()
    reserved = _reserve(challenge_id, subject, now)
    row = _MINE.first(challenge_id=challenge_id, subject=subject, since=budgets.a_day_before(now))
    if row is None:
        return Dead("expired")
    if not reserved:
        return _why_dead(row, now)
    factor = registry.get(row.kind)
    match = matched(factor, _facts(row, factor, now), typed) if factor is not None else None
    right = _right(row, match, now) if match is not None else None
    return _wrong(row, row.elsewhere, now) if right is None else right


def _facts(row: Challenge, factor: Base, now: datetime) -> Facts:
    return Facts(
        row.public_id,
        row.purpose,
        row.code_mac,
        row.user_id,
        int(now.timestamp()),
        row.factor_id,
        row.factor.secret if row.factor is not None else "",
        row.nonce,
        _candidates(row, now) if factor.has_several else (),
    )


def _candidates(row: Challenge, now: datetime) -> tuple[Candidate, ...]:
    """Which of several may answer: as when the question was put, of those that are still there."""
    enrolled = Factor.objects.filter(user_id=row.user_id, revoked_at=None).order_by("pk")
    rows = {each.pk: each for each in enrolled}
    able = eligibility.at_hand(
        row.kind,
        [each.view() for each in rows.values()],
        purpose=row.purpose,
        codes_left=0,
        now=now,
    )
    return tuple(Candidate(one.id, rows[one.id].secret) for one in able)


def _reserve(challenge_id: int, subject: str, now: datetime) -> bool:
    """Durable: the try is spent before anybody looks at the digits, and Django refuses to do this
    inside a transaction."""
    with transaction.atomic(durable=True):
        mine = (
            Challenge.objects.alive()
            .filter(pk=challenge_id, subject=subject, state="pending", expires_at__gt=now)
            .exclude(kind__in=registry.kinds(lambda factor: factor.is_elsewhere))
        )
        return (
            mine.filter(attempts__lt=limits.TRIES_PER_CODE).update(attempts=F("attempts") + 1) == 1
        )


def _why_dead(row: Challenge, now: datetime) -> Dead:
    match state_of(row, now):
        case "pending" if row.attempts >= limits.TRIES_PER_CODE:
            return Dead(
                "too_many_attempts", max(1, math.ceil((row.expires_at - now).total_seconds()))
            )
        case "approved" | "spent":
            return Dead("used")
        case _:
            return Dead("expired")


@transaction.atomic
def _right(row: Challenge, match: Match, now: datetime) -> CodeResult | None:
    """The budget first: of a burst, the right code counts only if the wrong ones before it did not
    switch the factor off.

    None: what this answer uses up was used up before, so it is a wrong one, and nothing was
    written.
    """
    at, strength = int(now.timestamp()), eligibility.of_kind(row.kind)

    def cleared(budget: BudgetState) -> BudgetState | None:
        return None if limits.is_off(budget, at) else limits.right_code(budget)

    if budgets.change(budgets.budget_row(row.budget), cleared) is None:
        return _off(row, at)
    if (
        not Challenge.objects.alive()
        .filter(pk=row.pk, state="pending", expires_at__gt=now)
        .move("approved", decided_at=now, strength=strength, **_answering(match))
    ):
        return Dead("used")
    if not _use_up(row, match, now):
        transaction.set_rollback(True)
        return None
    poll.changed([row.subject])
    return Right(row.kind, label_of(row), strength, match.factor_id or row.factor_id)


def _answering(match: Match) -> dict[str, int]:
    """The one of several that has answered, which nobody knew before."""
    return {} if match.factor_id is None else {"factor_id": match.factor_id}


def _off(row: Challenge, at: int) -> Dead:
    return Dead("too_many_attempts", limits.off_for(Budget.objects.get(pk=row.budget_id).state, at))


def _use_up(row: Challenge, match: Match, now: datetime) -> bool:
    """One conditional statement whose count decides: of two who type the same code one is right.
    The factor before its codes, as everywhere."""
    if not _mark_used(row, match, now):
        return False
    return (
        not match.macs
        or RecoveryCode.objects.filter(user_id=row.user_id, mac__in=match.macs).delete()[0] == 1
    )


def _mark_used(row: Challenge, match: Match, now: datetime) -> bool:
    used = match.factor_id or row.factor_id
    if used is None or row.purpose == limits.ENROLMENT:
        return True
    mine = Factor.objects.filter(pk=used, revoked_at=None)
    changes = {"last_used_at": now}
    if match.step is not None:
        return mine.filter(last_step__lt=match.step).update(last_step=match.step, **changes) == 1
    # A mailbox that takes part in sign-ins is proved by its first right code.
    return mine.update(confirmed_at=Coalesce("confirmed_at", Value(now)), **changes) == 1


@transaction.atomic
def _wrong(row: Challenge, elsewhere: int, now: datetime) -> CodeResult:
    at, tries = int(now.timestamp()), registry.of(row.kind).tries

    def counted(budget: BudgetState) -> BudgetState | None:
        return (
            None
            if limits.is_off(budget, at)
            else limits.wrong_code(budget, lane=row.lane, elsewhere=elsewhere, now=at, tries=tries)
        )

    changed = budgets.change(budgets.budget_row(row.budget), counted)
    if changed is None:
        return _off(row, at)
    notices.switched_off(row.user_id, row.kind, *changed)
    return Wrong(max(0, limits.TRIES_PER_CODE - row.attempts))
