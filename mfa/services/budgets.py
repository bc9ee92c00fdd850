"""Where a person stands: factors, what was used of the limits, and what is open. One SELECT."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Count, F, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from mfa import registry
from mfa.limits import DAY, RECOVERY, BudgetState, Send
from mfa.models import Budget, Challenge, RecoveryCode
from mfa.models.budget import STATE_COLUMNS, columns_of, state_from
from mfa.results import FACTOR_COLUMNS, BudgetRow, FactorView
from mfaproject.lib import clock
from mfaproject.lib.prepared import Prepared, insert


@dataclass(frozen=True, slots=True)
class Standing:
    """`open_here`: questions of this journey that wait, `open_all`: of the person in this lane.

    `tried`: the most tries that any code of this journey had, of those that are not too old yet.
    `open_until`: when the first of those of other journeys ends. Prompts of recoveries are none of
    them. `codes_left`: recovery codes that were not used yet. `not_me_until`: for so long "It was
    not me" holds in any lane, in Unix seconds.
    """

    user_id: int
    email: str
    factors: tuple[FactorView, ...]
    budget_rows: Mapping[str, BudgetRow]
    open_here: int = 0
    open_all: int = 0
    tried: int = 0
    codes_left: int = 0
    not_me_until: int = 0
    open_until: datetime | None = None

    def of(self, kind: str) -> tuple[FactorView, ...]:
        """Live factors of one kind, the oldest first."""
        return tuple(factor for factor in self.factors if factor.kind == kind)

    def budget(self, kind: str) -> BudgetState:
        """What was used of a kind; nothing where it never was."""
        return self.budget_rows[kind].state if kind in self.budget_rows else BudgetState()

    @property
    def budgets(self) -> list[BudgetState]:
        return [budget.state for budget in self.budget_rows.values()]

    @property
    def mailbox(self) -> str:
        """Where codes go: the enrolled address, or the account's own, which may
        answer from the first login on."""
        return self.address(registry.mailbox().kind) or self.email

    def address(self, kind: str) -> str:
        """The newest address of a kind that was proved; "" where there is none."""
        return next(
            (factor.label for factor in reversed(self.of(kind)) if factor.confirmed_at is not None),
            "",
        )


_COUNTS = ("open_here", "open_all", "tried", "codes_left", "not_me_until", "open_until")


@dataclass(slots=True)
class _Found:
    factors: dict[int, FactorView] = field(default_factory=dict)
    budget_rows: dict[str, BudgetRow] = field(default_factory=dict)


def read(user_id: int, lane: str, *, kind: str = "", journey: str = "") -> Standing | None:
    """The person's standing in a lane, for one kind and journey where given; None for nobody."""
    rows = _ROWS(user_id=user_id, lane=lane, kind=kind, journey=journey, now=clock.now())
    found = _Found()
    for row in rows:
        if row["live__id"] is not None:
            found.factors[row["live__id"]] = FactorView(
                *(row[f"live__{name}"] for name in FACTOR_COLUMNS)
            )
        if row["budget__id"] is not None:
            found.budget_rows[row["budget__kind"]] = BudgetRow(
                row["budget__id"],
                row["budget__version"],
                state_from({name: row[f"budget__{name}"] for name in STATE_COLUMNS}),
            )
    if not rows:
        return None
    first = rows[0]
    factors = tuple(found.factors[pk] for pk in sorted(found.factors))
    counts = (first[name] for name in _COUNTS)
    return Standing(user_id, first["email"], factors, found.budget_rows, *counts)


def _rows(
    user_id: int, lane: str, kind: str, journey: str, now: datetime
) -> QuerySet[Any, dict[str, Any]]:
    columns = [f"live__{name}" for name in FACTOR_COLUMNS] + [
        f"budget__{name}" for name in ("id", "kind", "version", *STATE_COLUMNS)
    ]
    waiting = Challenge.objects.filter(
        user=OuterRef("pk"), kind=kind, state="pending", expires_at__gt=now
    )
    here = Challenge.objects.filter(
        user=OuterRef("pk"), kind=kind, subject=journey, expires_at__gt=now
    )
    usual = waiting.filter(lane=lane).exclude(purpose=RECOVERY)
    refused = Budget.objects.filter(user=OuterRef("pk"), off="not_me")
    people: QuerySet[Any, dict[str, Any]] = (
        get_user_model()
        .objects.filter(pk=user_id)
        .annotate(
            live=FilteredRelation("mfa_factors", condition=Q(mfa_factors__revoked_at=None)),
            budget=FilteredRelation("mfa_budgets", condition=Q(mfa_budgets__lane=lane)),
            open_here=_one(waiting.filter(subject=journey), Count("*")),
            open_all=_one(usual, Count("*")),
            open_until=Subquery(
                usual.exclude(subject=journey).order_by("expires_at").values("expires_at")[:1]
            ),
            not_me_until=_one(refused, Max("off_until")),
            tried=_one(here, Max("attempts")),
            codes_left=_one(RecoveryCode.objects.filter(user=OuterRef("pk")), Count("*")),
        )
        .values("email", *_COUNTS, *columns)
    )
    return people


_ROWS = Prepared(_rows, user_id=int, lane=str, kind=str, journey=str, now=datetime)


def _one(rows: QuerySet[Any], what: Count | Max) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("user").annotate(n=what).values("n")), 0)


def approved(user_id: int, kind: str, sends: Iterable[Send]) -> set[Send]:
    """Which of these prompts the person approved. One SELECT."""
    rows = Challenge.objects.filter(
        user_id=user_id,
        kind=kind,
        state__in=("approved", "spent"),
        subject__in={journey for _, journey in sends},
    )
    return {
        (int(at.timestamp()), journey) for at, journey in rows.values_list("created_at", "subject")
    }


def a_day_before(now: datetime) -> int:
    """What `failed_elsewhere` wants to know, in Unix seconds."""
    return int(now.timestamp()) - DAY


def failed_elsewhere(since: int) -> Coalesce:
    """For a query of challenges: the failures since then of the person's other
    factors in the same lane."""
    today = Budget.objects.filter(
        user=OuterRef("user"), lane=OuterRef("lane"), failures_since__gt=since
    )
    others = (
        today.exclude(kind=OuterRef("kind"))
        .order_by()
        .values("user")
        .annotate(n=Sum("failures"))
        .values("n")
    )
    return Coalesce(Subquery(others), 0)


def charged(rows: QuerySet[Challenge], since: int) -> QuerySet[Any]:
    """Adds to challenges the budget that answers are charged to, the factor, and `elsewhere`:
    failures of other factors in the same lane since then."""
    return rows.select_related("budget", "factor").annotate(elsewhere=failed_elsewhere(since))


def claim(standing: Standing, kind: str, lane: str, after: BudgetState) -> int | None:
    """Writes the budget if nobody wrote another meanwhile; gives the row's id, None for a lost
    race: read again and decide anew."""
    budget = standing.budget_rows.get(kind)
    if budget is not None:
        return budget.pk if write(budget, after) else None
    try:
        with transaction.atomic():
            row = Budget(user_id=standing.user_id, kind=kind, lane=lane, **columns_of(after))
            insert(row)
            return row.pk
    except IntegrityError:
        return None


def write(budget: BudgetRow, after: BudgetState) -> bool:
    """Compare and set."""
    return (
        Budget.objects.filter(pk=budget.pk, version=budget.version).update(
            **columns_of(after), version=budget.version + 1
        )
        == 1
    )


def change(
    budget: BudgetRow, rule: Callable[[BudgetState], BudgetState | None]
) -> tuple[BudgetState, BudgetState] | None:
    """Applies a rule to the row as it is now, however many change it at once. Gives the budget
    before and after; None where the rule refuses."""
    while (after := rule(budget.state)) is not None:
        if write(budget, after):
            return budget.state, after
        budget = budget_row(Budget.objects.get(pk=budget.pk))
    return None


def changed(**columns: Any) -> dict[str, Any]:
    """Columns to set in several rows at once, in a way that a compare-and-set running beside it
    notices and reads again."""
    return {**columns, "version": F("version") + 1}


def budget_row(row: Budget) -> BudgetRow:
    """A row as it was read."""
    return BudgetRow(row.pk, row.version, row.state)
