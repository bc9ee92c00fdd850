"""Six digits by mail."""

from typing import ClassVar

from mfa import limits, otp
from mfa.factors.base import Draft, Facts, Letter, Posed
from mfa.masks import masked
from mfa.prompt import canonical
from mfaproject.lib import tokens

CARRIES_CODE = ("code", "signup_code")
"""Templates that show the code. Any other goes to somebody who must not have it, and looks the same from outside."""


class EmailCode:
    """Weak: it proves the mailbox."""

    life: ClassVar[int] = limits.CODE_LIFE
    rule: ClassVar[limits.Rule] = limits.SENDS

    def pose(self, draft: Draft) -> Posed:
        """Draws a code; only its MAC stays, the code itself travels in the sealed message."""
        code = tokens.new_code(otp.DIGITS)
        secret = {"code": code} if draft.mail in CARRIES_CODE else {}
        return Posed(
            digits=otp.DIGITS,
            code_mac=otp.mac(challenge=draft.public_id, purpose=draft.purpose, code=code),
            context=canonical({"sent_to": masked(draft.destination)}),
            letter=Letter("email", draft.mail, {**draft.shown, **secret}),
        )

    def check(self, facts: Facts, answer: object) -> bool:
        """Whether this is the code, typed with or without one space."""
        return otp.matches(facts.code_mac, challenge=facts.public_id, purpose=facts.purpose, typed=answer)
