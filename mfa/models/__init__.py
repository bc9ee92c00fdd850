"""Rows of this app. Private to it: others use `mfa.services` and what they answer."""

from mfa.models.budget import Budget
from mfa.models.challenge import Challenge
from mfa.models.factor import Factor
from mfa.models.outbox_message import OutboxMessage
from mfa.models.recovery_code import RecoveryCode
from mfa.models.sms_quota import SmsQuota

__all__ = ["Budget", "Challenge", "Factor", "OutboxMessage", "RecoveryCode", "SmsQuota"]
