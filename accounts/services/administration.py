"""What admins may do to people. Each act is a ledger row and a mail to the person concerned."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.models import Link, Session, User
from accounts.services import links, login, mails, questions, security
from risk import services as risk


def _record(user: User, what: str, by: str, arrival: Arrival) -> None:
    context = login.login_context(arrival, questions.NOBODY)
    detail = f"{what} (by {by})"
    risk.record_login(context=context, outcome="admin_act", assessment=None, user_id=user.pk, typed_name=user.username, detail=detail)
    mails.changed(user, what, arrival)


@transaction.atomic
def set_flags(user: User, flags: dict[str, Any], *, by: str, arrival: Arrival) -> None:
    """Active, staff, superuser. A change renews the epoch: whatever the person holds was granted to another account than this."""
    if not flags:
        return
    User.objects.filter(pk=user.pk).update(**flags)
    security.end_everything(user.pk)
    _record(user, "admin_flags", by, arrival)


@transaction.atomic
def end_everything(user: User, *, by: str, arrival: Arrival) -> None:
    """Signs a person out everywhere and makes every browser unknown."""
    security.end_everything(user.pk)
    _record(user, "admin_signed_out", by, arrival)


@transaction.atomic
def end_session(session: Session, *, by: str, arrival: Arrival) -> None:
    """Ends one session."""
    if sessions.end_one(session.user_id, session.public_id):
        _record(session.user, "admin_signed_out", by, arrival)


def browsers_ended(people: Collection[int], context: risk.LoginContext) -> None:
    """Tells them that an admin made browsers of theirs unknown: `settings.BROWSERS_ENDED`. The ledger's rows are risk's."""
    for user in User.objects.filter(pk__in=people):
        mails.told(user, "admin_browser", at=context.at, ip=context.ip)


def send_reset(user: User, *, by: str, arrival: Arrival) -> bool:
    """Mails a link to a new password; False where no address is confirmed."""
    if user.email_confirmed_at is None or not user.is_active:
        return False
    mails.reset_link(user, links.issue(user, Link.Purpose.RESET))
    _record(user, "admin_sent_reset", by, arrival)
    return True
