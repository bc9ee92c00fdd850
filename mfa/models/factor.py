"""Something enrolled that can prove a person."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mfa import registry
from mfa.models.recovery_code import RecoveryCode
from mfa.results import FACTOR_COLUMNS, FactorView
from mfaproject.lib import clock


class FactorQuerySet(models.QuerySet["Factor"]):
    """What counts, and conditional UPDATEs on what is known of devices."""

    def counting(self) -> "FactorQuerySet":
        """Confirmed and not removed. A set of recovery codes counts while one of them is left."""
        left = models.Exists(RecoveryCode.objects.filter(user=models.OuterRef("user")))
        return self.filter(
            models.Q(left) | ~models.Q(kind__in=registry.kinds(lambda factor: factor.uses_codes)),
            revoked_at=None,
            confirmed_at__isnull=False,
        )

    def lost(self, at: datetime) -> int:
        """These can no longer be woken; one that was lost before stays so since then."""
        return self.filter(unreachable_since=None).update(unreachable_since=at)

    def found(self) -> int:
        """These have answered a wake-up."""
        return self.exclude(unreachable_since=None).update(unreachable_since=None)


class Factor(models.Model):
    """Live until `revoked_at`; counts from `confirmed_at` on.

    `secret` is sealed and names this row; `last_step` is the newest step of time that was used: a
    code of it or of an older one is worth nothing.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mfa_factors"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=registry.choices)
    label = models.CharField(_("name or address"), max_length=254)
    tied_browser = models.CharField(
        max_length=22,
        blank=True,
        help_text=_("selector of the browser that is its own authenticator"),
    )
    added_by = models.CharField(
        _("added by"),
        max_length=22,
        blank=True,
        help_text=_("public id of the session that added it"),
    )
    added_at = models.DateTimeField(_("added"), default=clock.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("removed"), null=True, blank=True)
    unreachable_since = models.DateTimeField(_("not reachable since"), null=True, blank=True)

    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    secret = models.TextField(blank=True, editable=False)
    last_step = models.BigIntegerField(default=0, editable=False)

    objects = FactorQuerySet.as_manager()

    class Meta:
        verbose_name = _("factor")
        verbose_name_plural = _("factors")
        indexes = [
            models.Index(
                fields=["user", "kind"], name="factor_live", condition=models.Q(revoked_at=None)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(
                    revoked_at=None,
                    confirmed_at__isnull=False,
                    # a table of the database: a kind added since keeps to one by its enrolment
                    kind__in=("totp", "recovery", "sms"),
                ),
                name="factor_one_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.label}"

    def view(self) -> FactorView:
        """This row as other apps may see it."""
        return FactorView(*(getattr(self, name) for name in FACTOR_COLUMNS))
