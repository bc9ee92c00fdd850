"""How a code from paper is checked."""

from typing import ClassVar

from django.utils.translation import ngettext

from mfa.factors.recovery import codes
from mfa.factors.recovery.words import TYPED, WORDS
from mfa.registry.base import Factor, Facts, Match, Strength
from mfa.registry.routes import Route
from mfa.registry.words import Typed, Words

EXAMPLE = "7k3m-9x2p-4q8r-s5tv"


class RecoveryCodes(Factor):
    """Strong: it was shown once, to somebody who had just proved herself. There is nothing to send
    and nothing to keep: the codes that are left are rows."""

    kind: ClassVar[str] = "recovery"
    order: ClassVar[int] = 50
    icon: ClassVar[str] = "key"
    words: ClassVar[Words] = WORDS
    strength: ClassVar[Strength] = "strong"
    typed: ClassVar[Typed] = TYPED
    template: ClassVar[str] = "mfa/factors/recovery/asked.html"
    uses_codes: ClassVar[bool] = True
    is_listed: ClassVar[bool] = False
    api_order: ClassVar[int] = 50
    routes: ClassVar[tuple[Route, ...]] = (
        Route(
            "verify",
            "auth/verify-recovery-code",
            "verify_recovery_code",
            "verify_recovery_code",
            EXAMPLE,
            about="One of those that were written down.",
        ),
    )

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """Right if one of these rows can be deleted: the one look-up decides whether it ever was a
        code, and whether it still is."""
        code = codes.normalised(answer)
        return Match(macs=codes.macs(facts.user_id, code)) if code else None

    def wrong(self, left: int, /) -> str:
        return ngettext(
            "That is none of your codes, or it was used before. One try is left.",
            "That is none of your codes, or it was used before. %(left)d tries are left.",
            left,
        ) % {"left": left}
