"""What a person changes about her account, besides what proves her. Who may do it is held by the
doors.
"""

from django.db import transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.models import User
from accounts.services import mails, people, security


class Ended(Exception):
    """The session that asked was ended in this very moment."""


class StaffStays(Exception):
    """A staff account is ended by another one, never by itself: what it did
    must have somebody's name."""


def rename(user: User, full_name: str) -> None:
    """What people call her."""
    user.full_name = full_name
    user.save(update_fields=["full_name"])


@transaction.atomic
def delete(session: sessions.BrowserSession, user: User, arrival: Arrival) -> None:
    """The account, and everything that hangs on it. The ledger keeps its rows,
    without a name. A last mail says so."""
    held = people.held(user.pk)
    # an owner who undoes what a thief did must win over the thief's last request
    if held is None or not sessions.is_alive(session):
        raise Ended
    if held.is_staff:
        raise StaffStays
    security.end_everything(user.pk)  # also what waits in the ledger, which outlives the account
    mails.deleted(user, arrival)
    user.delete()
