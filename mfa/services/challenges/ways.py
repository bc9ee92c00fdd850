"""Which ways are open to a person here and now."""

from mfa import eligibility, factors, limits
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
    at = int(clock.now().timestamp())
    closed = limits.weak_ways_closed(stands.tallies, lane=lane, now=at)
    wanted = "strong" if closed else required
    tally = stands.tally("push")
    rests = limits.is_off(tally, at) or limits.has_tired(tally)
    able = eligibility.able(stands.of("push"), required=wanted, purpose=purpose, browser=browser, now=clock.now())
    push = bool(able) and not rests and factors.kind_of("push") is not None
    weak = wanted != "strong" and purpose != "reset"
    return Ways(push=push, devices=[device.label for device in able], email=_mailbox(stands, at) if weak else "", push_off=bool(able) and rests)


def _mailbox(stands: Standing, at: int) -> str:
    usable = factors.kind_of("email") is not None and not limits.is_off(stands.tally("email"), at)
    return masked(stands.mailbox) if usable else ""


def has_strong(user_id: int, browser: str = "") -> bool:
    """Whether the person has a factor that is strong in this browser. One SELECT.

    A device tied to a browser counts where `browser` is the selector of another known one, and nowhere else.
    """
    rows = Factor.objects.filter(user_id=user_id, revoked_at=None, confirmed_at__isnull=False, kind__in=eligibility.STRONG_KINDS)
    return eligibility.has_strong([row.view() for row in rows], browser)
