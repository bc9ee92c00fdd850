"""A change of the e-mail address, undone from the mailbox that was left."""

from django.db import IntegrityError, transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.models import Link, User
from accounts.services import disavow, links, mails, people, security
from mfa.services import enrolment
from risk import services as risk


def offer(session: sessions.BrowserSession, user: User, new: str, arrival: Arrival) -> None:
    """Mails a link to the confirmed address that `user` leaves for `new`, inside the transaction of
    the change.

    Whoever goes back to an address that such a link would put back has undone it: that link ends,
    and the one that is left gets none, because it may be a thief's.
    """
    if back := links.undo_to(user.pk, new):
        links.end_since(back)
        return
    ledger_id = session.row.ledger_id if session.row else None
    token = links.issue(
        user, Link.Purpose.UNDO, session=session.public_id, ledger_id=ledger_id, address=user.email
    )
    mails.address_changed(user, new, token, arrival)


def find(token: str) -> Link | None:
    """The link while it can still act; reads only."""
    return links.find(Link.Purpose.UNDO, token)


def by_link(token: str, arrival: Arrival) -> bool:
    """The old address is back, everything of the person ends, and the password stops working; no
    new one is set here. True for one caller only.

    False too where the address is the confirmed one of another account by now: nothing happens
    then.
    """
    link = find(token)
    if link is None:
        return False
    try:
        with transaction.atomic():
            user = people.held(link.user_id)
            if user is None or not links.use(link):
                transaction.set_rollback(True)
                return False
            _put_back(user, link, arrival)
    except IntegrityError:
        return False
    return True


def _put_back(user: User, link: Link, arrival: Arrival) -> None:
    # Of two mailboxes that were left the older one wins: what was mailed later may have gone to a
    # thief.
    links.end_since(link)
    left = user.email
    user.set_unusable_password()
    people.moves_to(user, link.address, "password")
    security.end_everything(user.pk)  # journeys before factors, as everybody locks
    enrolment.revoke_mailboxes(user.pk)
    _remove_added(user, link.session)
    if link.ledger_id is not None:
        risk.disavow(link.ledger_id, user.pk)
    for address in dict.fromkeys((user.email, left)):
        mails.changed(user, "address_back", arrival, to=address)


def _remove_added(user: User, session_id: str) -> None:
    """What that session added, and what that added, where something besides the mailbox remains.

    Otherwise it stays: the mailbox that was left may have been left because it is not safe, and
    alone it must not become enough.
    """
    chain = disavow.chain(user.pk, session_id)
    added = {factor for each in chain for factor in enrolment.added_by(user.pk, each)}
    if enrolment.has_more_than_mailbox(user.pk, but=added):
        for each in chain:
            enrolment.revoke_added_by(user.pk, each)
