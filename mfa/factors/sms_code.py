"""Six digits by text message."""

from typing import ClassVar

from mfa.factors.sent_code import SentCode


class SmsCode(SentCode):
    """Weak: numbers are moved to other cards by people who talk well, and
    messages are read on locked screens."""

    channel: ClassVar[str] = "sms"
    carries_code: ClassVar[tuple[str, ...]] = ("code", "address_code")
