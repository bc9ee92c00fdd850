"""Six digits by mail. The account's own mailbox may answer from the first sign-in on."""

from mfa.factors.email.factor import EmailCode

__all__ = ["FACTOR", "EmailCode"]

FACTOR = EmailCode
