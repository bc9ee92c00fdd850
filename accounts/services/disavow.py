"""A wrong login, undone by the person it was done to."""

from django.db import transaction

from accounts import journey
from accounts.models import Link, LoginAttempt, Session, User
from accounts.services import links, security
from mfa.services import enrolment
from risk import services as risk

LONGEST_CHAIN = 1_000


def find(token: str) -> Link | None:
    """The link while it can still act; reads only."""
    return links.find(Link.Purpose.DISAVOW, token)


def by_link(token: str) -> bool:
    """Ends that sign-in and all that it added. The password stops working; no new one is set here.
    True for one caller only."""
    link = find(token)
    if link is None:
        return False
    with transaction.atomic():
        if not links.use(link):
            transaction.set_rollback(True)
            return False
        undo(link.user, link.session, link.ledger_id)
    return True


def recent(user: User, log_id: int) -> bool:
    """The same from the security page, for a sign-in of one's own list."""
    session = Session.objects.filter(user=user, ledger_id=log_id).first()
    if session is None:
        return False
    with transaction.atomic():
        undo(user, session.public_id, log_id)
    return True


def undo(user: User, session_id: str, ledger_id: int | None) -> None:
    """In one transaction: what that session added, and what that added, goes; everything of the
    person ends; risk learns."""
    for added in chain(user.pk, session_id):
        enrolment.revoke_added_by(user.pk, added)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    LoginAttempt.objects.leaving_for(journey.DISAVOWED).filter(
        user=user, ledger_id=ledger_id
    ).update(state=journey.DISAVOWED)
    security.end_everything(user.pk)
    if ledger_id is not None:
        risk.disavow(ledger_id, user.pk)


def chain(user_id: int, session_id: str) -> list[str]:
    """That session, the sessions proven by factors it added, and so on to the end."""
    found, queue = [session_id], [session_id]
    while queue and len(found) < LONGEST_CHAIN:
        factors = enrolment.added_by(user_id, queue.pop())
        rows = Session.objects.filter(user_id=user_id).exclude(public_id__in=found)
        newer = (
            list(rows.filter(factor_id__in=factors).values_list("public_id", flat=True))
            if factors
            else []
        )
        newer += list(rows.filter(added_by__in=found).values_list("public_id", flat=True))
        found += (
            fresh := [public_id for public_id in dict.fromkeys(newer) if public_id not in found]
        )
        queue += fresh
    return found
