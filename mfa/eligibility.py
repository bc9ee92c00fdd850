"""Which of a person's factors may answer which question. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from mfa.limits import YOUNG_DEVICE
from mfa.results import FactorView, Strength

STRONG_KINDS = ("push", "totp", "passkey", "recovery")
WEAK_KINDS = ("email", "sms")
TYPED_KINDS = ("totp", "recovery")
_ELDERS = ("push", "totp")
"""While one of these is older, what is younger than a day approves no change: whoever got in for a
moment must not stay by adding a code."""


def of_kind(kind: str) -> Strength:
    """What an answer of this kind proves, where it does not depend on the device."""
    return "weak" if kind in WEAK_KINDS else "strong"


def strength_of(factor: FactorView, browser: str) -> Strength:
    """`browser` is the selector of the known browser in which the question arose, "" for an unknown
    one.

    A device that lives in a browser proves little about somebody in that same browser; an unknown
    one might be it, without its cookie.
    """
    if of_kind(factor.kind) == "weak":
        return "weak"
    return "weak" if factor.tied_browser and browser in ("", factor.tied_browser) else "strong"


def may_answer(
    factor: FactorView,
    devices: Iterable[FactorView],
    *,
    required: str,
    purpose: str,
    browser: str,
    now: datetime,
) -> bool:
    """Whether this device is shown the question and may answer it. `devices` are all live ones of
    the person, this one among them."""
    if factor.confirmed_at is None or (
        required == "strong" and strength_of(factor, browser) == "weak"
    ):
        return False
    return purpose == "login" or not _too_young(factor, devices, now)


def _too_young(factor: FactorView, devices: Iterable[FactorView], now: datetime) -> bool:
    """A device younger than a day approves no change of the account while an older one is there to
    ask: it may be the thief's own."""
    confirmed = factor.confirmed_at or now
    if now - confirmed >= timedelta(seconds=YOUNG_DEVICE):
        return False
    return any(
        other.confirmed_at is not None and other.confirmed_at < confirmed for other in devices
    )


def typed(
    kind: str, factors: Iterable[FactorView], *, purpose: str, codes_left: int, now: datetime
) -> FactorView | None:
    """The app ("totp") or the set of codes ("recovery") that may be asked for a
    code; None where there is none."""
    every = tuple(factors)
    found = next((one for one in every if one.kind == kind and one.confirmed_at is not None), None)
    if found is None or (kind == "recovery" and not codes_left):
        return None
    elders = [one for one in every if one.kind in _ELDERS]
    return None if purpose != "login" and _too_young(found, elders, now) else found


def able(
    devices: Iterable[FactorView], *, required: str, purpose: str, browser: str, now: datetime
) -> tuple[FactorView, ...]:
    """The devices that may answer, in the order given."""
    every = tuple(devices)
    return tuple(
        one
        for one in every
        if may_answer(one, every, required=required, purpose=purpose, browser=browser, now=now)
    )


def has_strong(factors: Iterable[FactorView], browser: str) -> bool:
    """Whether one of these proves the person strongly in this browser."""
    return any(
        one.confirmed_at is not None and strength_of(one, browser) == "strong" for one in factors
    )
