"""Challenges as they are read: with what a decision about them needs, in the same SELECT, because a join costs less than a statement."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from mfa.factors.push import number_of
from mfa.models import Challenge
from mfa.results import FactorView, Held, Question
from mfa.services.notices import person
from mfa.services.standing import failed_elsewhere, purse_of
from mfaproject.lib import clock

_DEVICE = ("id", "user_id", "kind", "label", "tied_browser", "added_by", "added_at", "confirmed_at")


def charged(rows: QuerySet[Challenge]) -> QuerySet[Any]:
    """Adds the budget that answers are charged to, the factor, and `elsewhere`: today's failures of other factors in the same lane."""
    return rows.select_related("budget", "factor").annotate(elsewhere=failed_elsewhere(clock.now()))


def asked_of(rows: QuerySet[Challenge]) -> QuerySet[Any]:
    """Adds the live devices of the person, the oldest first: a challenge comes once for each, or once alone."""
    live = Q(user__mfa_factors__kind="push", user__mfa_factors__revoked_at=None)
    columns = {f"device_{name}": F(f"device__{name}") for name in _DEVICE}
    rows = charged(rows).select_related("user", "budget", "factor")
    return rows.annotate(device=FilteredRelation("user__mfa_factors", condition=live)).annotate(**columns).order_by("pk", F("device_id"))


def devices_of(rows: Iterable[Any]) -> tuple[FactorView, ...]:
    """The devices that came with the rows of one challenge."""
    values = [[getattr(row, f"device_{name}") for name in _DEVICE] for row in rows]
    return tuple(FactorView(*value) for value in values if value[0] is not None)


def questions_of(rows: Iterable[Any]) -> list[Question]:
    """Rows of `asked_of` → questions, each with the devices that came with it."""
    return [_question(list(same)) for _, same in groupby(rows, key=lambda row: row.pk)]


def _question(rows: list[Any]) -> Question:
    row = rows[0]
    return Question(
        id=row.pk,
        public_id=row.public_id,
        nonce=row.nonce,
        user_id=row.user_id,
        subject=row.subject,
        purpose=row.purpose,
        required=row.required,
        lane=row.lane,
        browser=row.browser,
        state=row.state,
        context=row.context,
        digits=row.digits,
        created_at=row.created_at,
        expires_at=row.expires_at,
        reason=row.reason,
        decision_digest=row.decision_digest,
        ledger_id=row.ledger_id,
        devices=devices_of(rows),
        number=number_of(row),
        held=Held(purse_of(row.budget), row.elsewhere, person(row.user)),
    )
