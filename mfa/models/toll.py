"""What text messages have cost this site lately."""

from django.db import models


class Toll(models.Model):
    """So many messages until then, to a country, to a number or to all: see
    mfa/services/tolls.py.
    """

    key = models.CharField(max_length=80, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)
