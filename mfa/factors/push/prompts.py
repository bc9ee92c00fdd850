"""Prompts as they are read: with what a decision about them needs, in the same SELECT, because a
join costs less than a statement.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from mfa.factors.push.factor import Push
from mfa.models import Challenge, OutboxMessage
from mfa.results import FACTOR_COLUMNS, DecisionFacts, FactorView, PushQuestion
from mfa.services.budgets import budget_row, charged
from mfa.services.notices import person

_PUSH = Push()


def asked_of(rows: QuerySet[Challenge], since: int) -> QuerySet[Any]:
    """Adds the live devices of the person, the oldest first: a challenge comes
    once for each, or once alone."""
    live = Q(user__mfa_factors__kind=Push.kind, user__mfa_factors__revoked_at=None)
    columns = {f"device_{name}": F(f"device__{name}") for name in FACTOR_COLUMNS}
    rows = charged(rows, since).select_related("user", "budget", "factor")
    return (
        rows.annotate(device=FilteredRelation("user__mfa_factors", condition=live))
        .annotate(**columns)
        .order_by("pk", F("device_id"))
    )


def fetched_by(rows: QuerySet[Challenge], factor_id: int) -> QuerySet[Any]:
    """Adds `seen`: false while it is still to be noted that this device has
    fetched the question."""
    return rows.annotate(
        seen=~Exists(
            OutboxMessage.objects.filter(
                challenge=OuterRef("pk"), factor_id=factor_id, seen_at=None
            )
        )
    )


def devices_of(rows: Iterable[Any]) -> tuple[FactorView, ...]:
    """The devices that came with the rows of one challenge."""
    values = [[getattr(row, f"device_{name}") for name in FACTOR_COLUMNS] for row in rows]
    return tuple(FactorView(*value) for value in values if value[0] is not None)


def questions_of(rows: Iterable[Any]) -> list[PushQuestion]:
    """Rows of `asked_of` → questions, each with the devices that came with it."""
    return [_question(list(same)) for _, same in groupby(rows, key=lambda row: row.pk)]


def _question(rows: list[Any]) -> PushQuestion:
    row = rows[0]
    return PushQuestion(
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
        number=_PUSH.number_of(row),
        facts=DecisionFacts(budget_row(row.budget), row.elsewhere, person(row.user)),
        seen=getattr(row, "seen", True),
    )
