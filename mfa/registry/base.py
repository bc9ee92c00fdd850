"""What every kind of factor says of itself. A kind is a folder, or a package from elsewhere, and
one line in `settings.MFA_FACTORS`: docs/dev/add-a-factor.md.

A kind knows no request and no journey: what it needs comes in, what it makes goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mfa import limits
from mfa.prompt import canonical
from mfa.registry.routes import Route
from mfa.registry.words import Typed, Words

Strength = Literal["weak", "strong"]
Answer = Literal["typed", "elsewhere", "ceremony"]
"""Where the answer comes from: typed into the page, given on a device while the page waits, or made
by the browser itself (a passkey)."""
Address = Literal["", "mailbox", "number"]
SIX_DIGITS = Typed(_("Code"), {})
"""The field as the form of the code page has it."""


@dataclass(frozen=True, slots=True)
class Asking:
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
class Outgoing:
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
    outgoing: Outgoing | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several factors of a kind that may answer: its id, and its secret
    as its row keeps it."""

    id: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a check may look at of a question, and of what it was put to. `secret` as its row keeps
    it, `now` in Unix seconds. `candidates`: where a person may have several of the kind."""

    public_id: str
    purpose: str
    code_mac: str
    user_id: int
    now: int
    factor_id: int | None = None
    secret: str = field(default="", repr=False)
    nonce: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An answer that is right, once what it uses up is used up: a `step` (of time, or a counter
    that only grows), or a row that has one of these `macs`. With neither it is right as it is.

    `factor_id`: which of the candidates it was, where there were several.
    """

    step: int | None = None
    macs: tuple[str, ...] = ()
    factor_id: int | None = None


class Numbered(Protocol):
    """What a number is derived from: a row of Challenge has it."""

    public_id: str
    nonce: str
    digits: int


class Enrolment(Protocol):
    """How something is enrolled that a page or a program begins and a first right answer ends."""

    def begin(self, user_id: int, added_by: str, /) -> Mapping[str, str]:
        """What is shown; it counts for nothing yet. `added_by`: public id of the session."""

    def confirm(self, user_id: int, added_by: str, answer: object, /, *, ip: str) -> bool:
        """A right answer makes what this session began a factor. True for one caller only."""


class Factor:
    """A kind of factor. One instance for all requests: it keeps nothing of them.

    **Identity.** `kind` is stored in rows and must never change: 1 to 8 lower-case letters. Ways
    are shown by `order`, the least first. `icon` is a drawing of mfaproject/templatetags.

    **Strength.** What an answer proves, but for a device that lives in the browser that asks
    (mfa/eligibility.py). While an `is_elder` is older, what is younger than a day approves no
    change of the account: whoever got in for a moment must not stay by adding a code.

    **Question.** `answer` says where it comes from. `channel`: what carries a message, "" where
    nothing is sent. `is_asked_first`: a sign-in may begin with it, if it is enrolled. `typed`: the
    field for it. `template`: the part of the code page that says what is asked. `script`: a module
    below static/ that this part needs.

    **Limits.** `life` of a question in seconds. `rule` limits its messages, None where it sends
    none; `tries` limits wrong answers.

    **Enrolment.** `address`: it is an address that was proved; the mailbox of the account is there
    without, and one kind alone asks it. `has_several`: a person may have more than one.
    `uses_codes`: a set of recovery codes, which counts while one is left. `enrolment`: how a secret
    or a key is added. `add_url`: the name of the page where that happens, `manage_url` that of the
    page of one factor (its id follows).
    `is_listed`: a row of its own on the security page, with removal there.

    **Routes.** `routes` in the API, `api_order` their place in its document. `urls` is the dotted
    path of a URL configuration for pages of its own, below /security/<kind>/.
    """

    kind: ClassVar[str]
    order: ClassVar[int]
    icon: ClassVar[str]
    words: ClassVar[Words]

    strength: ClassVar[Strength]
    is_elder: ClassVar[bool] = False

    answer: ClassVar[Answer] = "typed"
    channel: ClassVar[str] = ""
    is_asked_first: ClassVar[bool] = False
    typed: ClassVar[Typed] = SIX_DIGITS
    template: ClassVar[str] = ""
    script: ClassVar[str] = ""

    life: ClassVar[int] = limits.CODE_LIFE
    rule: ClassVar[limits.Rule | None] = None
    tries: ClassVar[limits.Tries] = limits.TRIES

    address: ClassVar[Address] = ""
    has_several: ClassVar[bool] = False
    uses_codes: ClassVar[bool] = False
    enrolment: ClassVar[Enrolment | None] = None
    add_url: ClassVar[str] = ""
    manage_url: ClassVar[str] = ""
    is_listed: ClassVar[bool] = True

    routes: ClassVar[tuple[Route, ...]] = ()
    api_order: ClassVar[int] = 100
    urls: ClassVar[str] = ""

    @property
    def is_elsewhere(self) -> bool:
        """Answered by a device while the page waits."""
        return self.answer == "elsewhere"

    @property
    def is_sent(self) -> bool:
        """A message carries what is to be typed."""
        return self.channel != "" and not self.is_elsewhere

    @property
    def is_at_hand(self) -> bool:
        """The person has what answers: nothing is sent, and nobody waits."""
        return self.channel == "" and not self.is_elsewhere

    @property
    def is_mailbox(self) -> bool:
        return self.address == "mailbox"

    def pose(self, asking: Asking, /) -> Posed:
        """Makes the question. As it stands: nothing is sent, and nothing is kept but the row."""
        return Posed(digits=0, code_mac="", context=canonical({}), outgoing=None)

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """What a right answer uses up, None for a wrong one, in constant time. Anything malformed
        is wrong, whatever its type. Never raises."""
        return None

    def number_of(self, question: Numbered, /) -> str:
        """What the waiting page shows to be typed elsewhere; "" for nothing."""
        return ""

    def usable(self, address: str, /) -> str:
        """The address as messages go to it, "" where none can go there."""
        return address

    def proper(self, address: str, /) -> str:
        """What somebody typed, in one spelling; "" for what cannot be such an address."""
        return ""

    def charge(self, destination: str, /, *, proving: bool, now: int) -> int:
        """Counts what a message costs the site, in the caller's transaction; gives the seconds to
        wait where it is one too many. `proving`: the address is nobody's yet."""
        return 0

    def wrong(self, left: int, /) -> str:
        """A wrong answer in words, with the tries that are left."""
        return ngettext(
            "That is not the code. One try is left.",
            "That is not the code. %(left)d tries are left.",
            left,
        ) % {"left": left}


class Retired(Factor):
    """Stands for a kind that settings name no more: rows of it are still read. It proves nothing
    that is worth much, and nobody is asked for it."""

    order = 1000
    icon = "key"
    strength = "weak"
    is_listed = False

    def __init__(self, kind: str) -> None:
        self.words = Words(name=kind, title=kind, offer=kind)  # type: ignore[misc]
        self.kind = kind  # type: ignore[misc]
