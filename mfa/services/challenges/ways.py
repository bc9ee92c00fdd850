"""Which ways are open to a person here and now."""

from dataclasses import replace
from datetime import datetime

from mfa import eligibility, limits, registry
from mfa.limits import RECOVERY
from mfa.masks import masked
from mfa.models import Factor
from mfa.registry.base import Factor as Base
from mfa.results import Asker, Way, Ways
from mfa.services import budgets
from mfa.services.budgets import Standing
from mfa.services.challenges import refusals
from mfa.services.challenges.refusals import Ask
from mfaproject.lib import clock


def ways(
    *,
    user_id: int,
    lane: str,
    required: str,
    purpose: str,
    browser: str,
    subject: str = "",
    ends: datetime | None = None,
) -> Ways:
    """What could be asked now, or when. One SELECT.

    `browser`: selector of the known browser that asks, "" for an unknown one. `subject` and `ends`:
    the journey, where there is one. Names of devices are for known browsers only: the caller's to
    hide.
    """
    devices = next((factor for factor in registry.known() if factor.is_elsewhere), None)
    kind = devices.kind if devices else ""
    stands = budgets.read(user_id, lane, kind=kind, journey=subject)
    if stands is None:
        return Ways()
    now = clock.now()
    asker = Asker(user_id, subject, 0, lane, purpose, None, ends or now)
    return _told(Ask.by(asker, kind, required=required, browser=browser), stands, now)


def _told(ask: Ask, stands: Standing, now: datetime) -> Ways:
    asks = [replace(ask, kind=factor.kind) for factor in registry.known()]
    elsewhere = [each for each in asks if each.factor.is_elsewhere]
    devices = {each.kind: refusals.able(each, stands, now) for each in elsewhere}
    found = [_way(each, stands, now) for each in asks]
    return Ways(
        every=tuple(way for way in found if way is not None),
        devices=tuple(device.label for able in devices.values() for device in able),
        is_resting=any(
            devices[each.kind] and refusals.is_resting(each, stands, now) for each in elsewhere
        ),
    )


def _way(ask: Ask, stands: Standing, now: datetime) -> Way | None:
    factor = ask.factor
    if factor.is_elsewhere:
        return _elsewhere(ask, stands, now)
    if not _is_on(ask, stands, now):
        return None
    if factor.is_sent:
        return _sent(ask, stands, now)
    return _named(factor) if refusals.at_hand(ask, stands, now) else None


def _elsewhere(ask: Ask, stands: Standing, now: datetime) -> Way | None:
    """Devices that rest are told of by their wait alone; a stranger reads
    nothing of what was said to others."""
    if not refusals.able(ask, stands, now):
        return None
    if refusals.is_resting(ask, stands, now):
        rest = refusals.rest_of(ask, stands, now)
        is_told = rest and (ask.purpose == RECOVERY or ask.lane == "known")
        return replace(_named(ask.factor), wait=rest, is_open=False) if is_told else None
    return _limited(ask, stands, now) if registry.get(ask.kind) is not None else None


def _sent(ask: Ask, stands: Standing, now: datetime) -> Way | None:
    """With the masked address that a code would go to."""
    factor = ask.factor
    if refusals.strength_wanted(ask, stands, int(now.timestamp())) == "strong" or (
        factor.is_mailbox and ask.purpose == RECOVERY
    ):
        return None
    address = stands.mailbox if factor.is_mailbox else stands.address(ask.kind)
    to = masked(factor.usable(address))
    return replace(_limited(ask, stands, now), hint=to) if to else None


def _limited(ask: Ask, stands: Standing, now: datetime) -> Way:
    if _is_spent(ask, stands):
        return replace(_named(ask.factor), is_spent=True)
    until = refusals.until_prompt if ask.factor.is_elsewhere else refusals.until_message
    return replace(_named(ask.factor), wait=until(ask, stands, now))


def _named(factor: Base) -> Way:
    return Way(
        factor.kind,
        factor.icon,
        factor.words,
        is_elsewhere=factor.is_elsewhere,
        is_mailbox=factor.is_mailbox,
    )


def _is_spent(ask: Ask, stands: Standing) -> bool:
    rule = refusals.rule_of(ask)
    return rule is not None and limits.is_spent(stands.budget(ask.kind), rule, journey=ask.subject)


def _is_on(ask: Ask, stands: Standing, now: datetime) -> bool:
    is_off = limits.is_off(stands.budget(ask.kind), int(now.timestamp()))
    return registry.get(ask.kind) is not None and not is_off


def has_strong(user_id: int, browser: str = "") -> bool:
    """Whether the person has a factor that is strong in this browser. One SELECT.

    A device tied to a browser counts where `browser` is the selector of another known one, and
    nowhere else.
    """
    rows = Factor.objects.counting().filter(user_id=user_id, kind__in=eligibility.strong_kinds())
    return eligibility.has_strong([row.view() for row in rows], browser)
