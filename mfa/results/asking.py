"""Who asks, what was asked, and why nothing was."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Lane = Literal["known", "other", "enrol"]
LookState = Literal[
    "pending", "approved", "denied", "not_me", "wrong_number", "expired", "spent", "superseded"
]
WakeState = Literal["asked", "seen", "unreachable"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose question it is and for which journey (`subject`): the same for every way of asking.
    `expires_at`: the journey's end."""

    user_id: int
    subject: str
    epoch: int
    lane: str
    purpose: str
    ledger_id: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A question was put. `resend_after`: when another may be put in this journey, None if none
    may. `sent_to`: the masked address of a code."""

    challenge_id: int
    public_id: str
    expires_at: datetime
    resend_after: datetime | None
    number: str = field(default="", repr=False)
    sent_to: str = ""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """No question was put. `retry_after` in whole seconds, 0 where waiting does not help.

    `enrolled`: kinds of factor that the person has, seen on the way: what is not among them need
    not be tried next. None where nobody looked.
    """

    code: Literal["rate_limited", "method_unavailable", "off"]
    retry_after: int
    enrolled: frozenset[str] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Wake:
    """How far the wake-up to one device got. "seen": it has fetched the question; "unreachable": it
    never will be told of it."""

    label: str
    state: WakeState
