"""How a code by mail is sent."""

from typing import ClassVar

from mfa.channels.names import MAIL
from mfa.factors.email.words import WORDS
from mfa.factors.sent_code import SentCode
from mfa.registry import routes
from mfa.registry.base import Address
from mfa.registry.routes import Route
from mfa.registry.words import Words
from mfaproject.lib import mailbox

_HINT = "a•••@e•••.org"


class EmailCode(SentCode):
    """Weak: it proves the mailbox."""

    kind: ClassVar[str] = "email"
    order: ClassVar[int] = 30
    icon: ClassVar[str] = "mail"
    words: ClassVar[Words] = WORDS
    channel: ClassVar[str] = MAIL
    carries_code: ClassVar[tuple[str, ...]] = ("code", "signup_code", "address_code")
    template: ClassVar[str] = "mfa/factors/email/asked.html"
    address: ClassVar[Address] = "mailbox"
    api_order: ClassVar[int] = 10
    routes: ClassVar[tuple[Route, ...]] = routes.by_message(
        "email", by="mail", hint=_HINT, example="alice@example.org"
    )

    def proper(self, address: str, /) -> str:
        """As the rules for mailboxes have it."""
        try:
            return mailbox.checked(address)
        except mailbox.NotAnAddress:
            return ""
