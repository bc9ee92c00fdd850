"""A kind of factor: how its question is made and how an answer is checked. Knows no rows: what it
needs comes in, what it makes goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from mfa.limits import Rule


@dataclass(frozen=True, slots=True)
class Draft:
    """What a kind may use to make its question. `shown` are facts about the sign-in, `mail` the
    template that carries a code."""

    public_id: str
    nonce: str
    purpose: str
    digits: int
    destination: str
    shown: Mapping[str, Any]
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """The message that carries the question: see `outbox.enqueue`."""

    channel: str
    template: str
    context: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Posed:
    """A question made: what its row keeps, and its message; None where nothing
    is sent, because the answer is at hand."""

    digits: int
    code_mac: str
    context: str
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a check may look at of a question, and of what it was put to. `secret` as its row keeps
    it, `now` in Unix seconds."""

    public_id: str
    purpose: str
    code_mac: str
    user_id: int
    now: int
    factor_id: int | None = None
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Match:
    """An answer that is right, once what it uses up is used up: a `step` of time, or a row that has
    one of these `macs`.

    With neither it is right as it is.
    """

    step: int | None = None
    macs: tuple[str, ...] = ()


class Factor(Protocol):
    """One module and one line in `settings.MFA_FACTORS` make a kind. `life` in seconds; `rule`
    limits its messages, None where it sends none."""

    life: ClassVar[int]
    rule: ClassVar[Rule | None]

    def pose(self, draft: Draft, /) -> Posed:
        """Makes the question."""

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """What a right answer uses up, None for a wrong one, in constant time. Anything malformed
        is wrong, whatever its type."""
