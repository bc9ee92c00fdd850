"""Browsers in which somebody gave a second factor before."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

UNUSED_LIFE = timedelta(days=180)
"""A browser that nobody used for so long is forgotten, like the counts."""


class KnownBrowserQuerySet(models.QuerySet["KnownBrowser"]):
    """`live` rows are the accounts that know a browser."""

    def live(self) -> "KnownBrowserQuerySet":
        return self.filter(revoked_at=None)


class KnownBrowser(models.Model):
    """One row per browser (`selector`) and account. The rows of a browser share the value of its
    cookie; the one rotated last is right."""

    class Why(models.TextChoices):
        ENDED = "ended", _("ended")
        COPIED = "copied", _("its cookie was copied")

    selector = models.CharField(max_length=22, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("who")
    )
    validator_digest = models.CharField(max_length=43, editable=False)
    previous_digest = models.CharField(max_length=43, blank=True, editable=False)
    rotated_at = models.DateTimeField(editable=False)
    agent = models.CharField(
        max_length=130,
        blank=True,
        editable=False,
        help_text=_("what the browser said it is: kind, system, main version"),
    )
    browser = models.CharField(_("browser"), max_length=60, blank=True)
    system = models.CharField(_("system"), max_length=60, blank=True)
    first_seen = models.DateTimeField(_("first seen"))
    last_used = models.DateTimeField(_("last used"))
    last_log = models.ForeignKey(
        "risk.LoginLog",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("last sign-in"),
    )
    added_by = models.CharField(
        max_length=43,
        blank=True,
        editable=False,
        help_text=_("public id of the session that made it known"),
    )
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)
    revoked_why = models.CharField(_("why"), max_length=6, choices=Why, blank=True)

    objects = KnownBrowserQuerySet.as_manager()

    class Meta:
        verbose_name = _("known browser")
        verbose_name_plural = _("known browsers")
        ordering = ["-id"]
        permissions = [("end_knownbrowser", "Can end known browsers")]
        constraints = [
            models.UniqueConstraint(fields=["selector", "user"], name="known_browser_once_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.browser or '-'}"
