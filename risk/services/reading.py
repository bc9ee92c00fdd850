"""Sign-ins as the person reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from risk.history import addresses, outcomes
from risk.login.context import Assessment
from risk.login.description import label, place
from risk.models import LoginLog


@dataclass(frozen=True, slots=True)
class LoginView:
    """One sign-in of a list. `place` is "Germany, Deutsche Telekom AG", or ""; it stays when
    retention cuts `ip`, which is None then.

    `careful` says why it was asked for more, or "".
    """

    id: int
    at: datetime
    browser_label: str
    place: str
    ip: str | None
    outcome: str
    factor: str
    detail: str
    known_browser: bool
    careful: str


_NEW_BROWSER = frozenset({"browser_new", "browser_of_others", "browser_expired"})
_CHANGED = frozenset({"browser_changed", "browser_copied"})
_NETWORK = frozenset({"network_new", "provider_new", "country_new"})
_FAILURES = frozenset(
    {"failures_account", "failures_source", "failures_subnet", "accounts_at_source"}
)
_HELD = frozenset({"source_held", "source_named"})
_CHANGE = frozenset({"change_password", "change_factor"})
_TRAVEL = frozenset({"travel"})
_HIDDEN = frozenset({"networks_tor", "networks_vpn", "networks_hosting"})
_AWAY = frozenset({"away"})

_CAREFUL = (
    ((_HELD,), _("Somebody said that a sign-in from there was not theirs.")),
    ((_CHANGED,), _("The browser showed a cookie that belongs to another one.")),
    (
        (_NEW_BROWSER, _CHANGE),
        _("New browser, shortly after your password or a second factor was changed."),
    ),
    (
        (_NEW_BROWSER, _TRAVEL),
        _("New browser, and too far from your last sign-in to have travelled there."),
    ),
    ((_NEW_BROWSER, _NETWORK), _("New browser, and a network you have not used before.")),
    ((_NEW_BROWSER, _FAILURES), _("New browser, after several sign-ins that failed.")),
    ((_NEW_BROWSER, _HIDDEN), _("New browser, on a network that hides where people are.")),
    ((_NEW_BROWSER, _AWAY), _("New browser, after a long time without a sign-in.")),
    ((_NEW_BROWSER,), _("A browser you have not used before.")),
    ((_FAILURES,), _("Several sign-ins had failed before.")),
    ((_NETWORK,), _("A network you have not used before.")),
)
"""Whole sentences, the first whose findings are all there."""


def why_careful(assessment: Assessment, language: str) -> str:
    """Why more proof is asked for, in one sentence for the person, or "". For the authenticator and
    for afterwards, never for whoever is typing.
    """
    points = {finding.name: finding.points for finding in assessment.findings}
    with override(language or get_language()):
        return _why(points, assessment.decision, assessment.level)


def why_careful_then(log_id: int, language: str) -> str:
    """The same of a row of the ledger. One SELECT."""
    row = LoginLog.objects.filter(pk=log_id).only("findings", "decision", "level").first()
    with override(language or get_language()):
        return _careful(row) if row is not None else ""


def _careful(row: LoginLog) -> str:
    return _why(
        {finding["name"]: finding["points"] for finding in row.findings}, row.decision, row.level
    )


def _why(points: Mapping[str, int], decision: str, level: str) -> str:
    names = {name for name, number in points.items() if number > 0 or name in _NEW_BROWSER}
    if (
        decision != LoginLog.Decision.STEP_UP
        or level == LoginLog.Level.LOW
        or "floor_first" in names
    ):
        return ""
    return next(
        (str(sentence) for wanted, sentence in _CAREFUL if all(names & group for group in wanted)),
        "",
    )


def _view(row: LoginLog) -> LoginView:
    return LoginView(
        id=row.pk,
        at=row.at,
        browser_label=label(row.browser, row.system),
        place=place(row.country, row.as_name),
        ip=addresses.opened(row),
        outcome=row.outcome,
        factor=row.factor,
        detail=row.detail,
        known_browser=row.known_browser,
        careful=_careful(row),
    )


def recent_logins(user_id: int, limit: int = 10) -> list[LoginView]:
    """A person's sign-ins, newest first: those with the right password. Guesses of strangers would
    push them out of the list.
    """
    hidden: Any = outcomes.PASSWORD_FAILED | outcomes.ACTS
    rows = (
        LoginLog.objects.filter(user_id=user_id)
        .exclude(outcome__in=hidden)
        .order_by("-at", "-pk")[:limit]
    )
    return [_view(row) for row in rows]


def login_views(log_ids: Iterable[int]) -> dict[int, LoginView]:
    """Rows of the ledger by their ids, for lists that point at them."""
    return {row.pk: _view(row) for row in LoginLog.objects.filter(pk__in=list(log_ids))}
