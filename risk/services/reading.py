"""Sign-ins as the person reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as translated

from risk.history import addresses
from risk.login import outcomes
from risk.login.context import Assessment
from risk.models import LoginLog
from risk.scoring import registry
from risk.scoring.signals.device_cookie import NEW
from risk.services.description import label, place


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


def why_careful(assessment: Assessment, language: str) -> str:
    """Why more proof is asked for, in one sentence for the person, or "". For the authenticator and
    for afterwards, never for whoever is typing."""
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
    """Nothing where nobody was asked, or would have been anyhow."""
    if (
        decision != LoginLog.Decision.STEP_UP
        or level == LoginLog.Level.LOW
        or points.get("floor_first", 0) > 0
    ):
        return ""
    found = {name for name, number in points.items() if number > 0 or name in NEW}
    is_new = bool(found & NEW)
    fitting = (
        each for each in registry.installed().careful if each.fits(found, is_new_browser=is_new)
    )
    return next((translated(each.sentence) for each in fitting), "")


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
    push them out of the list."""
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
