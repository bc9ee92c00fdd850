"""Six digits that an app on a phone makes from a shared secret and the time (RFC 6238)."""

import logging
from typing import ClassVar

from mfa import limits, otp
from mfa.factors.base import Draft, Facts, Match, Posed
from mfa.prompt import canonical
from mfaproject.lib import seal

log = logging.getLogger("nod.mfa")

_SEAL = "totp"


def sealed(secret: str, *, user_id: int, factor_id: int) -> str:
    """A secret as its row keeps it: it names whose it is, so that none can be
    put into another row."""
    return seal.seal(_SEAL, {"user": user_id, "factor": factor_id, "secret": secret})


def opened(kept: str, *, user_id: int, factor_id: int) -> str:
    """The secret in a row. Raises BrokenSeal for one that was made for another person or row, or
    under a key that is gone."""
    return str(seal.unseal(_SEAL, kept, user=user_id, factor=factor_id)["secret"])


class Totp:
    """Strong: whoever types it has the app. Each step of time counts once."""

    life: ClassVar[int] = limits.CODE_LIFE
    rule: ClassVar[limits.Rule | None] = None

    def pose(self, _draft: Draft, /) -> Posed:
        """There is nothing to send and nothing to keep: the secret lies in the factor's own row."""
        return Posed(digits=otp.DIGITS, code_mac="", context=canonical({}), letter=None)

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """Right if it is the code of this step, or of the one before or after."""
        code = otp.normalised(answer)
        if code is None or facts.factor_id is None:
            return None
        try:
            secret = opened(facts.secret, user_id=facts.user_id, factor_id=facts.factor_id)
        except seal.BrokenSeal:
            # A stack says nothing more.
            log.error("the secret of an app cannot be opened", extra={"factor_id": facts.factor_id})  # noqa: TRY400
            return None
        step = otp.step_of(code, secret=secret, now=facts.now)
        return None if step is None else Match(step=step)
