"""Which of a person's factors may answer which question. What each kind is worth stands in its
folder: strength, whether it is an elder.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from mfa import registry
from mfa.limits import YOUNG_DEVICE
from mfa.registry.base import Strength
from mfa.results.enrolled import FactorView


def of_kind(kind: str) -> Strength:
    """What an answer of this kind proves, where it does not depend on the device."""
    return registry.of(kind).strength


def strong_kinds() -> tuple[str, ...]:
    """Those of which an answer is strong, unless the device lives in the browser that asks."""
    return registry.kinds(lambda factor: factor.strength == "strong")


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
    is_weak = strength_of(factor, browser) == "weak"
    if factor.confirmed_at is None or (is_weak and required == "strong"):
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


def at_hand(
    kind: str, enrolled: Iterable[FactorView], *, purpose: str, codes_left: int, now: datetime
) -> tuple[FactorView, ...]:
    """What the person has of this kind that may be asked; none where all codes are used up."""
    every = tuple(enrolled)
    if registry.of(kind).uses_codes and not codes_left:
        return ()
    elders = [one for one in every if registry.of(one.kind).is_elder]
    return tuple(
        one
        for one in every
        if one.kind == kind
        and one.confirmed_at is not None
        and (purpose == "login" or not _too_young(one, elders, now))
    )


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


def has_strong(enrolled: Iterable[FactorView], browser: str) -> bool:
    """Whether one of these proves the person strongly in this browser."""
    return any(
        one.confirmed_at is not None and strength_of(one, browser) == "strong" for one in enrolled
    )
