"""The login journey: states, moves and results. Pure: no Django, no clock, no database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

STEP_UP, PROVEN, FINISHED = "step_up", "proven", "finished"
DENIED, EXPIRED, CANCELLED, SUPERSEDED, DISAVOWED, LOCKED = (
    "denied",
    "expired",
    "cancelled",
    "superseded",
    "disavowed",
    "locked",
)

LIVE = (STEP_UP, PROVEN)
ENDS = (DENIED, EXPIRED, CANCELLED, SUPERSEDED, LOCKED)
TRANSITIONS: dict[str, tuple[str, ...]] = {
    STEP_UP: (PROVEN, FINISHED, *ENDS),
    PROVEN: (PROVEN, FINISHED, *ENDS),
    FINISHED: (DISAVOWED,),
}
STATES = tuple(dict.fromkeys([*TRANSITIONS, *(to for ends in TRANSITIONS.values() for to in ends)]))

Purpose = Literal["login", "signup", "proof", "reset"]
"""Why the person proves herself: to sign in, to confirm a new account's address, to renew a
session's proof, to set a new password."""

Door = Literal["form", "api"]
"""A journey that began at one door goes on through that door alone."""


def sources(to: str) -> tuple[str, ...]:
    """The states from which `to` may be reached: what goes into the WHERE."""
    return tuple(state for state, targets in TRANSITIONS.items() if to in targets)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the browser keeps of a journey, in one cookie: the reference finds the row, the binding
    proves whose it is.

    A program holds its reference itself. Its binding is the S256 challenge of its verifier, ""
    where it gave none at the login.
    """

    reference: str
    binding: str
    door: Door = "form"


@dataclass(frozen=True, slots=True)
class Admitted:
    """In. `session_key` and `browser_cookie` (None: leave it as it is) are for this browser alone.

    `renewed`: the session that asked goes on under a new key; otherwise a new one begins, and the
    browser's earlier one ends. `expires_at`: the end of the session, however busy it is.
    `known_as`: her name where this browser is known to her from now on, else "".
    """

    user_id: int
    session_key: str
    browser_cookie: str | None
    next_url: str
    expires_at: datetime
    renewed: bool = False
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class StepUp:
    """The password was right and more is needed. `way`: the kind of factor that was asked, or
    "none"; programs choose for themselves among `methods`.

    `kept`: the browser keeps its cookie, for another tab has just been given a newer one.
    """

    ticket: Ticket
    way: str
    expires_at: datetime
    methods: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Wrong password, unknown or inactive person, waiting or blocked: nobody
    outside can tell which."""


@dataclass(frozen=True, slots=True)
class Limited:
    """Too much from one address or one person: come back in `retry_after` seconds."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class Over:
    """The journey has ended, or never was this browser's."""

    why: str  # "gone", "expired", "denied", "not_me", "wrong_number"
    known: bool = False  # whether the browser is the person's: only those read which no it was


@dataclass(frozen=True, slots=True)
class Pending:
    """Nobody has answered yet. `seconds_left`: for how long somebody may, where
    that was looked at."""

    seconds_left: int = 0


@dataclass(frozen=True, slots=True)
class WrongCode:
    """`left` tries remain for this code; 0: it is dead and another must be sent. `reason` says why
    where it is not the digits.

    `retry_after`: seconds until there are tries again, where a program asks; 0: no time brings
    them.
    """

    left: int
    reason: Literal["wrong", "expired", "too_many_attempts", "used"] = "wrong"
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """The question was answered: whoever shows this value within two minutes is let in."""

    private_key: str


@dataclass(frozen=True, slots=True)
class WrongKey:
    """No private key of this journey, or one that is too old, replaced or used."""


@dataclass(frozen=True, slots=True)
class Proven:
    """The question was answered; what it was for is done elsewhere (a new password)."""
