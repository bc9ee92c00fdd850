"""A question to every authenticator of a person, answered with the number on the screen."""

from typing import ClassVar, Protocol

from mfa import limits
from mfa.factors.base import Draft, Facts, Letter, Match, Posed
from mfa.prompt import canonical
from mfaproject.lib import seal


class Numbered(Protocol):
    """What a number is derived from: a row of Challenge has it."""

    public_id: str
    nonce: str
    digits: int


def number_of(facts: Numbered) -> str:
    """The number shown where the sign-in began: derived from the challenge under a key of ours,
    never stored or sent."""
    return seal.number("push", facts.digits, facts.public_id, facts.nonce)


class Push:
    """Strong, unless the device lives in the browser that asks."""

    life: ClassVar[int] = limits.PUSH_LIFE
    rule: ClassVar[limits.Rule | None] = limits.PUSHES

    def pose(self, draft: Draft, /) -> Posed:
        """What is asked stays here; the wake-up carries an opaque id and nothing else."""
        return Posed(
            digits=draft.digits,
            code_mac="",
            context=canonical(draft.shown),
            letter=Letter("push", "wake", {"v": 1, "id": draft.public_id}),
        )

    def check(self, _facts: Facts, _answer: object, /) -> Match | None:
        """Never right: what a device has signed is decided elsewhere, and nobody answers a prompt
        by typing its number at the login page."""
        return None
