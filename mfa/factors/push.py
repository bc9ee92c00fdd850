"""A question to every authenticator of a person, answered with the number on the screen."""

from typing import ClassVar

from mfa import limits
from mfa.factors.base import Draft, Facts, Letter, Posed
from mfa.prompt import canonical
from mfaproject.lib import seal, tokens


def number_of(facts: Facts) -> str:
    """The number shown where the sign-in began: derived from the challenge under a key of ours, never stored or sent."""
    return seal.number("push", facts.digits, facts.public_id, facts.nonce)


class Push:
    """Strong, unless the device lives in the browser that asks."""

    life: ClassVar[int] = limits.PUSH_LIFE
    rule: ClassVar[limits.Rule] = limits.PUSHES

    def pose(self, draft: Draft) -> Posed:
        """What is asked stays here; the wake-up carries an opaque id and nothing else."""
        return Posed(
            digits=draft.digits,
            code_mac="",
            context=canonical(draft.shown),
            letter=Letter("push", "wake", {"v": 1, "id": draft.public_id}),
        )

    def check(self, facts: Facts, answer: object) -> bool:
        """Whether this is the number shown."""
        return isinstance(answer, str) and tokens.same(answer, number_of(facts))
