"""What text messages have cost this site lately."""

from django.db import models


class Toll(models.Model):
    """So many messages since then, to a country, to a number or to all. Counted by conditional UPDATE: see mfa/services/tolls.py."""

    scope = models.CharField(max_length=60, unique=True)
    since = models.BigIntegerField(help_text="seconds since 1970")
    count = models.PositiveIntegerField()
