"""The models as admins see them: the one that decides, and those in shadow beside it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from risk.admin.page import Fact
from risk.models import LoginLog
from risk.scoring import agreement
from risk.scoring.agreement import Decided, Duel, Judged, ScorePair
from risk.serving import challenger

NEWEST = 1000
SEARCHED = 50_000
"""Ledger rows in which those are looked for: after a flood of wrong passwords there are fewer."""

MOST_DIFFERING = 20
LARGEST, SMALLEST = 9.0, 3.0  # radius of a dot, in pixels
_ERRORS: dict[str, Promise] = {
    challenger.TIMEOUT: gettext_lazy("too late"),
    challenger.BUSY: gettext_lazy("still busy"),
}


@dataclass(frozen=True, slots=True)
class PlottedDot:
    """Per cent of the picture, from its top left corner; `r` in pixels."""

    x: float
    y: float
    r: float
    agrees: bool


@dataclass(frozen=True, slots=True)
class DifferingScore:
    """A sign-in at which only one of the two would have asked."""

    url: str
    at: datetime
    who: str
    champion: int
    challenger: int


@dataclass(frozen=True, slots=True)
class ChallengerView:
    """A model in shadow."""

    title: str
    name: str
    facts: list[Fact]
    lines: list[tuple[str, int]]
    dots: list[PlottedDot]
    newest: list[DifferingScore]


@dataclass(frozen=True, slots=True)
class ModelsPage:
    """Everything that the template shows. `limit`: where the newest sign-in's policy asks."""

    seen: int
    champion: str
    decided: list[str]
    limit: int
    challengers: list[ChallengerView]
    is_set: bool

    @property
    def limit_y(self) -> int:
        """From the top."""
        return 100 - self.limit


def page() -> ModelsPage:
    """At most three SELECTs, and the same work in any ledger."""
    rows = _rows()
    deciding, duels = agreement.champions(rows), agreement.duels(rows)
    others = _ledger(duels)
    champion = deciding[0].name if deciding else settings.RISK_MODEL.rpartition(".")[2]
    return ModelsPage(
        seen=len(rows),
        champion=champion,
        decided=[_decided(each) for each in deciding],
        limit=rows[0].challenge if rows else 0,
        challengers=[_challenger(duel, champion, others) for duel in duels],
        is_set=bool(settings.RISK_CHALLENGERS),
    )


def _rows() -> list[Judged]:
    last = LoginLog.objects.aggregate(last=Max("pk"))["last"] or 0
    found = LoginLog.objects.filter(score__isnull=False, pk__gt=last - SEARCHED).order_by("-pk")
    fields = found.values_list("pk", "model", "model_version", "challenge", "findings", "opinions")
    return [
        Judged(pk, model, version, challenge or 0, findings, opinions)
        for pk, model, version, challenge, findings, opinions in fields[:NEWEST]
    ]


def _ledger(duels: list[Duel]) -> dict[int, LoginLog]:
    wanted = {pair.id for duel in duels for pair in duel.differing[:MOST_DIFFERING]}
    return LoginLog.objects.select_related("user").in_bulk(wanted) if wanted else {}


def _named(name: str, version: str) -> str:
    return (
        _("%(name)s, version %(version)s") % {"name": name, "version": version} if version else name
    )


def _decided(model: Decided) -> str:
    words_ = ngettext(
        "%(model)s: %(number)s sign-in", "%(model)s: %(number)s sign-ins", model.number
    )
    told = words_ % {
        "model": _named(model.name, model.version),
        "number": number_format(model.number, force_grouping=True),
    }
    failed = ngettext(
        "failed at %(number)d: asked for all there is",
        "failed at %(number)d: asked for all there is",
        model.failed,
    )
    return f"{told}; {failed % {'number': model.failed}}" if model.failed else told


def _challenger(duel: Duel, champion: str, ledger: dict[int, LoginLog]) -> ChallengerView:
    return ChallengerView(
        title=_named(duel.name, duel.version),
        name=duel.name,
        facts=_facts(duel),
        lines=_lines(duel, champion) if duel.pairs else [],
        dots=_dots(duel),
        newest=[
            _other(pair, ledger[pair.id])
            for pair in duel.differing[:MOST_DIFFERING]
            if pair.id in ledger
        ],
    )


def _facts(duel: Duel) -> list[Fact]:
    faults = ", ".join(
        f"{_ERRORS.get(error, error)} {number}" for error, number in duel.errors.items()
    )
    return [
        Fact(
            _("Agreement"),
            "–"
            if duel.share is None
            else _("%(share)s %%") % {"share": number_format(100 * duel.share, 1)},
        ),
        Fact(_("Asked"), number_format(duel.asked, force_grouping=True)),
        Fact(_("Half of the answers within"), _ms(duel.p50)),
        Fact(_("95 of 100 within"), _ms(duel.p95)),
        Fact(
            _("Without an answer"),
            number_format(sum(duel.errors.values()), force_grouping=True),
            faults,
        ),
    ]


def _ms(value: float | None) -> str:
    return (
        "–"
        if value is None
        else _("%(number)s ms") % {"number": number_format(value, 2 if value < 10 else 0)}
    )


def _lines(duel: Duel, champion: str) -> list[tuple[str, int]]:
    names = {"champion": champion, "challenger": duel.name}
    return [
        (_("Both would ask"), duel.count(champion=True, challenger=True)),
        (_("Neither would ask"), duel.count(champion=False, challenger=False)),
        (_("Only %(champion)s would ask") % names, duel.count(champion=True, challenger=False)),
        (_("Only %(challenger)s would ask") % names, duel.count(champion=False, challenger=True)),
    ]


def _dots(duel: Duel) -> list[PlottedDot]:
    """Areas are numbers of sign-ins; the root of the root keeps the lone ones, which matter most,
    visible beside the many."""
    dots = duel.dots
    most = dots[0].number if dots else 1
    return [
        PlottedDot(
            dot.champion,
            100 - dot.challenger,
            round(max(SMALLEST, LARGEST * (dot.number / most) ** 0.25), 1),
            dot.agrees,
        )
        for dot in dots
    ]


def _other(pair: ScorePair, row: LoginLog) -> DifferingScore:
    url = reverse("admin:risk_loginlog_change", args=[row.pk])
    return DifferingScore(url, row.at, str(row.user or "–"), pair.champion, pair.challenger)
