"""Where somebody is signed in: browsers now, API tokens by the same mechanism."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mfaproject.lib import clock, tokens


class Session(models.Model):
    """One signed-in browser or API token. The row is its life: ended, late, or of another epoch
    than the person's, and nobody is signed in.

    Ended rows stay for a while: a disavow follows `added_by` and `factor_id` from row to row, to
    the end of what a thief added.
    """

    class Kind(models.TextChoices):
        BROWSER = "browser", _("browser")
        TOKEN = "token", _("API token")

    class Proof(models.TextChoices):
        ENROL = "enrol", _("enrolment link")
        PASSWORD = "password", _("password")
        WEAK = "weak", _("code by e-mail or text")
        STRONG = "strong", _("strong factor")

    public_id = models.CharField(max_length=22, unique=True, default=tokens.new_id, editable=False)
    key_digest = models.CharField(max_length=43, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.BROWSER)
    name = models.CharField(max_length=80, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions"
    )
    epoch = models.BigIntegerField()
    proof = models.CharField(max_length=8, choices=Proof)
    proven_at = models.DateTimeField()
    proof_stale = models.BooleanField(
        default=False,
        help_text=_(
            "a factor was changed elsewhere since: prove it again before changing anything"
        ),
    )
    factor = models.CharField(max_length=16, blank=True)
    factor_id = models.BigIntegerField(
        null=True, blank=True, help_text=_("the mfa factor that proved it: a disavow follows it")
    )
    browser = models.CharField(max_length=22, blank=True)
    ledger = models.ForeignKey(
        "risk.LoginLog", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_by = models.CharField(
        max_length=22, blank=True, help_text=_("the session that made this one")
    )
    created_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return self.public_id
