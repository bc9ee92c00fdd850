"""Proving it once more inside a session: what a change of factor, device, address or password asks for."""

from django.db import transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.journey import Limited, Refused, StepUp
from accounts.models import User
from accounts.services import attempts, login, passwords, people, questions, throttle


def begin(arrival: Arrival, session: sessions.BrowserSession, *, password: str, next_url: str) -> StepUp | Refused | Limited:
    """The password again, then a factor: a strong one from who has one. A wrong password counts as one at the login page."""
    user = session.user
    if user is None:
        return Refused()
    recognition = login.recognise(arrival)
    with passwords.gate.slot(known=True):
        found = people.find(user.username, arrival, recognition)
        if wait := found.network_wait(arrival.at):
            return Limited(wait)
        if found.must_wait(arrival.at) or not passwords.matches(user, password):
            throttle.name_failed(found.row)
            throttle.address_failed(arrival.network)
            return Refused()
    return _open(arrival, session, user, found, browser=session.browser if recognition.knows(user.pk) else "", next_url=next_url)


def step_up(arrival: Arrival, session: sessions.BrowserSession) -> StepUp | Refused | Limited:
    """The same for a program: its token stands for the password that it was given for, and a factor comes on top."""
    user = session.user
    if user is None:
        return Refused()
    recognition = login.recognise(arrival)
    found = people.find(user.username, arrival, recognition)
    if wait := found.network_wait(arrival.at):
        return Limited(wait)
    return _open(arrival, session, user, found, browser=session.browser if recognition.knows(user.pk) else "")


@transaction.atomic
def _open(arrival: Arrival, session: sessions.BrowserSession, user: User, found: people.Found, *, browser: str, next_url: str = "") -> StepUp:
    ticket = attempts.new_ticket(arrival)
    required = "strong" if session.needs_strong or user.is_staff else "weak"
    attempt = attempts.draft(user, arrival, ticket, purpose="proof", lane=found.lane, required=required, browser=browser)
    attempt.session_id, attempt.next_url = session.row.pk if session.row else None, next_url
    for gone in attempts.make_room(user.pk, found.lane, found.live):
        login.close(gone, "superseded")
    return questions.begin(attempt, ticket, arrival, high=False)
