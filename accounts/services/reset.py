"""A new password by mail. Mail alone is enough only for who has nothing but mail."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts import strength
from accounts.context import Arrival
from accounts.journey import Limited, Over, Pending, StepUp, Ticket
from accounts.models import Link, LoginAttempt, User
from accounts.services import (
    arrivals,
    attempts,
    links,
    login,
    mails,
    passwords,
    people,
    question_state,
    security,
    signup,
    step_up,
    throttle,
)
from mfa.channels.base import LateLetter
from mfa.results import Ways
from mfa.services import challenges, enrolment
from risk import services as risk


@dataclass(frozen=True, slots=True)
class Sent:
    """The same for every address."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The new password may be typed."""

    user: User


def request_link(arrival: Arrival, address: str) -> Sent | Limited:
    """Sends a link to the owner of a confirmed address.

    Every other gets the same answer after the same work: whose it is, is asked later.
    """
    if wait := throttle.tally_all(*signup.mails_wanted(arrival, address)):
        return Limited(wait)
    mails.ask(address, "reset_asked", {}, life=links.LIVES[Link.Purpose.RESET])
    return Sent()


def late_letter(address: str, _asked: dict[str, Any]) -> LateLetter | None:
    """`settings.LATE_LETTERS`: the link, for who has this address by now."""
    owner = people.owner_of(address)
    if owner is None or not owner.is_active:
        return None
    return mails.late(
        owner, "reset_link", mails.reset_facts(links.issue(owner, Link.Purpose.RESET))
    )


def find(token: str) -> Link | None:
    """The link while it lives; reads only."""
    return links.find(Link.Purpose.RESET, token)


def needs_factor(user: User) -> bool:
    """Whether something besides the mailbox must prove it: whatever there is,
    and always for staff."""
    return user.is_staff or enrolment.has_more_than_mailbox(user.pk)


@transaction.atomic
def ask_factor(arrival: Arrival, token: str, before: Ticket | None = None) -> StepUp | Over:
    """Puts the question that stands between a mailed link and the form for a new password."""
    link = links.find(Link.Purpose.RESET, token)
    if link is None:
        return Over("gone")
    ticket = attempts.new_ticket(arrival)
    attempt = attempts.draft(
        link.user,
        arrival,
        ticket,
        purpose="reset",
        lane=people.OTHER,
        required=_required(link.user),
    )
    if resumed := login.resume(before, attempt, high=True):
        return resumed
    way = step_up.ask_first(attempt, arrival, high=True)
    attempt.save(force_insert=True)
    return StepUp(ticket, way, attempt.expires_at)


def _required(user: User) -> str:
    return strength.required(user, strong=lambda: challenges.has_strong(user.pk))


def ways(link: Link) -> Ways:
    """What could answer that question now, or when."""
    return challenges.ways(
        user_id=link.user_id,
        lane=people.OTHER,
        required=_required(link.user),
        purpose="reset",
        browser="",
        ends=link.expires_at,
    )


def may_set(token: str, ticket: Ticket | None) -> Ready | Pending | Over:
    """Whether the form may be shown: nothing more is needed, or the question of this browser's
    journey was answered."""
    link = links.find(Link.Purpose.RESET, token)
    if link is None:
        return Over("gone")
    if not needs_factor(link.user):
        return Ready(link.user)
    attempt = _journey_of(link, ticket)
    if attempt is None or question_state.answered(attempt) is None:
        return Pending()
    return Ready(link.user)


def _journey_of(link: Link, ticket: Ticket | None) -> LoginAttempt | None:
    attempt = attempts.mine(ticket, "reset")
    return attempt if attempt is not None and attempt.user_id == link.user_id else None


def set_new(arrival: Arrival, token: str, ticket: Ticket | None, password: str) -> Ready | Over:
    """Link, question and password in one transaction: the link and the answer are spent, and
    everything else of the person ends."""
    link = links.find(Link.Purpose.RESET, token)
    if link is None:
        return Over("gone")
    with passwords.gate.slot(known=False), transaction.atomic():
        if not _spend(link, ticket) or not links.use(link):
            transaction.set_rollback(True)
            return Over("gone")
        security.set_password(link.user, password)
        enrolment.mailbox_proved(link.user_id)
        context = arrivals.login_context(arrival, step_up.NOBODY)
        risk.record_login(
            context=context,
            outcome="password_reset",
            assessment=None,
            user_id=link.user_id,
            typed_name=link.user.username,
        )
        mails.password_changed(link.user, arrival)
    return Ready(link.user)


def _spend(link: Link, ticket: Ticket | None) -> bool:
    """Whether the proof that this person needs was given, spending it."""
    if not needs_factor(link.user):
        return True
    attempt = _journey_of(link, ticket)
    challenge_id = question_state.answered(attempt) if attempt else None
    return (
        attempt is not None
        and challenge_id is not None
        and attempts.collect(attempt, challenge_id) is not None
    )
