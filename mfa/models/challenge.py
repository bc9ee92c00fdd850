"""One question put to one person."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mfa import registry
from mfa.challenge_state import STATES, State, sources
from mfa.models.factor import Factor
from mfaproject.lib import clock, tokens


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    """Every move is one conditional UPDATE; the row count decides who won.

    Conditions on other tables are EXISTS and never joins: Django would put a join, and the state
    with it, into a subquery, which PostgreSQL does not look at again after waiting for a row lock.
    Two at once would both win.
    """

    def alive(self) -> "ChallengeQuerySet":
        """Of a person who is active and whose epoch has not been renewed since."""
        people = get_user_model().objects.filter(
            pk=OuterRef("user_id"), auth_epoch=OuterRef("epoch"), is_active=True
        )
        return self.filter(Exists(people))

    def of_live_factor(self) -> "ChallengeQuerySet":
        """Answered by a factor that has not been removed meanwhile, or by none that is enrolled."""
        return self.filter(
            Q(factor=None)
            | Exists(Factor.objects.filter(pk=OuterRef("factor_id"), revoked_at=None))
        )

    def leaving_for(self, to: State) -> "ChallengeQuerySet":
        """Those that may go there from where they are."""
        return self.filter(state__in=sources(to))

    def move(self, to: State, **changes: Any) -> int:
        """Moves those of these rows that may go there; gives how many went."""
        return self.leaving_for(to).update(state=to, **changes)


class Challenge(models.Model):
    """`nonce` and `context` are what a phone signs over; `code_mac` is what is kept of a code. A
    number to type is derived, never stored."""

    public_id = models.CharField(max_length=22, unique=True, default=tokens.new_id, editable=False)
    nonce = models.CharField(max_length=43, default=tokens.new_token, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=registry.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mfa_challenges"
    )
    subject = models.CharField(max_length=80, db_index=True, help_text=_("the journey that asks"))
    epoch = models.BigIntegerField(editable=False)
    lane = models.CharField(_("lane"), max_length=5)
    purpose = models.CharField(_("purpose"), max_length=8)
    required = models.CharField(_("required"), max_length=6)
    state = models.CharField(
        _("state"), max_length=12, default="pending", choices=[(state, state) for state in STATES]
    )
    created_at = models.DateTimeField(_("asked"), default=clock.now)
    expires_at = models.DateTimeField(_("until"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    code_mac = models.CharField(max_length=60, blank=True, editable=False)
    digits = models.PositiveSmallIntegerField(default=6)
    context = models.TextField(blank=True, help_text=_("canonical JSON as shown to the person"))
    browser = models.CharField(max_length=22, blank=True)
    ledger_id = models.BigIntegerField(_("row of the ledger"), null=True, blank=True)
    budget = models.ForeignKey("mfa.Budget", on_delete=models.CASCADE, related_name="+")
    factor = models.ForeignKey(
        Factor, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    strength = models.CharField(_("strength"), max_length=6, blank=True)
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True)
    decision_digest = models.CharField(max_length=43, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=12, blank=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        indexes = [
            models.Index(fields=["user", "kind", "state"], name="challenge_inbox"),
            models.Index(
                fields=["expires_at"],
                name="challenge_pending_end",
                condition=models.Q(state="pending"),
            ),
            models.Index(fields=["created_at"], name="challenge_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
