"""Which ways are open to a person here and now."""

from datetime import datetime

from django.conf import settings

from mfa import eligibility, factors, limits, numbers
from mfa.masks import masked
from mfa.models import Factor
from mfa.results import Ways
from mfa.services import standing
from mfa.services.standing import Standing
from mfaproject.lib import clock

_NONE = Ways(push=False, devices=[])


def ways(*, user_id: int, lane: str, required: str, purpose: str, browser: str) -> Ways:
    """What could be asked now; how often is looked at when it is asked. One SELECT.

    `browser`: selector of the known browser that asks, "" for an unknown one. Names of devices are for known browsers only: the caller's to hide.
    """
    stands = standing.read(user_id, lane)
    if stands is None:
        return _NONE
    now = clock.now()
    at = int(now.timestamp())
    closed = limits.weak_ways_closed(stands.tallies, lane=lane, now=at)
    wanted = "strong" if closed else required
    tally = stands.tally("push")
    rests = limits.is_off(tally, at) or limits.has_tired(tally)
    able = eligibility.able(stands.of("push"), required=wanted, purpose=purpose, browser=browser, now=now)
    push = bool(able) and not rests and factors.kind_of("push") is not None
    weak = wanted != "strong"
    return Ways(
        push=push,
        devices=[device.label for device in able],
        email=_sent("email", stands, at) if weak and purpose != "reset" else "",
        push_off=bool(able) and rests,
        sms=_sent("sms", stands, at) if weak else "",
        totp=_typed("totp", stands, purpose, now),
        recovery=_typed("recovery", stands, purpose, now),
    )


def _is_on(kind: str, stands: Standing, at: int) -> bool:
    return factors.kind_of(kind) is not None and not limits.is_off(stands.tally(kind), at)


def _sent(kind: str, stands: Standing, at: int) -> str:
    """The masked address that a code would go to."""
    if not _is_on(kind, stands, at):
        return ""
    return masked(stands.mailbox if kind == "email" else numbers.e164(stands.address(kind), settings.SMS_COUNTRIES))


def _typed(kind: str, stands: Standing, purpose: str, now: datetime) -> bool:
    found = eligibility.typed(kind, stands.factors, purpose=purpose, codes_left=stands.codes_left, now=now)
    return found is not None and _is_on(kind, stands, int(now.timestamp()))


def has_strong(user_id: int, browser: str = "") -> bool:
    """Whether the person has a factor that is strong in this browser. One SELECT.

    A device tied to a browser counts where `browser` is the selector of another known one, and nowhere else.
    """
    rows = Factor.objects.counting().filter(user_id=user_id, kind__in=eligibility.STRONG_KINDS)
    return eligibility.has_strong([row.view() for row in rows], browser)
