"""How a code of an app is checked."""

import logging
from typing import ClassVar

from django.utils.translation import ngettext

from mfa import otp, sealed_secrets
from mfa.factors.totp.enrolment import Apps
from mfa.factors.totp.routes import ROUTES
from mfa.factors.totp.words import WORDS
from mfa.prompt import canonical
from mfa.registry.base import Asking, Enrolment, Factor, Facts, Match, Posed, Strength
from mfa.registry.routes import Route
from mfa.registry.words import Words
from mfaproject.lib import seal

log = logging.getLogger("nod.mfa")


class Totp(Factor):
    """Strong: whoever types it has the app. Each step of time counts once."""

    kind: ClassVar[str] = "totp"
    order: ClassVar[int] = 20
    icon: ClassVar[str] = "clock"
    words: ClassVar[Words] = WORDS
    strength: ClassVar[Strength] = "strong"
    is_elder: ClassVar[bool] = True
    is_asked_first: ClassVar[bool] = True
    template: ClassVar[str] = "mfa/factors/totp/asked.html"
    enrolment: ClassVar[Enrolment | None] = Apps()
    is_listed: ClassVar[bool] = False
    api_order: ClassVar[int] = 40
    routes: ClassVar[tuple[Route, ...]] = ROUTES

    def pose(self, _asking: Asking, /) -> Posed:
        """There is nothing to send and nothing to keep: the secret lies in the factor's own row."""
        return Posed(digits=otp.DIGITS, code_mac="", context=canonical({}), outgoing=None)

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """Right if it is the code of this step, or of the one before or after."""
        code = otp.normalised(answer)
        if code is None or facts.factor_id is None:
            return None
        try:
            secret = sealed_secrets.opened(
                self.kind, facts.secret, user_id=facts.user_id, factor_id=facts.factor_id
            )
        except seal.BrokenSeal:
            # A stack says nothing more.
            log.error("the secret of an app cannot be opened", extra={"factor_id": facts.factor_id})  # noqa: TRY400
            return None
        step = otp.step_of(code, secret=secret, now=facts.now)
        return None if step is None else Match(step=step)

    def wrong(self, left: int, /) -> str:
        return ngettext(
            "That is not the code your app shows now, or it was used before. One try is left.",
            "That is not the code your app shows now, or it was used before. %(left)d tries are"
            " left.",
            left,
        ) % {"left": left}
