"""A way back in for who has lost everything else."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mfaproject.lib import clock


class RecoveryCode(models.Model):
    """One unused code of 80 bits. The row is the right to use it: spending is a counted DELETE, so
    nobody can spend it twice."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mfa_recovery_codes"
    )
    mac = models.CharField(max_length=60, editable=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["user", "mac"], name="recovery_code_once")]
