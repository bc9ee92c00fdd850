"""A policy in shadow beside what was decided, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from risk.admin import words
from risk.models import LoginLog, RiskPolicy
from risk.policy.comparison import KINDS, RECOMMENDED, Differing, Kind
from risk.services import policies

NEWEST_DIFFERING = 20


@dataclass(frozen=True, slots=True)
class Line:
    """How many sign-ins of a kind there were and would have been; `more` with
    its sign, "" where nothing changes."""

    title: str
    decided: int
    would: int
    more: str


@dataclass(frozen=True, slots=True)
class DifferingRuling:
    """A sign-in that would have gone otherwise."""

    url: str
    at: datetime
    who: str
    pill: SafeString | str
    decided: str
    would: str


@dataclass(frozen=True, slots=True)
class Shadow:
    """`percent` of the sign-ins that are recommended; 100 when there are enough."""

    seen: int
    recommended: int
    percent: int
    lines: list[Line]
    differing: int
    newest: list[DifferingRuling]

    @property
    def is_enough(self) -> bool:
        """Whether it may decide with a good conscience."""
        return self.seen >= self.recommended


def shadow(policy: RiskPolicy) -> Shadow:
    """Two SELECTs, whatever the ledger holds."""
    found = policies.compared(policy)
    lines = [_line(each, found.decided[each], found.would[each]) for each in KINDS]
    percent = min(100, 100 * found.seen // RECOMMENDED)
    return Shadow(
        found.seen,
        RECOMMENDED,
        percent,
        lines,
        len(found.differing),
        _others(found.differing[:NEWEST_DIFFERING]),
    )


def _line(kind: Kind, decided: int, would: int) -> Line:
    more = f"{would - decided:+d}".replace("-", "−") if would != decided else ""
    return Line(_title(kind), decided, would, more)


def _title(kind: Kind) -> str:
    return {
        "allow": _("Password enough"),
        "weak": _("Asked for more proof"),
        "strong": _("Asked for a strong factor"),
        "block": _("Refused"),
    }[kind]


def _others(differing: tuple[Differing, ...]) -> list[DifferingRuling]:
    rows = LoginLog.objects.select_related("user").in_bulk([each.id for each in differing])
    return [_other(each, rows[each.id]) for each in differing if each.id in rows]


def _other(each: Differing, row: LoginLog) -> DifferingRuling:
    url = reverse("admin:risk_loginlog_change", args=[row.pk])
    return DifferingRuling(
        url, row.at, str(row.user or "–"), words.pill(row), _title(each.decided), _title(each.would)
    )
