"""What admins may do here: end things, never grant any. Each act is a row of the ledger and a mail
to the person concerned.
"""

from collections.abc import Callable, Collection

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from risk.login.context import LoginContext
from risk.models.known_browser import KnownBrowserQuerySet
from risk.services import known_browsers, ledger


@transaction.atomic
def end_browsers(rows: KnownBrowserQuerySet, *, by: str, context: LoginContext) -> list[int]:
    """Those browsers are asked again from now on. Gives the people concerned, one entry for each
    browser that had any trust left."""
    people = [row.user_id for row in rows.live().select_for_update().order_by("pk")]
    known_browsers.end(rows)
    for user_id in people:
        detail = f"browser_forgotten (by {by})"
        ledger.record_login(
            context=context,
            outcome="admin_act",
            assessment=None,
            user_id=user_id,
            typed_name="",
            detail=detail,
        )
    tell: Callable[[Collection[int], LoginContext], None] = import_string(settings.BROWSERS_ENDED)
    tell(set(people), context)
    return people
