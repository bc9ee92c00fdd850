"""The ledger of logins."""

from collections.abc import Callable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from risk.login import outcomes


def proofs() -> list[tuple[str, str | Promise]]:
    """What can prove a sign-in: the password alone, and each kind of factor, in the words of
    whoever `settings.LEDGER_FACTORS` names."""
    words: Callable[[], list[tuple[str, str | Promise]]] = import_string(settings.LEDGER_FACTORS)
    return [("password", _("Password alone")), *words()]


class LoginLogQuerySet(models.QuerySet["LoginLog"]):
    """Every later change of a row is one conditional UPDATE of these."""

    def leaving_for(self, outcome: str) -> "LoginLogQuerySet":
        return self.filter(outcome__in=outcomes.sources(outcome))


class LoginLog(models.Model):
    """One row per attempt. What was seen and decided is written once; `outcome`, `factor`,
    `detail`, `ended_at` and `learned` move forward.

    The address is sealed for its row and opened for reading only; retention cuts it to `network`
    and forgets its digests. `name_digest` is the typed name of somebody who does not exist.
    `network_kinds` are words such as "hosting vpn". `learned` says what the login taught the
    counts, so that it can be taken back. `evidence` is what the verdict was made from: {"inputs":
    the model's numbers, "facts": what the rules asked}, and where more is asked for "places": the
    digests that the account names if the second factor fails (see
    `risk.history.failure_reputation`). `opinions` are those of models and policies that decide
    nothing.
    """

    class Door(models.TextChoices):
        FORM = "form", _("form")
        API = "api", _("API")

    class Level(models.TextChoices):
        LOW = "low", _("Usual")
        MEDIUM = "medium", _("Careful")
        HIGH = "high", _("Alarming")

    class Decision(models.TextChoices):
        ALLOW = "allow", _("Password enough")
        STEP_UP = "step_up", _("More proof")
        BLOCK = "block", _("Refused")

    class Required(models.TextChoices):
        NONE = "none", _("nothing more")
        WEAK = "weak", _("any second factor")
        STRONG = "strong", _("a strong factor")

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Waiting")
        ADMITTED = "admitted", _("Signed in")
        WRONG_PASSWORD = "wrong_password", _("Wrong password")
        UNKNOWN_USER = "unknown_user", _("Unknown name")
        INACTIVE = "inactive", _("Account is closed")
        THROTTLED = "throttled", _("Not heard: too many tries")
        BLOCKED = "blocked", _("Refused")
        DENIED = "denied", _("Denied")
        NOT_ME = "not_me", _("“It was not me”")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        EXPIRED = "expired", _("Nobody answered")
        CANCELLED = "cancelled", _("Cancelled")
        SUPERSEDED = "superseded", _("Replaced by a newer one")
        LOCKED = "locked", _("Too many wrong codes")
        FAILED = "failed", _("Second factor failed")
        DISAVOWED = "disavowed", _("Undone: “this was not me”")
        ENROLMENT = "enrolment", _("Enrolment link used")
        PASSWORD_RESET = "password_reset", _("Password reset")
        ADMIN_ACT = "admin_act", _("Act of an admin")
        FACTOR_CHANGED = "factor_changed", _("Second factor added or removed")

    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        verbose_name=_("who"),
    )
    name_digest = models.CharField(max_length=31, blank=True, editable=False)
    door = models.CharField(_("door"), max_length=4, choices=Door)
    request_id = models.CharField(_("request id"), max_length=22, db_index=True)

    sealed_ip = models.TextField(blank=True, editable=False)
    network = models.CharField(_("network"), max_length=43, blank=True)
    ip_digest = models.CharField(max_length=31, blank=True, editable=False)
    source_digest = models.CharField(max_length=31, blank=True, editable=False)
    subnet_digest = models.CharField(max_length=31, blank=True, editable=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    asn = models.BigIntegerField(default=0, editable=False)
    as_name = models.CharField(_("provider"), max_length=80, blank=True)
    network_kinds = models.CharField(max_length=24, blank=True, editable=False)

    user_agent = models.CharField(_("user agent"), max_length=400, blank=True)
    agent_digest = models.CharField(max_length=22, blank=True, editable=False)
    browser = models.CharField(_("browser"), max_length=60, blank=True)
    version = models.CharField(_("version"), max_length=60, blank=True)
    system = models.CharField(_("system"), max_length=60, blank=True)
    known_browser = models.BooleanField(_("known browser"), default=False)
    browser_digest = models.CharField(max_length=43, blank=True, editable=False)

    score = models.SmallIntegerField(_("score"), null=True, blank=True)
    level = models.CharField(_("level"), max_length=6, choices=Level, blank=True)
    findings = models.JSONField(_("reasons"), default=list, blank=True)
    decision = models.CharField(_("decision"), max_length=7, choices=Decision, blank=True)
    required = models.CharField(_("required"), max_length=6, choices=Required, blank=True)
    model = models.CharField(_("model"), max_length=40, blank=True)
    model_version = models.CharField(max_length=40, blank=True)
    policy = models.CharField(_("policy"), max_length=40, blank=True)
    policy_version = models.PositiveIntegerField(null=True, blank=True)
    challenge = models.SmallIntegerField(null=True, blank=True)
    strict = models.SmallIntegerField(null=True, blank=True)
    evidence = models.JSONField(null=True, blank=True, editable=False)
    opinions = models.JSONField(default=list, blank=True, editable=False)

    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome)
    factor = models.CharField(_("proof"), max_length=16, choices=proofs, blank=True)
    detail = models.CharField(_("detail"), max_length=120, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    learned = models.JSONField(null=True, blank=True, editable=False)

    objects = LoginLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-id"]
        indexes = [
            # "what happened lately at this …": the newest few, whatever the size of the ledger
            models.Index(fields=["user", "at"], name="login_user_at"),
            models.Index(fields=["source_digest", "at"], name="login_source_at"),
            models.Index(fields=["subnet_digest", "at"], name="login_subnet_at"),
            models.Index(fields=["agent_digest", "at"], name="login_agent_at"),
            models.Index(fields=["ip_digest"], name="login_ip"),
            # the newest sign-ins that were judged, however many failed before anybody judged them
            models.Index(fields=["-id"], name="login_judged", condition=Q(score__isnull=False)),
            # retention finds its next rows without reading those that it has done
            models.Index(fields=["at"], name="login_address_due", condition=~Q(sealed_ip="")),
        ]

    def __str__(self) -> str:
        return f"{self.user or '-'}, {self.at:%Y-%m-%d %H:%M}"
