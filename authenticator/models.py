"""A browser that can answer, how to wake it, and the token that makes it one."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from authenticator.shapes import LONGEST_NAME
from authenticator.signing import PublicKey
from mfaproject.lib import clock, tokens


class Device(models.Model):
    """An installed authenticator. To mfa it is only a factor; it counts from `confirmed_at` on and
    never again after `revoked_at`."""

    public_id = models.CharField(max_length=22, unique=True, default=tokens.new_id, editable=False)
    factor = models.OneToOneField("mfa.Factor", on_delete=models.CASCADE, related_name="device")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices"
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    x = models.CharField(max_length=43, editable=False)
    y = models.CharField(max_length=43, editable=False)
    thumbprint = models.CharField(max_length=43, editable=False)
    browser_label = models.CharField(_("browser"), max_length=100, blank=True)
    place = models.CharField(_("paired from"), max_length=100, blank=True)
    paired_at = models.DateTimeField(_("paired"), default=clock.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    last_answer_at = models.DateTimeField(_("last answer"), null=True, blank=True)
    added_by = models.CharField(
        _("added by"),
        max_length=22,
        blank=True,
        help_text=_("public id of the session that added it"),
    )

    class Meta:
        verbose_name = _("authenticator")
        verbose_name_plural = _("authenticators")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> PublicKey:
        return PublicKey(self.x, self.y)


class PushSubscription(models.Model):
    """How to wake a device. `sealed` opens to its subscription text; what went wrong with it never
    touches the device's key.

    It is somebody's word until `proven_at`: only a device that has echoed a value pushed through it
    shows that it is its own.
    """

    class Kind(models.TextChoices):
        WEBPUSH = "webpush", _("Web Push")
        FCM_TOKEN = "fcm-token", _("Firebase, token")
        FCM_FID = "fcm-fid", _("Firebase, installation")

    device = models.OneToOneField(Device, on_delete=models.CASCADE, related_name="subscription")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    sealed = models.TextField(editable=False)
    text_digest = models.CharField(
        max_length=43,
        editable=False,
        help_text=_("tells whether a text sent again is the same one"),
    )
    topic = models.CharField(
        max_length=22,
        default=tokens.new_id,
        editable=False,
        help_text=_("a push service keeps one wake-up of it waiting"),
    )
    created_at = models.DateTimeField(_("since"), default=clock.now)
    last_success = models.DateTimeField(_("last delivery"), null=True, blank=True)
    last_failure = models.DateTimeField(_("last failure"), null=True, blank=True)
    reason = models.CharField(_("reason of the last failure"), max_length=200, blank=True)
    undeliverable = models.BooleanField(_("switched off by the push service"), default=False)
    proven_at = models.DateTimeField(
        _("last echo"),
        null=True,
        blank=True,
        help_text=_("when the device last showed that a push arrives"),
    )
    echo_digest = models.CharField(
        max_length=43,
        blank=True,
        editable=False,
        help_text=_("of the value that the device is to send back"),
    )
    echo_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")

    def __str__(self) -> str:
        return self.get_kind_display()


class PushService(models.Model):
    """A push service that refused our own credential. No row: it works as far as we know.

    `until`: nobody sends before; then one delivery tries, and its success removes the row.
    """

    class Kind(models.TextChoices):
        WEBPUSH = "webpush", _("Web Push")
        FCM = "fcm", _("Firebase Cloud Messaging")

    kind = models.CharField(_("kind"), primary_key=True, max_length=7, choices=Kind)
    refused_at = models.DateTimeField(_("refused since"), default=clock.now)
    reason = models.CharField(_("reason"), max_length=60)
    until = models.DateTimeField(_("tried again"))

    class Meta:
        verbose_name = _("stopped push service")
        verbose_name_plural = _("stopped push services")

    def __str__(self) -> str:
        return self.get_kind_display()


class PairingCode(models.Model):
    """One token in a QR code: works once, for five minutes, for the session and epoch that began
    it.

    waiting → answered → confirmed | refused. What is late is over, whatever its state says.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the phone")
        ANSWERED = "answered", _("waiting for the person")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    public_id = models.CharField(max_length=22, unique=True, default=tokens.new_id, editable=False)
    token_digest = models.CharField(max_length=43, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session = models.CharField(
        max_length=22, db_index=True, help_text=_("public id of the session that began it")
    )
    epoch = models.BigIntegerField()
    tied_browser = models.CharField(
        max_length=22,
        blank=True,
        help_text=_("selector of the browser that is its own authenticator"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    device = models.OneToOneField(
        Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sealed_address = models.TextField(
        blank=True,
        editable=False,
        help_text=_("where the phone answered from, for the question on the first screen"),
    )
    created_at = models.DateTimeField(_("begun"), default=clock.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    expires_at = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")

    def __str__(self) -> str:
        return self.get_state_display()


class RateCount(models.Model):
    """What the cache would have counted while it failed: so many hits of a
    limit in a span that ends."""

    key = models.CharField(max_length=120, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "authenticator_tally"  # its first name


class Trace(models.Model):
    """What the cache would have remembered while it failed: a used jti. Swept
    after a few minutes."""

    owner = models.CharField(max_length=80)
    mark = models.CharField(max_length=22)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "mark"], name="trace_once")]
        indexes = [
            models.Index(fields=["owner", "at"], name="trace_owner_at"),
            models.Index(fields=["at"], name="trace_at"),
        ]
