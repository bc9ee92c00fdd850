"""What the services of this app answer: plain values for other apps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Literal

from mfa.challenge_state import State
from mfa.limits import Tally

Kind = Literal["email", "sms", "push", "totp", "recovery", "passkey"]
Lane = Literal["known", "other", "enrol"]
Strength = Literal["weak", "strong"]
WakeState = Literal["asked", "seen", "unreachable"]
LookState = Literal[
    "pending", "approved", "denied", "not_me", "wrong_number", "expired", "spent", "superseded"
]


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
class FactorView:
    """Something enrolled. `label` is a device's name or an address; `tied_browser` the selector of
    the browser that is its own authenticator.

    `unreachable_since`: a wake-up to this device cannot arrive; it may still answer what it finds
    in its inbox.
    """

    id: int
    user_id: int
    kind: str
    label: str
    tied_browser: str
    added_by: str
    added_at: datetime
    confirmed_at: datetime | None
    unreachable_since: datetime | None = None
    last_used_at: datetime | None = None


FACTOR_COLUMNS = tuple(each.name for each in fields(FactorView))
"""Columns of a factor's row, in the order in which `FactorView` takes them."""


@dataclass(frozen=True, slots=True)
class Wake:
    """How far the wake-up to one device got. "seen": it has fetched the question; "unreachable": it
    never will be told of it."""

    label: str
    state: WakeState


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
class Refused:
    """No question was put. `retry_after` in whole seconds, 0 where waiting does not help.

    `enrolled`: kinds of factor that the person has, seen on the way: what is not among them need
    not be tried next.
    """

    code: Literal["rate_limited", "method_unavailable", "off"]
    retry_after: int
    enrolled: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Right:
    """The typed code was right and the challenge is approved: collect it with `spend`."""

    kind: str
    label: str
    strength: Strength
    factor_id: int | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """The typed code was wrong; `left` tries remain for it."""

    left: int


@dataclass(frozen=True, slots=True)
class Dead:
    """Nothing was looked at: the code is too old, has had its tries, or was used, replaced or never
    this journey's.

    `retry_after`: whole seconds until there are tries again, where there were too many; 0 where no
    time brings them.
    """

    code: Literal["expired", "too_many_attempts", "used"]
    retry_after: int = field(default=0, compare=False)


CodeResult = Right | Wrong | Dead


@dataclass(frozen=True, slots=True)
class Proof:
    """What a collected challenge proves. `label` names the device, or the masked address; "" for
    what has no name of its own."""

    kind: str
    label: str
    strength: Strength
    factor_id: int | None


@dataclass(frozen=True, slots=True)
class Ways:
    """How this person could answer here and now. `email` and `sms` are the masked address and
    number, "" where that way is closed.

    `devices` are the names of those that may answer; `push_off`: there are some, and push rests.

    `waits`: whole seconds until a way that is open may be asked, for those that may not be now;
    "push" also where it rests for a time. `spent`: ways of which this journey has had its share.
    """

    push: bool
    devices: list[str]
    email: str = ""
    push_off: bool = False
    sms: str = ""
    totp: bool = False
    recovery: bool = False
    waits: Mapping[str, int] = field(default_factory=dict)
    spent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TotpDraft:
    """A secret for an authenticator app, for nothing until a code of it is typed. `otpauth_uri` is
    what the QR code holds."""

    factor_id: int
    secret: str = field(repr=False)
    otpauth_uri: str = field(repr=False)
    issuer: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The code was right: this address is a factor now."""

    factor_id: int
    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a notice goes to."""

    id: int
    email: str
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class Purse:
    """A budget row as it was read: a change counts only if nobody else made one since."""

    pk: int
    version: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class Held:
    """What came with a question in the same SELECT and only `decide` looks at. `elsewhere`: today's
    failures of other factors in the same lane."""

    purse: Purse
    elsewhere: int
    person: Person


@dataclass(frozen=True, slots=True)
class Question:
    """A push challenge as an authenticator's side may see it. `context` is the canonical JSON text
    as served and signed.

    `seen`: nothing is to be noted when this device fetches it, because it was noted before or the
    device was never woken for it.

    `decision_digest` is the digest of the body that decided it, "" before: the same body again gets
    the stored `state`.
    """

    id: int
    public_id: str
    nonce: str
    user_id: int
    subject: str
    purpose: str
    required: str
    lane: str
    browser: str
    state: State
    context: str
    digits: int
    created_at: datetime
    expires_at: datetime
    reason: str
    decision_digest: str
    ledger_id: int | None
    devices: tuple[FactorView, ...]
    number: str = field(repr=False)
    held: Held = field(repr=False)
    seen: bool = True

    @property
    def exp(self) -> int:
        """The end in whole seconds since 1970, as the protocol writes time."""
        return int(self.expires_at.timestamp())
