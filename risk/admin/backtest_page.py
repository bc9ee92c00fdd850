"""A backtest as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mfaproject.lib import clock, deadlines
from risk.admin.backtest_tables import Cell, ShownTable, login, tables
from risk.admin.backtest_words import NAMES, PICTURE, change, percent, suggestion
from risk.admin.page import Fact
from risk.backtest import findings, picture, targets
from risk.backtest.outcome import Asked, Outcome
from risk.backtest.suggest import FEWEST, Suggestion, between
from risk.backtest.tally import Share, Totals
from risk.policy.drafts import PolicyDraft
from risk.services import backtesting

NEWEST, MOST, SECONDS, DRAWS = 5000, 15_000, 10.0, 400
"""A page looks at the newest so many rows, in a ledger of at most so many, for so long, and draws
attackers at so many moments.

`manage.py backtest_risk` reads all of any ledger.
"""

BROKEN = 10


@dataclass(frozen=True, slots=True)
class Drawing:
    """One panel: SVG without the element around it, and the same in a sentence."""

    inside: SafeString
    told: str
    width: int = picture.WIDTH
    height: int = picture.HEIGHT


@dataclass(frozen=True, slots=True)
class ThresholdOffer:
    """A suggested threshold; `query` tries it."""

    sentence: str
    query: str


@dataclass(frozen=True, slots=True)
class BacktestPage:
    """Everything that the template shows."""

    story: str
    is_told: bool
    facts: list[Fact]
    drawings: list[Drawing]
    offers: list[ThresholdOffer]
    tables: list[ShownTable]
    broken: list[Cell]
    notes: list[str]


def page(draft: PolicyDraft, at_most: float | None, stop: float | None) -> BacktestPage:
    """Replays. Per cent in, as somebody typed it. Raises DraftError for groups that do not fit."""
    end = clock.now().timestamp() + SECONDS
    deadlines.lengthen(SECONDS)
    outcome = backtesting.run(
        Asked(draft, newest=NEWEST, most=MOST, draws=DRAWS),
        lambda _done, _total: None,
        lambda: clock.now().timestamp() > end,
    )
    tally = outcome.tally
    found = targets.suggested(tally, outcome.draft, _share(at_most), _share(stop))
    return BacktestPage(
        story=_story(outcome),
        is_told=tally.reproduced > 0,
        facts=_facts(tally),
        drawings=_drawings(outcome),
        offers=[_offer(each, draft) for each in found],
        tables=tables(tally),
        broken=[
            Cell(f"{each.pk} ({', '.join(each.what)})", login(each.pk))
            for each in tally.broken[:BROKEN]
        ],
        notes=list(_notes(outcome)),
    )


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _story(outcome: Outcome) -> str:
    tally = outcome.tally
    if not tally.rows:
        return _("The ledger is empty: there is no past to try a policy on.")
    words = {
        "rows": number_format(tally.rows),
        "first": _day(outcome.first_at),
        "last": _day(outcome.last_at),
    }
    return _("The newest %(rows)s rows of the ledger, from %(first)s to %(last)s.") % words


def _facts(tally: Totals) -> list[Fact]:
    every, known, thief, false = (
        tally.shares.get("all", Share()),
        tally.shares.get("known", Share()),
        findings.attackers(tally).get("thief", Share()),
        tally.false_total,
    )
    changed, _people_named = findings.affected(tally, 0)
    judged = tally.reproduced + tally.broken_total
    return [
        Fact(
            _("Good sign-ins asked"),
            change(every.asked_now, every.asked_draft, every.total),
            _of(every.total),
        ),
        Fact(
            _("On known browsers"),
            change(known.asked_now, known.asked_draft, known.total),
            _of(known.total),
        ),
        Fact(
            _("Cookie thieves asked"),
            change(thief.asked_now, thief.asked_draft, thief.total),
            _range(thief),
        ),
        Fact(
            _("Called false, and asked"),
            _then(false.asked_now, false.asked_draft),
            _of(false.total),
        ),
        Fact(_("People who would have noticed"), number_format(changed), _of(len(tally.people))),
        Fact(_("Verdicts made again"), number_format(tally.reproduced), _of(judged)),
    ]


def _then(now: int, draft: int) -> str:
    return f"{number_format(now)} → {number_format(draft)}"


def _of(total: int) -> str:
    return _("of %(total)s") % {"total": number_format(total)}


def _range(share: Share) -> str:
    if not share.total:
        return ""
    low, high = between(share.asked_draft, share.total)
    return _("%(low)d to %(high)d %%, as far as %(draws)d draws tell") % {
        "low": round(100 * low),
        "high": round(100 * high),
        "draws": share.total,
    }


def _drawings(outcome: Outcome) -> list[Drawing]:
    words = {name: str(word) for name, word in (*NAMES.items(), *PICTURE.items())}
    found = picture.panels(outcome.tally, outcome.draft, outcome.now, words)
    # Numbers, and our own words, escaped.
    return [Drawing(mark_safe(picture.inside(each)), picture.told(each)) for each in found]  # noqa: S308


def _offer(told: Suggestion, draft: PolicyDraft) -> ThresholdOffer:
    changed = {"challenge": draft.challenge, "strict": draft.strict} | (
        {told.mark: told.threshold} if told.threshold else {}
    )
    query = f"challenge={changed['challenge']}&strict={changed['strict']}" if told.threshold else ""
    return ThresholdOffer(suggestion(told), query)


def _notes(outcome: Outcome) -> Iterable[str]:
    """How far to believe it."""
    yield from _unread(outcome)
    if without := _without_attackers(outcome):
        yield without
    yield from _compared(outcome)
    yield _(
        "Attackers are simulated: they know the password and come from where other accounts came"
        " from."
    )


def _unread(outcome: Outcome) -> Iterable[str]:
    """What was not looked at, or could not be."""
    tally, number = outcome.tally, number_format
    if outcome.read < outcome.total:
        words = {"read": number(outcome.read), "total": number(outcome.total)}
        yield (
            _(
                "There was time for the older %(read)s of %(total)s rows only. The command"
                " backtest_risk takes as long as it needs."
            )
            % words
        )
    if outcome.is_cut:
        words = {"rows": number(NEWEST)}
        yield (
            _(
                "This ledger is too long for a page: only its newest %(rows)s rows were read. The"
                " command backtest_risk reads all."
            )
            % words
        )
    if tally.unnoted:
        yield _("%(number)s verdicts cannot be made again: their rows noted no evidence.") % {
            "number": number(tally.unnoted)
        }


def _without_attackers(outcome: Outcome) -> str:
    """Why there are none, or none of a kind; "" where there are."""
    if outcome.is_cut:
        return _("No attackers were drawn: that needs the whole past.")
    if not outcome.tally.is_true:
        return _(
            "No attackers: what is known here of the past does not agree with what the site had"
            " noted."
        )
    if not findings.attackers(outcome.tally):
        return _("No attackers were drawn: that needs 10 accounts that have signed in before.")
    if not outcome.tally.drawn["vpn"].share.total:
        return _("Countries are unknown here, so nobody was drawn from the same country.")
    return ""


def _compared(outcome: Outcome) -> Iterable[str]:
    tally = outcome.tally
    if not picture.panels(tally, outcome.draft, None):
        yield _(
            "There is no curve: it takes %(number)d good sign-ins and %(number)d attackers of a"
            " kind."
        ) % {"number": FEWEST}
    if tally.compared:
        words = {
            "share": percent(tally.agreed, tally.compared),
            "number": number_format(tally.compared),
        }
        yield (
            _(
                "Of %(number)s sign-ins, what is known here of the past agrees with what the site"
                " had noted in %(share)s."
            )
            % words
        )


def _day(at: float) -> str:
    return date_format(datetime.fromtimestamp(at, UTC), "j F Y")
