"""Sources about which somebody said "this was not me"."""

from django.conf import settings
from django.db import models


class HeldSource(models.Model):
    """An address (or IPv6 /64) that is risky for one person until `until`. `established`: the
    person had signed in for 30 days by then."""

    class Why(models.TextChoices):
        NOT_ME = "not_me"
        DISAVOWED = "disavowed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    source_digest = models.CharField(max_length=31)
    why = models.CharField(max_length=9, choices=Why)
    established = models.BooleanField(default=False)
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_digest", "user"], name="held_source_once_per_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.why}"
