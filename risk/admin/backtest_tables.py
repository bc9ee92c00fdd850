"""The tables of the page of a backtest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from risk.admin.backtest_words import NAMES, WHY, change
from risk.backtest import findings
from risk.backtest.tally import Share, Totals
from risk.policy.rules import Ruling


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `url` makes it a link."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """`words` columns are words, the others numbers."""

    caption: str
    head: list[str]
    rows: list[list[Cell]]
    more: str = ""


def tables(tally: Totals) -> list[ShownTable]:
    """Those that have a row."""
    return [
        each
        for each in (_good(tally), _why(tally), _people(tally), _false(tally), _attackers(tally))
        if each.rows
    ]


def _shares(caption: str, rows: Iterable[tuple[str, Share]], first: str) -> ShownTable:
    head = [first, _("Number"), _("Asked, now → draft"), _("Strong factor, now → draft")]
    cells = [
        [
            Cell(name),
            Cell(number_format(share.total)),
            Cell(change(share.asked_now, share.asked_draft, share.total)),
            Cell(change(share.strong_now, share.strong_draft, share.total)),
        ]
        for name, share in rows
    ]
    return ShownTable(caption, head, cells)


def _good(tally: Totals) -> ShownTable:
    rows = [(str(NAMES[name]), share) for name, share in findings.shares(tally).items()]
    rows += [
        (_("group %(name)s") % {"name": name}, share)
        for name, share in findings.groups(tally).items()
    ]
    return _shares(_("Good sign-ins"), rows, _("Whose"))


def _attackers(tally: Totals) -> ShownTable:
    rows = [(str(NAMES[kind]), share) for kind, share in findings.attackers(tally).items()]
    return _shares(_("Simulated attackers with the right password"), rows, _("Kind"))


def _why(tally: Totals) -> ShownTable:
    rows = [
        [Cell(str(WHY[why])), Cell(number_format(now)), Cell(number_format(draft))]
        for why, now, draft in findings.reasons(tally)
    ]
    return ShownTable(
        _("Why good sign-ins are asked"), [_("Because of"), _("Now"), _("Draft")], rows
    )


def _people(tally: Totals) -> ShownTable:
    changed, named = findings.affected(tally)
    people = _accounts(each.user_id for each in named)
    rows = [
        [
            people[each.user_id],
            *(
                Cell(number_format(n))
                for n in (each.sign_ins, each.newly_asked, each.no_longer_asked, each.newly_strong)
            ),
        ]
        for each in named
    ]
    more = (
        _("and %(number)s more people") % {"number": number_format(changed - len(named))}
        if changed > len(named)
        else ""
    )
    head = [_("Who"), _("Good sign-ins"), _("Asked more"), _("Asked less"), _("Strong more")]
    return ShownTable(_("Who would have noticed"), head, rows, more)


def _false(tally: Totals) -> ShownTable:
    found = list(reversed(tally.false))[: findings.NAMED]
    people = _accounts(each.user_id for each in found)
    rows = [
        [
            Cell(date_format(datetime.fromtimestamp(each.at, UTC), "j F Y, H:i"), login(each.pk)),
            people[each.user_id],
            Cell(str(each.draft.score)),
            Cell(_decided(each.now)),
            Cell(_decided(each.draft)),
        ]
        for each in found
    ]
    total = tally.false_total.total
    more = (
        _("and %(number)s older ones") % {"number": number_format(total - len(found))}
        if total > len(found)
        else ""
    )
    return ShownTable(
        _("Sign-ins that their owners called false"),
        [_("When"), _("Who"), _("Score"), _("Decided"), _("Draft")],
        rows,
        more,
    )


def _decided(ruling: Ruling) -> str:
    if ruling.decision == "block":
        return _("Refused")
    if ruling.decision == "allow":
        return _("Password enough")
    return _("A strong factor") if ruling.required == "strong" else _("Any second factor")


def _accounts(numbers: Iterable[int]) -> dict[int, Cell]:
    wanted = set(numbers)
    people: Any = get_user_model()._default_manager
    found = people.in_bulk(wanted)
    return {
        number: Cell(str(found[number]), _account(number)) if number in found else Cell("–")
        for number in wanted
    }


def _account(number: int) -> str:
    options = get_user_model()._meta
    try:
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[number])
    except NoReverseMatch:
        return ""


def login(number: int) -> str:
    return reverse("admin:risk_loginlog_change", args=[number])
