"""Thresholds with a name and a version."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from risk.policy.drafts import BUILT_IN, LONGEST_NAME, LONGEST_NOTE


class RiskPolicy(models.Model):
    """A version never changes once it is no draft: what the ledger says of it stays true.

    The name "default" is for everybody; each other one is for its groups, and for nobody once those
    are gone. Moved by `risk.services.policies` alone, along `TRANSITIONS`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SHADOW = "shadow", _("In shadow")
        ACTIVE = "active", _("Decides")
        RETIRED = "retired", _("Retired")

    name = models.CharField(
        _("name"),
        max_length=LONGEST_NAME,
        help_text=_("“default” is for everybody; each other name is for groups."),
    )
    version = models.PositiveIntegerField(_("version"), editable=False)
    challenge = models.SmallIntegerField(
        _("asks from"),
        help_text=_("Points, 1 to 99. Below, the password is enough for a known browser."),
    )
    strict = models.SmallIntegerField(
        _("asks for a strong factor from"),
        help_text=_("Points, above the first mark, 100 at most."),
    )
    groups = models.ManyToManyField(
        "auth.Group", blank=True, related_name="+", verbose_name=_("groups")
    )
    note = models.TextField(
        _("note"),
        max_length=LONGEST_NOTE,
        blank=True,
        help_text=_("Why it is so. For other admins."),
    )
    state = models.CharField(
        _("state"), max_length=7, choices=State, default=State.DRAFT, editable=False
    )
    created_at = models.DateTimeField(_("written"), editable=False)
    created_by = models.CharField(_("by"), max_length=150, blank=True, editable=False)
    shadow_at = models.DateTimeField(_("in shadow since"), null=True, editable=False)
    activated_at = models.DateTimeField(_("decides since"), null=True, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(state="active"), name="policy_one_active"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(state="shadow"), name="policy_one_in_shadow"
            ),
            models.CheckConstraint(
                condition=Q(challenge__gt=0, challenge__lt=F("strict"), strict__lte=100),
                name="policy_thresholds",
            ),
            models.CheckConstraint(condition=~Q(name=BUILT_IN), name="policy_name_free"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def since(self) -> datetime:
        """When it came into the state that it is in."""
        return {
            "shadow": self.shadow_at,
            "active": self.activated_at,
            "retired": self.retired_at,
        }.get(self.state) or self.created_at


State = RiskPolicy.State

TRANSITIONS: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SHADOW, State.ACTIVE}),
    State.SHADOW: frozenset({State.ACTIVE, State.RETIRED}),
    State.ACTIVE: frozenset({State.RETIRED}),
}


def sources(state: str) -> tuple[str, ...]:
    """The states from which a policy may come to this one; none for an unknown word."""
    return tuple(sorted(before for before, after in TRANSITIONS.items() if state in after))
