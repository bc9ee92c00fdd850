"""How a code by text message is sent."""

from typing import ClassVar

from django.conf import settings

from mfa import phone_numbers
from mfa.channels.names import TEXT
from mfa.factors.sent_code import SentCode
from mfa.factors.sms import quota
from mfa.factors.sms.words import WORDS
from mfa.registry import routes
from mfa.registry.base import Address
from mfa.registry.routes import Route
from mfa.registry.words import Words

_HINT = "+33•••78"


class SmsCode(SentCode):
    """Weak: numbers are moved to other cards by people who talk well, and
    messages are read on locked screens."""

    kind: ClassVar[str] = "sms"
    order: ClassVar[int] = 40
    icon: ClassVar[str] = "text"
    words: ClassVar[Words] = WORDS
    channel: ClassVar[str] = TEXT
    carries_code: ClassVar[tuple[str, ...]] = ("code", "address_code")
    template: ClassVar[str] = "mfa/factors/sms/asked.html"
    address: ClassVar[Address] = "number"
    api_order: ClassVar[int] = 20
    routes: ClassVar[tuple[Route, ...]] = routes.by_message(
        "phone", by="text message", hint=_HINT, example="+33612345678"
    )

    def usable(self, address: str, /) -> str:
        """Where this site sends: other countries may have been left out since."""
        return phone_numbers.e164(address, settings.SMS_COUNTRIES)

    def proper(self, address: str, /) -> str:
        return self.usable(address)

    def charge(self, destination: str, /, *, proving: bool, now: int) -> int:
        """Text messages cost money."""
        return quota.charge(destination, proving=proving, now=now)
