"""Six digits that travel to an address: what codes by mail and by text message have in common."""

from typing import ClassVar

from mfa import limits, otp
from mfa.factors.base import Draft, Facts, Letter, Match, Posed
from mfa.masks import masked
from mfa.prompt import canonical
from mfaproject.lib import tokens


class SentCode:
    """Weak: it proves that somebody reads what comes to an address."""

    life: ClassVar[int] = limits.CODE_LIFE
    rule: ClassVar[limits.Rule | None] = limits.SENDS
    channel: ClassVar[str]
    carries_code: ClassVar[tuple[str, ...]]
    """Templates that show the code. Any other goes to somebody who must not
    have it, and looks the same from outside."""

    def pose(self, draft: Draft, /) -> Posed:
        """Draws a code; only its MAC stays, the code itself travels in the sealed message."""
        code = tokens.new_code(otp.DIGITS)
        secret = {"code": code} if draft.mail in self.carries_code else {}
        return Posed(
            digits=otp.DIGITS,
            code_mac=otp.mac(challenge=draft.public_id, purpose=draft.purpose, code=code),
            context=canonical({"sent_to": masked(draft.destination)}),
            letter=Letter(self.channel, draft.mail, {**draft.shown, **secret}),
        )

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """Right if this is the code, typed with or without one space."""
        right = otp.matches(
            facts.code_mac, challenge=facts.public_id, purpose=facts.purpose, typed=answer
        )
        return Match() if right else None
