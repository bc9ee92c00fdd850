"""What a person has used up of the limits."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mfa.limits import BudgetState, Off


class Budget(models.Model):
    """One person, one kind of factor, one lane. Changed by compare-and-set on `version`; what the
    numbers mean stands in mfa/limits.py."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mfa_budgets"
    )
    kind = models.CharField(max_length=8)
    lane = models.CharField(max_length=5)
    sends = models.JSONField(default=list)
    recoveries = models.JSONField(default=list)
    unanswered = models.PositiveIntegerField(default=0)
    wrong_numbers = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failures_since = models.BigIntegerField(default=0, help_text=_("seconds since 1970"))
    in_a_row = models.PositiveIntegerField(default=0)
    off = models.CharField(max_length=12, blank=True)
    off_until = models.BigIntegerField(
        default=0, help_text=_("seconds since 1970; 0: until enrolled anew")
    )
    only_strong = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "lane"], name="budget_one_per_lane")
        ]

    @property
    def state(self) -> BudgetState:
        """The row as the rules take it."""
        return state_from({name: getattr(self, name) for name in STATE_COLUMNS})


STATE_COLUMNS = tuple(asdict(BudgetState()))


def state_from(columns: dict[str, Any]) -> BudgetState:
    """Column values → `BudgetState`; JSON has no tuples."""
    off: Off = columns["off"]
    sends = {
        name: tuple((int(at), str(journey)) for at, journey in columns[name])
        for name in ("sends", "recoveries")
    }
    return BudgetState(**columns | {"off": off} | sends)


def columns_of(budget: BudgetState) -> dict[str, Any]:
    """`BudgetState` → column values."""
    return {name: getattr(budget, name) for name in STATE_COLUMNS}
