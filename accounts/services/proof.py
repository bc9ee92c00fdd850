"""Proving it once more inside a session: what a change of factor, device, address or password asks for."""

from django.db import transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.journey import Limited, Refused, StepUp
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
    with transaction.atomic():
        ticket = attempts.new_ticket()
        required = "strong" if session.needs_strong or user.is_staff else "weak"
        browser = session.browser if recognition.knows(user.pk) else ""
        attempt = attempts.draft(user, arrival, ticket, purpose="proof", lane=found.lane, required=required, browser=browser)
        attempt.session_id, attempt.next_url = session.row.pk if session.row else None, next_url
        attempts.make_room(user.pk, found.lane, found.live)
        way = questions.ask_first(attempt, arrival, high=False)
        attempt.save(force_insert=True)
    return StepUp(ticket, way)
