"""Six digits by text message, to a number that was proved."""

from mfa.factors.sms.factor import SmsCode

__all__ = ["FACTOR", "SmsCode"]

FACTOR = SmsCode
