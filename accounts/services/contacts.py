"""Where a person can be reached: changed first, and counting once a code that was sent there came
back.
"""

from django.db import IntegrityError, transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.models import User
from accounts.services import people, undo
from mfa import registry
from mfa.results import Dead, Enrolled, NotAsked, Opened, Wrong
from mfa.services import enrolment
from mfaproject.lib import clock, mailbox


def is_email_of(user: User, address: str) -> bool:
    """Whether nothing changes with it: it waits for its proof, or it is there and none waits."""
    return mailbox.same(address, user.new_email or user.email)


def is_phone_of(user: User, number: str) -> bool:
    """The same for a number, as E.164; "" for none."""
    return number == (user.new_phone or user.phone)


def change_email(user: User, address: str) -> None:
    """The new address waits until it is proved; until then everything goes to the old one. The old
    one again: nothing waits any more."""
    user.new_email = "" if mailbox.same(address, user.email) else address
    user.save(update_fields=["new_email"])


@transaction.atomic
def change_phone(
    session: sessions.BrowserSession, user: User, number: str, arrival: Arrival
) -> None:
    """The same for a number, as E.164; "" removes the one that is there, and
    what it could prove."""
    if number:
        user.new_phone = "" if number == user.phone else number
    else:
        user.phone, user.phone_confirmed_at, user.new_phone = "", None, ""
        for factor in enrolment.factors(user.pk):
            if registry.of(factor.kind).address == "number":
                enrolment.revoke_factor(
                    user.pk, factor.id, session=session.public_id, ip=arrival.ip or ""
                )
    user.save(update_fields=["phone", "phone_confirmed_at", "new_phone"])


def send_code(
    session: sessions.BrowserSession, user: User, arrival: Arrival, *, kind: str
) -> Opened | NotAsked:
    """Sends a code to the address or number that waits, else to the one that is there."""
    return enrolment.open_address(
        kind=kind,
        user_id=user.pk,
        epoch=user.auth_epoch,
        address=_address(user, kind),
        added_by=session.public_id,
        language=arrival.language,
        name=user.first_word,
        ip=arrival.ip or "",
    )


def _address(user: User, kind: str) -> str:
    if registry.of(kind).is_mailbox:
        return user.new_email or user.email
    return user.new_phone or user.phone


def verify(
    session: sessions.BrowserSession, user: User, arrival: Arrival, *, kind: str, typed: str
) -> Enrolled | Wrong | Dead:
    """A right code: the address is the account's, and a factor. For the address of another account
    no code is right, and no answer says why."""
    address, ip = _address(user, kind), arrival.ip or ""
    is_mailbox = registry.of(kind).is_mailbox
    theirs = people.owner_of(address) if is_mailbox else None
    heard = typed if theirs is None or theirs.pk == user.pk else ""
    # it gets a mail of its own, with a way back
    told = user.email if is_mailbox and _leaves(user, address) else ""
    result = enrolment.confirm_address(
        kind=kind, user_id=user.pk, added_by=session.public_id, typed=heard, ip=ip, told=told
    )
    if not isinstance(result, Enrolled) or _moved(session, user, result, arrival):
        return result
    enrolment.revoke_factor(user.pk, result.factor_id, session=session.public_id, ip=ip)
    return Dead("used")


def _leaves(user: User, address: str) -> bool:
    """Whether a confirmed address is given up for this one."""
    return user.email_confirmed_at is not None and not mailbox.same(user.email, address)


def _moved(
    session: sessions.BrowserSession, user: User, proved: Enrolled, arrival: Arrival
) -> bool:
    """Takes the address over. False where somebody confirmed the same one in this very moment, or
    this session was ended in it."""
    try:
        with transaction.atomic():
            held = people.held(user.pk)
            if held is None or not sessions.is_alive(session):
                return False
            if registry.of(proved.kind).address == "number":
                held.phone, held.phone_confirmed_at, held.new_phone = (
                    proved.address,
                    clock.now(),
                    "",
                )
                held.save(update_fields=["phone", "phone_confirmed_at", "new_phone"])
                return True
            if _leaves(held, proved.address):
                undo.offer(session, held, proved.address, arrival)
            people.moves_to(held, proved.address)
    except IntegrityError:
        return False
    return True
