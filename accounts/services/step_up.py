"""Which question a journey puts to the person."""

from typing import Literal

from django.conf import settings
from django.db import transaction

from accounts.context import Arrival
from accounts.journey import Over, StepUp, Ticket
from accounts.models import LoginAttempt, User
from accounts.services import attempts, people, question_state
from mfa import registry
from mfa.prompt import Prompt
from mfa.registry.base import Factor
from mfa.services import challenges
from mfaproject.lib.prepared import insert
from risk import services as risk
from risk.services import Recognition

NONE = "none"
"""The way of a journey that has no question yet."""
UNAVAILABLE = challenges.NotAsked("method_unavailable", 0)
NOBODY = Recognition(None, frozenset(), "absent")


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
    if ticket.door == "api":
        insert(attempt)
        return StepUp(ticket, NONE, attempt.expires_at, question_state.ways(attempt).kinds)
    way = ask_first(attempt, arrival, high=high, careful=careful)
    insert(attempt)
    return StepUp(ticket, way, attempt.expires_at)


def is_waited_for(way: str) -> bool:
    """Whether the page waits for this way, or there is none to be typed."""
    return way == NONE or registry.of(way).is_elsewhere


def ask_first(
    attempt: LoginAttempt, arrival: Arrival, *, high: bool, careful: str | None = None
) -> str:
    """The first question of a journey: a phone that may answer, else an app, else a code that is
    sent. Changes `attempt`, saves nothing. Gives the kind, or `NONE`."""
    enrolled: frozenset[str] | None = None
    for factor in (each for each in registry.every() if each.is_asked_first):
        if enrolled is not None and factor.kind not in enrolled and not factor.is_mailbox:
            continue
        asked = ask(attempt, arrival, factor.kind, high=high, careful=careful)
        if isinstance(asked, challenges.Opened):
            return factor.kind
        enrolled = asked.enrolled if enrolled is None else enrolled
    return NONE


def ask(
    attempt: LoginAttempt,
    arrival: Arrival,
    way: str,
    *,
    high: bool = False,
    careful: str | None = None,
) -> challenges.Opened | challenges.NotAsked:
    """Puts the question of this way. Changes `attempt`, saves nothing. A way that nobody knows is
    one that is not open."""
    factor = registry.get(way)
    if factor is None:
        return UNAVAILABLE
    if factor.is_elsewhere:
        return ask_elsewhere(attempt, arrival, way, high=high, careful=careful)
    if factor.is_sent:
        return ask_sent(attempt, arrival, factor)
    return _typed_next(
        attempt, challenges.open_at_hand(_asker(attempt), way, required=attempt.required)
    )


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


def ask_elsewhere(
    attempt: LoginAttempt, arrival: Arrival, way: str, *, high: bool, careful: str | None
) -> challenges.Opened | challenges.NotAsked:
    """Puts the question to every device of the person. `careful`: why, where the caller knows it;
    else the ledger is asked."""
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
    opened = challenges.open_elsewhere(
        _asker(attempt),
        way,
        required=attempt.required,
        prompt=Prompt(attempt.user.username, settings.APP_NAME, *seen),
        digits=digits_of(attempt, high=high),
        browser=attempt.browser,
    )
    if isinstance(opened, challenges.Opened):
        attempt.push_id = opened.challenge_id
    return opened


def ask_mailbox(attempt: LoginAttempt, arrival: Arrival) -> str:
    """Sends a code to the mailbox; gives its kind."""
    kind = registry.mailbox().kind
    ask(attempt, arrival, kind)
    return kind


def ask_sent(
    attempt: LoginAttempt, arrival: Arrival, factor: Factor
) -> challenges.Opened | challenges.NotAsked:
    """Sends a code, unless a strong factor is wanted, or one besides the
    mailbox that a reset link came to."""
    if attempt.required == "strong" or (attempt.purpose == "reset" and factor.is_mailbox):
        return UNAVAILABLE
    shown = _shown(arrival, arrival.language)
    opened = challenges.open_code(
        _asker(attempt),
        factor.kind,
        # any other goes to the address that was proved
        destination=attempt.user.email if factor.is_mailbox else "",
        language=arrival.language,
        mail=_mail_for(attempt) if factor.is_mailbox else "code",
        shown={
            "browser": shown.label,
            "place": shown.place,
            "ip": arrival.ip or "",
            "at": int(arrival.at.timestamp()),
            "name": attempt.user.first_word,
        },
    )
    return _typed_next(attempt, opened)


def _resume(attempt: LoginAttempt, way: str) -> challenges.Opened | None:
    """The question of this way that the journey has open beside the one on the page; None where
    there is none. Changes `attempt`, saves nothing."""
    factor = registry.get(way)
    if factor is None or factor.is_elsewhere:
        return None
    if attempt.code is not None and attempt.code.kind == way:
        return None
    waits = challenges.waiting(kind=way, subject=attempts.subject(attempt.reference_digest))
    if waits is not None:
        _typed_next(attempt, waits)
    return waits


def _typed_next(
    attempt: LoginAttempt, opened: challenges.Opened | challenges.NotAsked
) -> challenges.Opened | challenges.NotAsked:
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


def put(
    attempt: LoginAttempt, arrival: Arrival, *, way: str, resume: bool = False
) -> challenges.Opened | challenges.NotAsked | Over:
    """Puts a question of a live journey: for a page and for a program alike. `resume`: whoever
    comes back to a way goes on with its open question."""
    state = question_state.ended(attempt)
    if state in challenges.REFUSALS:
        return Over(state, attempt.lane == people.KNOWN)
    with transaction.atomic():
        # The journey before budgets and questions, as everybody locks.
        list(
            LoginAttempt.objects.select_for_update(no_key=True)
            .filter(pk=attempt.pk)
            .values_list("pk")
        )
        opened = (_resume(attempt, way) if resume else None) or ask(attempt, arrival, way)
        if isinstance(opened, challenges.NotAsked):
            return opened
        slot = "push_id" if registry.of(way).is_elsewhere else "code_id"
        column = {slot: getattr(attempt, slot)}
        # The condition again, at the write: a no that came meanwhile must win.
        if (
            LoginAttempt.objects.alive()
            .unrefused(challenges.REFUSALS)
            .filter(pk=attempt.pk)
            .update(**column)
            != 1
        ):
            transaction.set_rollback(True)
            return Over("gone")
    return opened
