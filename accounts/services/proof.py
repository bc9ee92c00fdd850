"""Proving it once more inside a session: what a change of factor, device, address or password asks
for.
"""

from django.db import transaction

from accounts import sessions, strength
from accounts.context import Arrival
from accounts.journey import Limited, Refused, StepUp, Ticket
from accounts.models import User
from accounts.services import arrivals, attempts, login, passwords, people, step_up, throttle
from mfaproject.lib import limits


def begin(
    arrival: Arrival,
    session: sessions.BrowserSession,
    *,
    password: str,
    next_url: str,
    before: Ticket | None = None,
) -> StepUp | Refused | Limited:
    """The password again, then a factor: a strong one from who has one.

    Whoever is signed in here is told how long she has to wait: what she mistypes counts for this
    session alone, and what others do elsewhere counts for nothing.
    """
    user = session.user
    if user is None:
        return Refused()
    if wait := _wait(session):
        return Limited(wait)
    row = throttle.session_row(session.public_id)
    with passwords.gate.slot(known=True):
        failures = throttle.read({"session": row})["session"]
        if wait := throttle.name_wait(failures, arrival.at):
            return Limited(wait)
        right = passwords.matches(user, password)
    if not right:
        throttle.name_failed(row)
        return Refused()
    if failures.count:
        throttle.succeeded(row)
    recognition = arrivals.recognise(arrival)
    browser = session.browser if recognition.knows(user.pk) else ""
    found = people.find(user.username, arrival, recognition)
    return _open(arrival, session, user, found, browser=browser, next_url=next_url, before=before)


def begin_with_token(
    arrival: Arrival, session: sessions.BrowserSession
) -> StepUp | Refused | Limited:
    """The same for a program: its token stands for the password that it was
    given for, and a factor comes on top."""
    user = session.user
    if user is None:
        return Refused()
    if wait := _wait(session):
        return Limited(wait)
    recognition = arrivals.recognise(arrival)
    found = people.find(user.username, arrival, recognition)
    return _open(
        arrival, session, user, found, browser=session.browser if recognition.knows(user.pk) else ""
    )


def _wait(session: sessions.BrowserSession) -> int:
    return limits.hit(session.public_id, throttle.PROOFS, throttle.tally)


@transaction.atomic
def _open(
    arrival: Arrival,
    session: sessions.BrowserSession,
    user: User,
    found: people.Found,
    *,
    browser: str,
    next_url: str = "",
    before: Ticket | None = None,
) -> StepUp:
    ticket = attempts.new_ticket(arrival)
    required = strength.required(user, strong=lambda: session.needs_strong)
    attempt = attempts.draft(
        user, arrival, ticket, purpose="proof", lane=found.lane, required=required, browser=browser
    )
    attempt.session_id, attempt.next_url = session.row.pk if session.row else None, next_url
    if resumed := login.resume(before, attempt, high=False):
        return resumed
    for gone in attempts.make_room(found, arrival.network):
        login.close(gone, "superseded")
    return step_up.begin(attempt, ticket, arrival, high=False)
