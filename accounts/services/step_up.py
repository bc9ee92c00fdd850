"""Which question a journey puts to the person, and what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.conf import settings

from accounts.context import Arrival
from accounts.journey import StepUp, Ticket
from accounts.models import LoginAttempt, User
from accounts.services import attempts, people
from mfa.prompt import Prompt
from mfa.services import challenges
from mfaproject.lib import clock
from mfaproject.lib.prepared import insert
from risk import services as risk
from risk.services import Recognition

Way = Literal["push", "totp", "email", "sms", "recovery", "none"]
SENT: tuple[Way, ...] = ("email", "sms")
AT_HAND: tuple[Way, ...] = ("totp", "recovery")
TYPED = (*SENT, *AT_HAND)
"""Ways that end with a code typed into the page. What is at hand comes before what must be sent; a
recovery code is for who has nothing else."""
NOES = ("denied", "not_me", "wrong_number")
NOBODY = Recognition(None, frozenset(), "absent")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the wait page shows."""

    username: str
    known: bool
    number: str
    digits: int
    expires_at: datetime
    created_at: datetime
    devices: list[dict[str, str]]
    state: str


def digits_for(user: User, *, high: bool) -> int:
    """Six at high risk, for staff, and everywhere if the site says so; three otherwise."""
    return 6 if high or user.is_staff or settings.PUSH_DIGITS == 6 else 3


def digits_of(attempt: LoginAttempt, *, high: bool) -> int:
    """Of the number that this journey's prompt would show."""
    return digits_for(
        attempt.user, high=high or attempt.required == "strong" or attempt.purpose == "reset"
    )


def begin(
    attempt: LoginAttempt,
    ticket: Ticket,
    arrival: Arrival,
    *,
    high: bool,
    careful: str | None = None,
) -> StepUp:
    """Saves a journey with its first question. A program is told what is
    possible and asks for what it wants."""
    way: Way = (
        "none" if ticket.door == "api" else ask_first(attempt, arrival, high=high, careful=careful)
    )
    insert(attempt)
    return StepUp(
        ticket, way, attempt.expires_at, methods_of(ways(attempt)) if ticket.door == "api" else ()
    )


def methods_of(found: challenges.Ways) -> tuple[str, ...]:
    """The ways as a program reads them: kinds of factors, the one to try first at the front."""
    open_ways = {
        "push": found.push,
        "totp": found.totp,
        "email": bool(found.email),
        "sms": bool(found.sms),
        "recovery": found.recovery,
    }
    return tuple(kind for kind, is_open in open_ways.items() if is_open)


def ask_first(
    attempt: LoginAttempt, arrival: Arrival, *, high: bool, careful: str | None = None
) -> Way:
    """The first question of a journey: a phone that may answer, else an app, else a code that is
    sent. Changes `attempt`, saves nothing."""
    asked = ask_push(attempt, arrival, high=high, careful=careful)
    if isinstance(asked, challenges.Opened):
        return "push"
    ways: list[Way] = [
        way for way in ("totp", "email", "sms") if way == "email" or way in asked.enrolled
    ]
    return next(
        (way for way in ways if isinstance(ask(attempt, arrival, way), challenges.Opened)), "none"
    )


def ask(
    attempt: LoginAttempt, arrival: Arrival, way: str
) -> challenges.Opened | challenges.Refused:
    """Puts the question of this way. Changes `attempt`, saves nothing. A way that nobody knows is
    one that is not open."""
    match way:
        case "push":
            return ask_push(attempt, arrival)
        case "email" | "sms":
            return ask_sent(attempt, arrival, way)
        case "totp" | "recovery":
            return ask_at_hand(attempt, way)
        case _:
            return challenges.Refused("method_unavailable", 0)


def _asker(attempt: LoginAttempt) -> challenges.Asker:
    """The journey, as every way of asking needs it."""
    return challenges.Asker(
        user_id=attempt.user_id,
        subject=attempts.subject(attempt.reference_digest),
        epoch=attempt.epoch,
        lane=attempt.lane,
        purpose=attempt.purpose,
        ledger_id=attempt.ledger_id,
        expires_at=attempt.expires_at,
    )


def ask_push(
    attempt: LoginAttempt, arrival: Arrival, *, high: bool = False, careful: str | None = None
) -> challenges.Opened | challenges.Refused:
    """Puts the question to every authenticator of the person. `careful`: why, where the caller
    knows it; else the ledger is asked."""
    language = attempt.user.language
    shown = _shown(arrival, language)
    if careful is None:
        careful = (
            risk.why_careful_then(attempt.ledger_id, language)
            if attempt.ledger_id and attempt.purpose == "login"
            else ""
        )
    seen = (
        int(arrival.at.timestamp()),
        shown.browser,
        arrival.ip or "",
        shown.os,
        shown.place,
        careful,
    )
    opened = challenges.open_push(
        _asker(attempt),
        required=attempt.required,
        prompt=Prompt(attempt.user.username, settings.APP_NAME, *seen),
        digits=digits_of(attempt, high=high),
        browser=attempt.browser,
    )
    if isinstance(opened, challenges.Opened):
        attempt.push_id = opened.challenge_id
    return opened


def ask_email(attempt: LoginAttempt, arrival: Arrival) -> challenges.Opened | challenges.Refused:
    """Sends a code to the mailbox."""
    return ask_sent(attempt, arrival, "email")


def ask_sent(
    attempt: LoginAttempt, arrival: Arrival, way: Literal["email", "sms"]
) -> challenges.Opened | challenges.Refused:
    """Sends a code, unless a strong factor is wanted, or one besides the
    mailbox that a reset link came to."""
    if attempt.required == "strong" or (attempt.purpose == "reset" and way == "email"):
        return challenges.Refused("method_unavailable", 0)
    shown = _shown(arrival, arrival.language)
    opened = challenges.open_code(
        _asker(attempt),
        way,
        # a text message goes to the number that was proved
        destination=attempt.user.email if way == "email" else "",
        language=arrival.language,
        mail=_mail_for(attempt) if way == "email" else "code",
        shown={
            "browser": shown.label,
            "place": shown.place,
            "ip": arrival.ip or "",
            "at": int(arrival.at.timestamp()),
            "name": attempt.user.first_word,
        },
    )
    return _typed_next(attempt, opened)


def ask_at_hand(
    attempt: LoginAttempt, way: Literal["totp", "recovery"]
) -> challenges.Opened | challenges.Refused:
    """Asks for a code of the app, or one from paper."""
    return _typed_next(attempt, challenges.open_typed(_asker(attempt), way))


def resume(attempt: LoginAttempt, way: str) -> challenges.Opened | None:
    """The question of this way that the journey has open beside the one on the page; None where
    there is none. Changes `attempt`, saves nothing."""
    if way not in TYPED or (attempt.code is not None and attempt.code.kind == way):
        return None
    waits = challenges.waiting(kind=way, subject=attempts.subject(attempt.reference_digest))
    if waits is not None:
        _typed_next(attempt, waits)
    return waits


def _typed_next(
    attempt: LoginAttempt, opened: challenges.Opened | challenges.Refused
) -> challenges.Opened | challenges.Refused:
    if isinstance(opened, challenges.Opened):
        attempt.code_id = opened.challenge_id
    return opened


def _mail_for(attempt: LoginAttempt) -> Literal["code", "signup_code", "address_in_use"]:
    """To an address that is somebody else's no code goes: its owner is told,
    and the page looks as always."""
    user = attempt.user
    if user.email_confirmed_at is None and people.owner_of(user.email) is not None:
        return "address_in_use"
    return "signup_code" if attempt.purpose == "signup" else "code"


def _shown(arrival: Arrival, language: str) -> risk.LoginWords:
    """In the language of who reads it: the person, who may sit elsewhere than whoever signs in."""
    context = risk.arrived(
        arrival.ip,
        arrival.user_agent,
        at=arrival.at,
        request_id=arrival.request_id,
        door=arrival.door,
    )
    return risk.describe(context, language)


def answered(attempt: LoginAttempt) -> int | None:
    """The question that was answered rightly and not collected yet."""
    now = clock.now()
    rows = [
        row
        for row in (attempt.push, attempt.code)
        if row is not None and challenges.state_of(row, now) == "approved"
    ]
    return rows[0].pk if rows else None


def is_mailbox(attempt: LoginAttempt, challenge_id: int) -> bool:
    """Whether this question was answered by a code that came by mail: it
    verifies the address that it went to."""
    if attempt.proof_id == challenge_id:
        return attempt.factor == "email"
    return (
        attempt.code is not None
        and attempt.code_id == challenge_id
        and attempt.code.kind == "email"
    )


def ended(attempt: LoginAttempt) -> str:
    """What the phone's question came to: "pending", "approved", "denied", "not_me", "wrong_number",
    "expired" …; "none" where none was put."""
    return challenges.state_of(attempt.push, clock.now()) if attempt.push is not None else "none"


def asked(attempt: LoginAttempt, wakes: list[challenges.Wake]) -> Asked | None:
    """The phone's question as the wait page shows it; None where none is there. `wakes`: how far it
    got on the way to each device."""
    row = attempt.push
    if row is None:
        return None
    known = attempt.lane == people.KNOWN
    return Asked(
        username=attempt.user.username,
        known=known,
        number=challenges.number(row),
        digits=row.digits,
        expires_at=row.expires_at,
        created_at=row.created_at,
        devices=reach_of(wakes) if known else [],
        state=challenges.state_of(row, clock.now()),
    )


def reach_of(wakes: list[challenges.Wake]) -> list[dict[str, str]]:
    """`name` and `state` (asked, seen, away) of each device, for the wait page
    of a browser that may know them."""
    return [
        {"name": wake.label, "state": "away" if wake.state == "unreachable" else wake.state}
        for wake in wakes
    ]


def ways(attempt: LoginAttempt) -> challenges.Ways:
    """What else this person could use here and now, or when."""
    found = challenges.ways(
        user_id=attempt.user_id,
        lane=attempt.lane,
        required=attempt.required,
        purpose=attempt.purpose,
        browser=attempt.browser,
        subject=attempts.subject(attempt.reference_digest),
        ends=attempt.expires_at,
    )
    return replace(
        found, waits={way: wait for way, wait in found.waits.items() if not _is_open(attempt, way)}
    )


def _is_open(attempt: LoginAttempt, way: str) -> bool:
    """Whether a code that was sent waits beside the question on the page: who comes back to it goes
    on, and need not wait."""
    if way not in SENT or (attempt.code is not None and attempt.code.kind == way):
        return False
    return (
        challenges.waiting(kind=way, subject=attempts.subject(attempt.reference_digest)) is not None
    )
