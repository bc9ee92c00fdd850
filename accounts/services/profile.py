"""What a person changes about her account, besides what proves her. Who may do it is held by the doors."""

from django.db import transaction

from accounts.context import Arrival
from accounts.models import User
from accounts.services import mails


class StaffStays(Exception):
    """A staff account is ended by another one, never by itself: what it did must have somebody's name."""


def rename(user: User, full_name: str) -> None:
    """What people call her."""
    user.full_name = full_name
    user.save(update_fields=["full_name"])


@transaction.atomic
def delete(user: User, arrival: Arrival) -> None:
    """The account, and everything that hangs on it. The ledger keeps its rows, without a name. A last mail says so."""
    if User.objects.select_for_update().get(pk=user.pk).is_staff:
        raise StaffStays
    mails.deleted(user, arrival)
    user.delete()
