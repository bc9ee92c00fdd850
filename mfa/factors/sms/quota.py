"""Text messages cost money, and people who earn at the other end ask for them: so many an hour to a
country, and so many in all.

Counted in rows, all of them or none.
"""

import logging
from datetime import UTC, datetime

from django.conf import settings

from mfa import limits, phone_numbers
from mfa.models import SmsQuota
from mfaproject.lib import seal, windows
from mfaproject.lib.limits import Limit

log = logging.getLogger("nod.sms")


def charge(number: str, *, proving: bool, now: int) -> int:
    """Counts one message to a number in the caller's transaction; gives the seconds to wait where
    it is one too many, and counts nothing.

    `proving`: the number is not known to be anybody's yet, so it has a share of its own: nobody is
    rung up from here by strangers.
    """
    to = (
        [(seal.mac("sms", number), Limit("to", limits.SMS_PER_NUMBER_HOUR, limits.HOUR))]
        if proving
        else []
    )
    prefix = (
        phone_numbers.prefix(number),
        Limit("prefix", settings.SMS_PER_PREFIX_HOUR, limits.HOUR),
    )
    site = ("all", Limit("site", settings.SMS_PER_SITE_HOUR, limits.HOUR))
    wait = windows.take(SmsQuota, *to, prefix, site, now=datetime.fromtimestamp(now, UTC))
    if wait:
        log.warning(
            "no more text messages for now", extra={"prefix": prefix[0], "retry_after": wait}
        )
    return wait
