"""A message that is to leave, written together with what it tells of."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mfaproject.lib import clock, tokens


class OutboxMessage(models.Model):
    """`payload` is sealed, names this row, its channel and its destination, and is emptied as soon
    as the message has left or lost its point.

    Queued rows are due at `due_at`; claiming one moves that to the end of a lease, so a worker that
    dies lets go of it by itself.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("no longer needed")
        EXPIRED = "expired", _("too late")
        FAILED = "failed", _("could not be sent")

    # The row's name is made by us, so that the payload can hold it and one INSERT is enough.
    id = models.CharField(primary_key=True, max_length=22, default=tokens.new_id, editable=False)
    channel = models.CharField(_("channel"), max_length=8)
    template = models.CharField(_("template"), max_length=40)
    sent_to = models.CharField(_("to"), max_length=254, help_text=_("masked"))
    payload = models.TextField(blank=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    challenge = models.ForeignKey(
        "mfa.Challenge", null=True, blank=True, on_delete=models.CASCADE, related_name="wakes"
    )
    factor = models.ForeignKey(
        "mfa.Factor",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("the device to wake"),
    )
    epoch = models.BigIntegerField(null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("written"), default=clock.now)
    due_at = models.DateTimeField(_("next try"), default=clock.now)
    expires_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    seen_at = models.DateTimeField(
        _("fetched"),
        null=True,
        blank=True,
        help_text=_("when the device had the question, woken or not"),
    )
    reason = models.CharField(_("reason"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["due_at"], name="outbox_due", condition=models.Q(state="queued")),
            models.Index(fields=["created_at"], name="outbox_created"),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.channel})"
