"""One login, from the typed password to the session. Read this file first.

`begin` asks for the password, and risk for its opinion; `peek` and `look` only read; `choose` puts
another question; `prove` takes a typed code; `finish` collects what the phone or the code has
proven and opens the session (last_step.py). Every move is one conditional UPDATE.
"""

from dataclasses import replace

from django.db import transaction

from accounts import journey, sessions, strength
from accounts.context import Arrival
from accounts.journey import (
    Admitted,
    Limited,
    Over,
    Pending,
    Proven,
    Refused,
    StepUp,
    Ticket,
    WrongCode,
)
from accounts.models import LoginAttempt, User
from accounts.services import (
    arrivals,
    attempts,
    last_step,
    passwords,
    people,
    question_state,
    refusing,
    resuming,
    step_up,
    throttle,
)
from accounts.services.people import Found
from mfa.services import challenges
from mfaproject.lib import limits
from risk import services as risk
from risk.services import Assessment, LoginContext, Recognition


def begin(
    arrival: Arrival, *, name: str, password: str, next_url: str = "/", before: Ticket | None = None
) -> Admitted | StepUp | Refused | Limited:
    """Name and password of somebody who wants in. Refused is the same for every reason; Limited is
    about the network alone.

    `before`: the journey that this browser is on already.
    """
    recognition = arrivals.recognise(arrival)
    found = _heard(name, arrival, recognition)
    if isinstance(found, Limited):
        return found
    context = arrivals.login_context(arrival, recognition)
    with passwords.gate.slot(known=found.is_known):
        # Read inside the slot: parallel guesses overshoot by as many as hash at once, and no more.
        failures = throttle.read({"name": found.row, "network": arrival.network})
        if not found.is_known and (wait := throttle.address_wait(failures["network"], arrival.at)):
            return Limited(wait)
        waits = throttle.name_wait(failures["name"], arrival.at) > 0
        right = _is_right(found, waits, password)
    if found.user is None or not right:
        return refusing.refuse(found, waits, name, context, arrival)
    return _decide(found.user, found, failures["name"], context, arrival, next_url, before)


def _heard(name: str, arrival: Arrival, recognition: Recognition) -> Found | Limited:
    """Counts the try: for the network, or for a browser that is known to whoever it names by
    itself.

    Strangers meet the limit before anything is read for them.
    """
    nobodys = not recognition.known_to
    if nobodys and (wait := limits.hit(arrival.network, throttle.ADDRESS_ALL, throttle.tally)):
        return Limited(wait)
    found = people.find(name, arrival, recognition)
    if found.user is not None and found.is_known:
        wait = limits.hit(
            f"{recognition.selector}:{found.user.pk}", throttle.KNOWN_ALL, throttle.tally
        )
    else:
        wait = 0 if nobodys else limits.hit(arrival.network, throttle.ADDRESS_ALL, throttle.tally)
    return Limited(wait) if wait else found


def _is_right(found: Found, waits: bool, password: str) -> bool:
    """Whether the password is that of the person, who may try: always exactly one hash."""
    heard = found.user is not None and found.user.is_active and not waits
    return passwords.matches(found.user if heard else None, password)


def _decide(
    user: User,
    found: Found,
    failures: throttle.Record,
    context: LoginContext,
    arrival: Arrival,
    next_url: str,
    before: Ticket | None,
) -> Admitted | StepUp | Refused:
    assessment = risk.assess(
        user_id=user.pk,
        is_staff=user.is_staff,
        has_strong=True,
        context=context,
        username=user.username,
    )
    if assessment.decision == "block":
        return refusing.block(user, found, assessment, context, arrival)
    if failures.count:
        throttle.succeeded(found.row)
    if assessment.decision == "allow":
        return _allow(user, assessment, context, next_url)
    return _step_up(user, found, _attainable(user, assessment), context, arrival, next_url, before)


def _attainable(user: User, assessment: Assessment) -> Assessment:
    """Who has no strong factor is asked for the weak one even where a strong one would be better:
    else nobody new could ever travel. Not staff."""
    wanted = assessment.required == "strong"
    reached = strength.required(user, strong=lambda: wanted and challenges.has_strong(user.pk))
    return replace(assessment, required=reached)


@transaction.atomic
def _allow(user: User, assessment: Assessment, context: LoginContext, next_url: str) -> Admitted:
    """The password was enough: a known browser, and nothing odd."""
    log_id = risk.record_login(
        context=context,
        outcome="pending",
        assessment=assessment,
        user_id=user.pk,
        typed_name=user.username,
    )
    cookie = risk.admit(
        log_id=log_id,
        user_id=user.pk,
        context=context,
        factor="password",
        strength="password",
        added_by="",
    )
    browser = context.browser.selector or ""
    evidence = sessions.Evidence(
        "password",
        "password",
        browser=browser,
        ledger_id=log_id,
        token_name=arrivals.token_name(context),
    )
    row, key = sessions.open_session(user, evidence, epoch=user.auth_epoch)
    known_as = user.username if context.browser.knows(user.pk) else ""
    return Admitted(user.pk, key, cookie, next_url, row.expires_at, known_as=known_as)


@transaction.atomic
def _step_up(
    user: User,
    found: Found,
    assessment: Assessment,
    context: LoginContext,
    arrival: Arrival,
    next_url: str,
    before: Ticket | None,
) -> StepUp:
    """Ledger row, question, message and journey: all of them or none. A program is asked nothing
    yet: it chooses the way itself."""
    ticket = attempts.new_ticket(arrival)
    browser = (context.browser.selector or "") if found.is_known else ""
    attempt = attempts.draft(
        user,
        arrival,
        ticket,
        purpose="login",
        lane=found.lane,
        required=assessment.required,
        browser=browser,
    )
    attempt.next_url = next_url
    high, careful = assessment.level == "high", risk.why_careful(assessment, user.language)
    if resumed := resume(before, attempt, high=high, careful=careful):
        return resumed
    attempt.ledger_id = risk.record_login(
        context=context,
        outcome="pending",
        assessment=assessment,
        user_id=user.pk,
        typed_name=user.username,
    )
    for gone in attempts.make_room(found, arrival.network):
        close(gone, "superseded")
    return step_up.begin(attempt, ticket, arrival, high=high, careful=careful)


def resume(
    before: Ticket | None, wanted: LoginAttempt, *, high: bool, careful: str = ""
) -> StepUp | None:
    """The journey that this browser has for the same person and purpose: on with it.

    Else it ends, for its cookie is about to be replaced.
    """
    live = resuming.live(before, wanted)
    if before is None or live is None:
        return None
    digits = step_up.digits_of(wanted, high=high)
    step = resuming.go_on(before, live, wanted, digits=digits, careful=careful)
    if step is None and attempts.move(live, journey.SUPERSEDED):
        close(live, "superseded")
    return step


def close(attempt: LoginAttempt, outcome: str) -> None:
    """What follows when a journey ends without a session: its questions die and
    the ledger says how it ended."""
    challenges.cancel(subject=attempts.subject(attempt.reference_digest), people=[attempt.user_id])
    if attempt.ledger_id:
        risk.record_outcome(attempt.ledger_id, outcome)


def prove(
    ticket: Ticket | None, arrival: Arrival, *, typed: str
) -> Admitted | Proven | WrongCode | Over:
    """A typed code. Right: on to `finish`."""
    attempt = attempts.mine(ticket)
    if attempt is None:
        return Over("gone")
    if attempt.code_id is None:
        return WrongCode(0, "expired")
    result = challenges.check_code(
        challenge_id=attempt.code_id,
        subject=attempts.subject(attempt.reference_digest),
        typed=typed,
    )
    match result:
        case challenges.Wrong(left=left):
            return WrongCode(left)
        case challenges.Dead(code=code):
            return WrongCode(0, code)
    outcome = finish(ticket, arrival)
    return Over("gone") if isinstance(outcome, Pending) else outcome


def finish(ticket: Ticket | None, arrival: Arrival) -> Admitted | Proven | Pending | Over:
    """Collects what was proven and opens the session: one winner, whatever runs beside it. A
    reset's proof is spent with the new password."""
    attempt = attempts.mine(ticket)
    if attempt is None:
        return Over("gone")
    challenge_id = question_state.answered(attempt)
    if challenge_id is None:
        over = question_state.ended(attempt)
        return (
            Over(over, attempt.lane == people.KNOWN) if over in challenges.REFUSALS else Pending()
        )
    if attempt.purpose == "reset":
        return Proven()
    return last_step.complete(attempt, challenge_id, arrival)


def cancel(ticket: Ticket | None) -> None:
    """The person at the login page gave up."""
    attempt = attempts.mine(ticket)
    if attempt is not None and attempts.move(attempt, journey.CANCELLED):
        close(attempt, "cancelled")
