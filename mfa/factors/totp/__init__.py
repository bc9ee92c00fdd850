"""Six digits that an app on a phone makes from a shared secret and the time (RFC 6238)."""

from mfa.factors.totp.factor import Totp

__all__ = ["FACTOR", "Totp"]

FACTOR = Totp
