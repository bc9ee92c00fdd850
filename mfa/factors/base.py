"""A kind of factor: how its question is made and how an answer is checked. Knows no rows: what it needs comes in, what it makes goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from mfa.limits import Rule


@dataclass(frozen=True, slots=True)
class Draft:
    """What a kind may use to make its question. `shown` are facts about the sign-in, `mail` the template that carries a code."""

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
    """A question made: what its row keeps, and its message."""

    digits: int
    code_mac: str
    context: str
    letter: Letter


class Facts(Protocol):
    """What a check may look at: a row of Challenge has it."""

    public_id: str
    nonce: str
    purpose: str
    digits: int
    code_mac: str


class Factor(Protocol):
    """One module and one line in `settings.MFA_FACTORS` make a kind. `life` in seconds; `rule` limits its messages."""

    life: ClassVar[int]
    rule: ClassVar[Rule]

    def pose(self, draft: Draft) -> Posed:
        """Makes the question."""

    def check(self, facts: Facts, answer: object) -> bool:
        """Whether the answer is right, in constant time. Anything malformed is wrong, whatever its type."""
