"""Text messages cost money, and people who earn at the other end ask for them: so many an hour to a country, and so many in all.

Counted in rows, by conditional UPDATEs; the country before the whole, always, so that two senders never wait for each other.
"""

import logging

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from mfa import limits, numbers
from mfa.models import Toll
from mfaproject.lib import seal

log = logging.getLogger("nod.sms")


def charge(number: str, *, proving: bool, now: int) -> int:
    """Counts one message to a number in the caller's transaction; gives the seconds to wait where it is one too many: then roll back.

    `proving`: the number is not known to be anybody's yet, so it has a share of its own: nobody is rung up from here by strangers.
    """
    scopes = [(f"to:{seal.mac('sms', number)}", limits.SMS_PER_NUMBER_HOUR)] if proving else []
    scopes += [(numbers.prefix(number), settings.SMS_PER_PREFIX_HOUR), ("all", settings.SMS_PER_SITE_HOUR)]
    for scope, most in scopes:
        if wait := take(scope, most, limits.HOUR, now):
            log.warning("no more text messages for now", extra={"scope": scope.partition(":")[0], "retry_after": wait})
            return wait
    return 0


def take(scope: str, most: int, span: int, now: int) -> int:
    """Takes one of so many in a span of seconds that begins with the first; 0, or the seconds until the next span."""
    rows = Toll.objects.filter(scope=scope)
    while True:
        if rows.filter(since__gt=now - span, count__lt=most).update(count=F("count") + 1):
            return 0
        if rows.filter(since__lte=now - span).update(since=now, count=1):
            return 0
        since = rows.values_list("since", flat=True).first()
        if since is not None and since > now - span:
            return since + span - now
        if since is None and _begun(scope, now):
            return 0


def _begun(scope: str, now: int) -> bool:
    try:
        with transaction.atomic():
            Toll.objects.create(scope=scope, since=now, count=1)
    except IntegrityError:  # somebody else began this very moment
        return False
    return True
