"""Single-use links that travel by mail or over the terminal."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mfaproject.lib import clock


class Link(models.Model):
    """Kept as a digest of purpose and token. `epoch` is empty for disavow and undo links: they must
    outlive a thief's password change.

    `address`: what an undo link puts back. `session`: the one that signed in, or that changed the
    address.
    """

    class Purpose(models.TextChoices):
        RESET = "reset", _("new password")
        ENROL = "enrol", _("enrolment")
        DISAVOW = "disavow", _("disavow")
        UNDO = "undo", _("old address")

    token_digest = models.CharField(max_length=43, unique=True, editable=False)
    purpose = models.CharField(max_length=8, choices=Purpose)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    epoch = models.BigIntegerField(null=True, blank=True)
    attempt = models.ForeignKey(
        "accounts.LoginAttempt", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    session = models.CharField(max_length=22, blank=True)
    address = models.EmailField(blank=True)
    ledger = models.ForeignKey(
        "risk.LoginLog", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
