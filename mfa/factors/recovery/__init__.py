"""Ten codes on paper, each good for one sign-in."""

from mfa.factors.recovery.factor import RecoveryCodes

__all__ = ["FACTOR", "RecoveryCodes"]

FACTOR = RecoveryCodes
