"""Six digits that travel to an address: what codes by mail and by text message have in common."""

from typing import ClassVar

from mfa import limits, otp
from mfa.masks import masked
from mfa.prompt import canonical
from mfa.registry.base import Asking, Factor, Facts, Match, Outgoing, Posed, Strength
from mfaproject.lib import tokens


class SentCode(Factor):
    """Weak: it proves that somebody reads what comes to an address."""

    strength: ClassVar[Strength] = "weak"
    is_asked_first: ClassVar[bool] = True
    rule: ClassVar[limits.Rule | None] = limits.SENDS
    is_listed: ClassVar[bool] = False
    carries_code: ClassVar[tuple[str, ...]]
    """Templates that show the code. Any other goes to somebody who must not
    have it, and looks the same from outside."""

    def pose(self, asking: Asking, /) -> Posed:
        """Draws a code; only its MAC stays, the code itself travels in the sealed message."""
        code = tokens.new_code(otp.DIGITS)
        secret = {"code": code} if asking.mail in self.carries_code else {}
        return Posed(
            digits=otp.DIGITS,
            code_mac=otp.mac(challenge=asking.public_id, purpose=asking.purpose, code=code),
            context=canonical({"sent_to": masked(asking.destination)}),
            outgoing=Outgoing(self.channel, asking.mail, {**asking.shown, **secret}),
        )

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """Right if this is the code, typed with or without one space."""
        right = otp.matches(
            facts.code_mac, challenge=facts.public_id, purpose=facts.purpose, typed=answer
        )
        return Match() if right else None
