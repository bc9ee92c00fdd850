"""How an authenticator is asked. What it answers is signed, and decided by `answers`."""

from typing import ClassVar

from mfa import limits
from mfa.channels.names import WAKE
from mfa.factors.push.words import WORDS
from mfa.prompt import canonical
from mfa.registry.base import Answer, Asking, Factor, Numbered, Outgoing, Posed, Strength
from mfa.registry.routes import Route
from mfa.registry.words import Words
from mfaproject.lib import seal

_PURPOSE = "push"


class Push(Factor):
    """Strong, unless the device lives in the browser that asks.

    Nothing typed is ever right: what a device has signed is decided elsewhere, and nobody answers a
    prompt by typing its number at the login page.
    """

    kind: ClassVar[str] = "push"
    order: ClassVar[int] = 10
    icon: ClassVar[str] = "phone"
    words: ClassVar[Words] = WORDS
    strength: ClassVar[Strength] = "strong"
    is_elder: ClassVar[bool] = True
    answer: ClassVar[Answer] = "elsewhere"
    channel: ClassVar[str] = WAKE
    is_asked_first: ClassVar[bool] = True
    life: ClassVar[int] = limits.PUSH_LIFE
    rule: ClassVar[limits.Rule | None] = limits.PUSHES
    has_several: ClassVar[bool] = True
    add_url: ClassVar[str] = "authenticator:add"
    manage_url: ClassVar[str] = "authenticator:manage"
    is_listed: ClassVar[bool] = False
    api_order: ClassVar[int] = 30
    routes: ClassVar[tuple[Route, ...]] = (
        Route("wake", "auth/send-login-push", "send_push", "send_login_push"),
        Route("collect", "auth/verify-login-push", "verify_push", "verify_login_push"),
    )

    def pose(self, asking: Asking, /) -> Posed:
        """What is asked stays here; the wake-up carries an opaque id and nothing else."""
        return Posed(
            digits=asking.digits,
            code_mac="",
            context=canonical(asking.shown),
            outgoing=Outgoing(self.channel, "wake", {"v": 1, "id": asking.public_id}),
        )

    def number_of(self, question: Numbered, /) -> str:
        """Derived from the challenge under a key of ours, never stored or sent."""
        return seal.number(_PURPOSE, question.digits, question.public_id, question.nonce)
