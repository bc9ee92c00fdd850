"""Counts whose loss would help an attacker, so they are rows."""

from django.db import models


class Failures(models.Model):
    """Wrong passwords for one typed name in one lane, or from one network. No wait is stored: it
    follows from count and moments."""

    key = models.CharField(max_length=90, unique=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class RateCount(models.Model):
    """How often something happened in the present window (sign-ups from a
    network, mails to an address)."""

    key = models.CharField(max_length=120, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_tally"  # its first name

    def __str__(self) -> str:
        return self.key
