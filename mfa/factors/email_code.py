"""Six digits by mail."""

from typing import ClassVar

from mfa.factors.sent_code import SentCode


class EmailCode(SentCode):
    """Weak: it proves the mailbox."""

    channel: ClassVar[str] = "email"
    carries_code: ClassVar[tuple[str, ...]] = ("code", "signup_code", "address_code")
