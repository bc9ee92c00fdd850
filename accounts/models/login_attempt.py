"""One journey from a right password (or a mailed link) to a session."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import journey
from accounts.models.user import still_hers
from mfaproject.lib import clock


class AttemptQuerySet(models.QuerySet["LoginAttempt"]):
    """Every move of an attempt is one conditional UPDATE of these; the row count decides."""

    def alive(self, now: datetime | None = None) -> "AttemptQuerySet":
        """Live, in time, and of a person who is active and whose epoch has not
        been renewed since."""
        return self.filter(still_hers(), state__in=journey.LIVE, expires_at__gt=now or clock.now())

    def unrefused(self, noes: tuple[str, ...]) -> "AttemptQuerySet":
        """Without a push question that was answered with one of these."""
        return self.filter(
            ~models.Exists(
                LoginAttempt.objects.filter(pk=models.OuterRef("pk"), push__state__in=noes)
            )
        )

    def leaving_for(self, state: str) -> "AttemptQuerySet":
        return self.filter(state__in=journey.sources(state))


class LoginAttempt(models.Model):
    """Short-lived. `reference` and `binding` are kept as digests; `epoch` is
    the person's at the beginning."""

    class Door(models.TextChoices):
        FORM = "form", _("form")
        API = "api", _("API")

    reference_digest = models.CharField(max_length=43, unique=True, editable=False)
    binding_digest = models.CharField(max_length=43, editable=False)
    door = models.CharField(max_length=4, choices=Door, default=Door.FORM)
    purpose = models.CharField(max_length=8)
    state = models.CharField(
        max_length=12, default=journey.STEP_UP, choices=[(state, state) for state in journey.STATES]
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attempts"
    )
    epoch = models.BigIntegerField()
    lane = models.CharField(max_length=5)
    required = models.CharField(max_length=6)
    browser = models.CharField(max_length=22, blank=True)
    source = models.CharField(
        max_length=60, help_text=_("keyed digest of the network, for the limit per address")
    )
    agent = models.CharField(
        max_length=60, blank=True, help_text=_("keyed digest of what the program said it is")
    )
    session = models.ForeignKey(
        "accounts.Session", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    ledger = models.ForeignKey(
        "risk.LoginLog", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    push = models.ForeignKey(
        "mfa.Challenge", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    code = models.ForeignKey(
        "mfa.Challenge", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proof = models.ForeignKey(
        "mfa.Challenge",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("the answer that the private key stands for"),
    )
    factor = models.CharField(max_length=16, blank=True)
    factor_label = models.CharField(max_length=80, blank=True)
    strength = models.CharField(max_length=6, blank=True)
    private_key_digest = models.CharField(max_length=43, blank=True, editable=False)
    private_key_until = models.DateTimeField(null=True, blank=True)
    client_challenge = models.CharField(max_length=43, blank=True, editable=False)
    next_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("login attempt")
        verbose_name_plural = _("login attempts")
        indexes = [
            models.Index(fields=["user", "lane", "state"], name="attempt_user_lane"),
            models.Index(fields=["source", "state"], name="attempt_source"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
