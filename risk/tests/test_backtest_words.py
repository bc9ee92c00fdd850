"""A backtest in the words of its page: suggestions, notes and tables, from counts alone."""

from typing import Any

import pytest
from django.urls import reverse

from risk.admin import backtest_page, backtest_tables
from risk.admin.backtest_words import change, percent, plain, suggestion
from risk.backtest.outcome import Outcome
from risk.backtest.suggest import Suggestion
from risk.tests.made import (
    ALLOW,
    BLOCK,
    DRAFT,
    STRONG,
    called_false,
    draw,
    noticed,
    outcome,
    share,
    totals,
)

GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(0, 0, "–"), (0, 8, "0.0_%"), (1, 8, "12.5_%"), (8, 8, "100.0_%")]
)
def test_a_share_has_one_digit(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said.replace("_", GAP)
    assert change(0, part, whole) == ("–" if not whole else f"0.0{GAP}% → {percent(part, whole)}")
    assert plain(None) == f"0.0{GAP}%"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            Suggestion("challenge", 0.05, "all", 31, 0.04, 0.6),
            "At most 5.0_% of the good sign-ins are asked from 31 points on: 4.0_%.",
        ),
        (
            Suggestion("challenge", 0.05, "known", None, 0.2, None),
            "No threshold keeps to 5.0_% on known browsers: the rules alone ask 20.0_%.",
        ),
        (
            Suggestion("strict", 0.05, "all", None, 0.2, None),
            (
                "No threshold keeps strong factors to 5.0_% of the good sign-ins: the rules alone"
                " make it 20.0_%."
            ),
        ),
        (
            Suggestion("strict", 0.5, "targeted", 91, 0.01, 0.7),
            (
                "At least 50.0_% of the attackers (targeted) need a strong factor from 91 points"
                " on, and 1.0_% of all good sign-ins."
            ),
        ),
        (
            Suggestion("challenge", 0.9, "thief", None, 0.01, 0.7),
            "No threshold asks 90.0_% of the attackers (cookie thief): 70.0_% is the most.",
        ),
    ],
)
def test_a_suggestion_is_one_sentence(told: Suggestion, said: str) -> None:
    assert suggestion(told) == said.replace("_", GAP)


@pytest.mark.parametrize(
    ("told", "query"),
    [
        (Suggestion("challenge", 0.05, "all", 31, 0.04, 0.6), "challenge=31&strict=70"),
        (Suggestion("strict", 0.05, "all", 91, 0.04, 0.6), "challenge=20&strict=91"),
        (Suggestion("strict", 0.05, "all", None, 0.2, None), ""),
    ],
)
def test_an_offer_tries_its_threshold_beside_the_drafts_other(told: Suggestion, query: str) -> None:
    assert backtest_page._offer(told, DRAFT).query == query


def with_attackers(*kinds: Any, number: int = 60, **counted: Any) -> Outcome:
    found = totals(**counted)
    for kind in kinds:
        draw(found, kind, number)
    return outcome(found)


@pytest.mark.parametrize(
    ("told", "note"),
    [
        (
            outcome(read=30),
            (
                "There was time for the older 30 of 40 rows only. The command backtest_risk takes"
                " as long as it needs."
            ),
        ),
        (outcome(is_cut=True), "No attackers were drawn: that needs the whole past."),
        (
            outcome(totals(unnoted=3)),
            "3 verdicts cannot be made again: their rows noted no evidence.",
        ),
        (
            with_attackers("thief", agreed=1),
            (
                "No attackers: what is known here of the past does not agree with what the site had"
                " noted."
            ),
        ),
        (
            outcome(),
            "No attackers were drawn: that needs 10 accounts that have signed in before.",
        ),
        (
            with_attackers("thief", "naive"),
            "Countries are unknown here, so nobody was drawn from the same country.",
        ),
        (
            with_attackers("vpn"),
            "There is no curve: it takes 50 good sign-ins and 50 attackers of a kind.",
        ),
    ],
)
def test_a_page_says_how_far_to_believe_it(told: Outcome, note: str) -> None:
    notes = [str(each) for each in backtest_page._notes(told)]
    assert notes.count(note) == 1
    assert notes[-1].startswith("Attackers are simulated")
    assert sum(each.startswith(("No attackers", "Countries are unknown")) for each in notes) <= 1


def test_where_attackers_of_each_kind_were_drawn_nothing_is_excused() -> None:
    notes = backtest_page._notes(with_attackers("naive", "vpn", "targeted", "thief"))
    assert not [each for each in notes if each.startswith(("No attackers", "Countries"))]


def cells(found: Any, caption: str) -> list[list[str]]:
    (table,) = [each for each in backtest_tables.tables(found) if each.caption == caption]
    return [[str(cell.text) for cell in row] for row in table.rows]


@pytest.mark.django_db
def test_people_are_linked_by_name_and_those_who_are_gone_are_a_dash(alice: Any) -> None:
    found = totals(people=noticed(**{f"p{alice.pk}": (9, 3, 0, 0), "p999999": (5, 1, 0, 0)}))
    (table,) = backtest_tables.tables(found)
    assert cells(found, "Who would have noticed") == [
        [str(alice), "9", "3", "0", "0"],
        ["–", "5", "1", "0", "0"],
    ]
    assert table.rows[0][0].url.endswith(f"/{alice.pk}/change/")
    assert (table.rows[1][0].url, table.more) == ("", "")


@pytest.mark.django_db
def test_of_many_the_others_are_counted() -> None:
    people = noticed(**{f"p{number}": (5, 1, 0, 0) for number in range(1, 26)})
    (table,) = backtest_tables.tables(totals(people=people))
    assert (len(table.rows), table.more) == (20, "and 5 more people")
    false = [called_false(pk) for pk in range(1, 26)]
    (table,) = backtest_tables.tables(totals(false=false, false_total=share(30, 0, 0)))
    assert (len(table.rows), table.more) == (20, "and 10 older ones")


@pytest.mark.django_db
def test_what_was_called_false_is_told_newest_first_with_both_decisions() -> None:
    false = [called_false(1, ALLOW, BLOCK), called_false(2), called_false(3, STRONG, ALLOW)]
    found = totals(false=false, false_total=share(3, 1, 2))
    (table,) = backtest_tables.tables(found)
    assert [[str(cell.text) for cell in row[2:]] for row in table.rows] == [
        ["10", "A strong factor", "Password enough"],
        ["60", "Password enough", "Any second factor"],
        ["95", "Password enough", "Refused"],
    ]
    assert [row[0].url for row in table.rows] == [
        reverse("admin:risk_loginlog_change", args=[pk]) for pk in (3, 2, 1)
    ]
    assert table.more == ""


def test_a_table_without_a_row_is_left_out() -> None:
    assert backtest_tables.tables(totals()) == []
    found = totals(shares={"all": share(8, 1, 2)}, groups={"office": share(4, 1, 1)})
    assert cells(found, "Good sign-ins") == [
        ["all", "8", f"12.5{GAP}% → 25.0{GAP}%", f"0.0{GAP}% → 0.0{GAP}%"],
        ["group office", "4", f"25.0{GAP}% → 25.0{GAP}%", f"0.0{GAP}% → 0.0{GAP}%"],
    ]
