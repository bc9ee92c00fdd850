"""Which ways are open to a person here and now."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings

from mfa import eligibility, factors, limits, phone_numbers
from mfa.limits import RECOVERY
from mfa.masks import masked
from mfa.models import Factor
from mfa.results import Asker, Ways
from mfa.services import budgets
from mfa.services.budgets import Standing
from mfa.services.challenges import refusals
from mfa.services.challenges.refusals import Ask
from mfaproject.lib import clock

_NONE = Ways(push=False, devices=[])


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
    stands = budgets.read(user_id, lane, kind="push", journey=subject)
    if stands is None:
        return _NONE
    now = clock.now()
    asker = Asker(user_id, subject, 0, lane, purpose, None, ends or now)
    return _told(Ask.by(asker, "push", required=required, browser=browser), stands, now)


def _told(ask: Ask, stands: Standing, now: datetime) -> Ways:
    at = int(now.timestamp())
    devices, rests = refusals.able(ask, stands, now), refusals.is_resting(ask, stands, now)
    push = bool(devices) and not rests and factors.kind_of("push") is not None
    weak = refusals.strength_wanted(ask, stands, at) != "strong"
    email = _sent("email", stands, at) if weak and ask.purpose != RECOVERY else ""
    sms = _sent("sms", stands, at) if weak else ""
    asked = [
        replace(ask, kind=kind)
        for kind, is_open in (("push", push), ("email", email), ("sms", sms))
        if is_open
    ]
    waits = {each.kind: _wait(each, stands, now) for each in asked}
    # a stranger reads nothing of what was said to others
    if devices and rests and (ask.purpose == RECOVERY or ask.lane == "known"):
        waits["push"] = refusals.rest_of(ask, stands, now)
    return Ways(
        push=push,
        devices=[device.label for device in devices],
        email=email,
        push_off=bool(devices) and rests,
        sms=sms,
        totp=_typed("totp", stands, ask.purpose, now),
        recovery=_typed("recovery", stands, ask.purpose, now),
        waits={kind: wait for kind, wait in waits.items() if wait},
        spent=frozenset(each.kind for each in asked if _is_spent(each, stands)),
    )


def _wait(ask: Ask, stands: Standing, now: datetime) -> int:
    if _is_spent(ask, stands):
        return 0
    return (
        refusals.until_push(ask, stands, now)
        if ask.kind == "push"
        else refusals.until_message(ask, stands, now)
    )


def _is_spent(ask: Ask, stands: Standing) -> bool:
    rule = refusals.rule_of(ask)
    return rule is not None and limits.is_spent(stands.tally(ask.kind), rule, journey=ask.subject)


def _is_on(kind: str, stands: Standing, at: int) -> bool:
    return factors.kind_of(kind) is not None and not limits.is_off(stands.tally(kind), at)


def _sent(kind: str, stands: Standing, at: int) -> str:
    """The masked address that a code would go to."""
    if not _is_on(kind, stands, at):
        return ""
    return masked(
        stands.mailbox
        if kind == "email"
        else phone_numbers.e164(stands.address(kind), settings.SMS_COUNTRIES)
    )


def _typed(kind: str, stands: Standing, purpose: str, now: datetime) -> bool:
    found = eligibility.typed(
        kind, stands.factors, purpose=purpose, codes_left=stands.codes_left, now=now
    )
    return found is not None and _is_on(kind, stands, int(now.timestamp()))


def has_strong(user_id: int, browser: str = "") -> bool:
    """Whether the person has a factor that is strong in this browser. One SELECT.

    A device tied to a browser counts where `browser` is the selector of another known one, and
    nowhere else.
    """
    rows = Factor.objects.counting().filter(user_id=user_id, kind__in=eligibility.STRONG_KINDS)
    return eligibility.has_strong([row.view() for row in rows], browser)
