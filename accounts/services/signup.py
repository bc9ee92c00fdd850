"""A new account: one form, one code by mail, in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from accounts.context import Arrival
from accounts.journey import Limited, StepUp
from accounts.models import User
from accounts.models.user import name_key
from accounts.services import arrivals, attempts, mails, passwords, people, step_up, throttle
from mfa.channels.base import LateLetter
from mfaproject.lib import clock, mailbox, seal
from mfaproject.lib.limits import Want
from risk import services as risk

UNCONFIRMED_LIFE = timedelta(hours=24)
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What the form gathered, already checked for shape."""

    full_name: str
    username: str
    email: str
    password: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NameTaken:
    """The one thing that sign-up says about other people."""


def form_wait(arrival: Arrival) -> int:
    """Counts a form, whatever is in it, before anything is looked up for it; seconds to wait when
    the network sent too many."""
    return throttle.tally(arrival.network, throttle.SIGNUP_FORMS)


def is_taken(username: str) -> bool:
    return User.objects.filter(username_key=name_key(username)).exists()


@dataclass(frozen=True, slots=True)
class Registered:
    """The account is there. The first sign-in's code confirms its address."""


def begin(arrival: Arrival, account: NewAccount) -> StepUp | NameTaken | Limited:
    """Makes the account and sends the code. A used address gets the same answer; its owner gets a
    mail instead of a code."""
    return _made(arrival, account, _create)


def register(arrival: Arrival, account: NewAccount) -> Registered | NameTaken | Limited:
    """The same for a program: it signs in next, and that sends the code. The owner of a used
    address is told now."""
    return _made(arrival, account, _register)


def _made(
    arrival: Arrival, account: NewAccount, create: Callable[[Arrival, NewAccount, str], Made]
) -> Made | NameTaken | Limited:
    if wait := throttle.tally_all(
        (arrival.network, throttle.SIGNUPS), *mails_wanted(arrival, account.email)
    ):
        return Limited(wait)
    with passwords.gate.slot(known=False):
        encoded = passwords.encode(account.password)
    try:
        return create(arrival, account, encoded)
    except IntegrityError:  # the name, taken between the question and the row
        return NameTaken()


def mails_wanted(arrival: Arrival, address: str) -> list[Want]:
    """What a mail that anybody may ask for counts under: the network, and the address typed.

    A browser that is known to the owner of this very address has a share of its own: what strangers
    typed, elsewhere or in her network, is none of it.
    """
    if owner := people.owner_among(address, arrivals.recognise(arrival).known_to):
        return [(str(owner.pk), limit) for limit in throttle.MAILS_OWN]
    typed = seal.mac("mail-to", mailbox.key(address))
    return [
        (arrival.network, throttle.MAILS_ADDRESS),
        *((typed, limit) for limit in throttle.MAILS_TO),
    ]


@transaction.atomic
def _create(arrival: Arrival, account: NewAccount, encoded: str) -> StepUp:
    return confirm_again(arrival, _saved(arrival, account, encoded))


@transaction.atomic
def _register(arrival: Arrival, account: NewAccount, encoded: str) -> Registered:
    user = _saved(arrival, account, encoded)
    facts: dict[str, str | int] = {
        "ip": arrival.ip or "",
        "user_agent": arrival.user_agent,
        "at": mails.seconds(arrival.at),
    }
    mails.ask(user.email, "signup_asked", facts | {"request_id": arrival.request_id})
    return Registered()


def late_letter(address: str, asked: dict[str, Any]) -> LateLetter | None:
    """`settings.LATE_LETTERS`: tells the owner of a confirmed address that a
    program wanted to sign up with it."""
    owner = people.owner_of(address)
    if owner is None:
        return None
    at = datetime.fromtimestamp(asked["at"], UTC)
    context = risk.arrived(
        asked["ip"] or None, asked["user_agent"], at=at, request_id=asked["request_id"], door="api"
    )
    return mails.late(owner, "address_in_use", mails.where(owner, context))


def _saved(arrival: Arrival, account: NewAccount, encoded: str) -> User:
    user = User(
        username=account.username,
        full_name=account.full_name,
        email=account.email,
        phone=account.phone,
        language=arrival.language,
        password=encoded,
        joined_at=arrival.at,
    )
    user.save(force_insert=True)
    return user


def confirm_again(arrival: Arrival, user: User) -> StepUp:
    """A journey that confirms the address: the right code is the first sign-in."""
    context = arrivals.login_context(arrival, step_up.NOBODY)
    ticket = attempts.new_ticket(arrival)
    attempt = attempts.draft(
        user, arrival, ticket, purpose="signup", lane=people.OTHER, required="weak"
    )
    attempt.ledger_id = risk.record_login(
        context=context,
        outcome="pending",
        assessment=None,
        user_id=user.pk,
        typed_name=user.username,
    )
    way = step_up.ask_mailbox(attempt, arrival)
    attempt.save(force_insert=True)
    return StepUp(ticket, way, attempt.expires_at)


def prune() -> None:
    """Accounts whose address nobody confirmed vanish, and with them their names."""
    late = User.objects.filter(
        email_confirmed_at=None, is_staff=False, joined_at__lt=clock.now() - UNCONFIRMED_LIFE
    )
    for user in late.iterator():
        user.delete()
