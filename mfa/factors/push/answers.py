"""The authenticator's side: which questions wait, and what a device decided."""

from datetime import datetime
from functools import partial
from typing import Any, Literal, get_args

from django.db import transaction
from django.db.models import Exists, QuerySet

from mfa import limits, poll
from mfa.challenge_state import sources
from mfa.eligibility import may_answer, strength_of
from mfa.factors.push.factor import Push
from mfa.factors.push.prompts import asked_of, fetched_by, questions_of
from mfa.limits import BudgetState
from mfa.models import Budget, Challenge, Factor
from mfa.results import FactorView, PushQuestion
from mfa.services import budgets, notices
from mfaproject.lib import clock
from mfaproject.lib.prepared import Prepared, PreparedUpdate

End = Literal["approved", "denied", "not_me", "wrong_number"]
Decided = End | Literal["lost"]


def _waiting(user_id: int, factor_id: int, now: datetime, since: int) -> QuerySet[Any]:
    waiting = Challenge.objects.alive().filter(
        user_id=user_id, kind=Push.kind, state="pending", expires_at__gt=now
    )
    return fetched_by(asked_of(waiting, since), factor_id)


def _named(public_id: str, user_id: int, since: int) -> QuerySet[Any]:
    return asked_of(
        Challenge.objects.filter(public_id=public_id, user_id=user_id, kind=Push.kind), since
    )


def _ending(
    to: End, challenge_id: int, device_id: int, now: datetime, **answer: str
) -> tuple[QuerySet[Any], dict[str, Any]]:
    still_paired = Exists(Factor.objects.filter(pk=device_id, revoked_at=None))
    rows = (
        Challenge.objects.alive()
        .filter(still_paired, pk=challenge_id, expires_at__gt=now)
        .leaving_for(to)
    )
    return rows, {"state": to, "factor_id": device_id, "decided_at": now, **answer}


def _freeing(user_id: int) -> tuple[QuerySet[Any], dict[str, Any]]:
    """In both lanes: somebody holds the phone and looks at it."""
    return Budget.objects.filter(user_id=user_id, kind=Push.kind), budgets.changed(
        unanswered=0, wrong_numbers=0
    )


_ANSWER = {
    "challenge_id": int,
    "device_id": int,
    "now": datetime,
    "strength": str,
    "reason": str,
    "decision_digest": str,
}
_END = {end: PreparedUpdate(partial(_ending, end), **_ANSWER) for end in get_args(End)}
_FREE = PreparedUpdate(_freeing, user_id=int)
_USED = PreparedUpdate(
    lambda pk, now: (Factor.objects.filter(pk=pk), {"last_used_at": now}), pk=int, now=datetime
)
_WAITING = Prepared(_waiting, user_id=int, factor_id=int, now=datetime, since=int)
_NAMED = Prepared(_named, public_id=str, user_id=int, since=int)


def open_questions(user_id: int, factor: FactorView, now: datetime) -> list[PushQuestion]:
    """What waits for this device, the oldest first. One SELECT."""
    waiting = _WAITING(
        user_id=user_id, factor_id=factor.id, now=now, since=budgets.a_day_before(now)
    )
    return [asked for asked in questions_of(waiting) if _able(asked, factor.id, now)]


def question(public_id: str, user_id: int) -> PushQuestion | None:
    """One question of this person, whatever its state; None for anybody else's. One SELECT."""
    found = questions_of(
        _NAMED(public_id=public_id, user_id=user_id, since=budgets.a_day_before(clock.now()))
    )
    return found[0] if found else None


def decide(
    asked: PushQuestion,
    *,
    factor_id: int,
    decision: Literal["approve", "deny"],
    reason: str | None,
    number_right: bool,
    body_digest: str,
) -> Decided:
    """Applies what a device signed, by one conditional UPDATE: the first end wins, a deny also ends
    a yes that nobody has collected.

    "lost": ended before, too late, or not this device's to answer. `body_digest` is kept, so that
    the same body again can get the same result.
    """
    now = clock.now()
    device = _able(asked, factor_id, now)
    to = _end(decision, reason, number_right)
    if device is None or asked.state not in sources(to):
        return "lost"
    answer = {
        "strength": strength_of(device, asked.browser),
        "reason": reason or "",
        "decision_digest": body_digest,
    }
    return to if _moved(asked, device, to, now, **answer) else "lost"


def _able(asked: PushQuestion, factor_id: int, now: datetime) -> FactorView | None:
    """The device, if it may answer this question."""
    device = next((device for device in asked.devices if device.id == factor_id), None)
    terms = {"required": asked.required, "purpose": asked.purpose, "browser": asked.browser}
    return device if device and may_answer(device, asked.devices, now=now, **terms) else None


def _end(decision: str, reason: str | None, number_right: bool) -> End:
    if decision == "approve":
        return "approved" if number_right else "wrong_number"
    return "not_me" if reason == "not_me" else "denied"


@transaction.atomic
def _moved(asked: PushQuestion, device: FactorView, to: End, now: datetime, **answer: str) -> bool:
    """The budget before the challenge, as everywhere (two locks taken in two orders end in a
    deadlock); undone where the move is lost."""
    _count(asked, to, now)
    if not _END[to](challenge_id=asked.id, device_id=device.id, now=now, **answer):
        transaction.set_rollback(True)
        return False
    poll.changed([asked.subject], [asked.user_id])
    if to == "approved":
        _USED(pk=device.id, now=now)
    if to == "not_me":
        notices.not_me(asked, device.label)
    return True


def _count(asked: PushQuestion, to: End, now: datetime) -> None:
    match to:
        case "approved":
            _FREE(user_id=asked.user_id)
        case "wrong_number":
            _refused(asked, limits.wrong_number, now)
        case "not_me":
            _refused(asked, limits.not_me, now)


def _refused(asked: PushQuestion, rule: limits.Refusal, now: datetime) -> None:
    def counted(budget: BudgetState) -> BudgetState:
        return rule(
            budget, lane=asked.lane, elsewhere=asked.facts.elsewhere, now=int(now.timestamp())
        )

    changed = budgets.change(asked.facts.budget, counted)
    if changed is not None:
        notices.switched_off(asked.user_id, Push.kind, *changed)
