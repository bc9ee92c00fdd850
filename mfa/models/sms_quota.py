"""What text messages have cost this site lately."""

from django.db import models


class SmsQuota(models.Model):
    """So many messages until then, to a country, to a number or to all: see
    mfa/services/sms_quota.py."""

    key = models.CharField(max_length=80, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "mfa_toll"  # its first name
