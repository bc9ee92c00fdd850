"""A backtest as plain text: each sentence where it is true, and nowhere else."""

from typing import Any

import pytest

from risk.backtest.outcome import Asked, Outcome
from risk.backtest.text_tables import percent, table
from risk.policy.drafts import PolicyDraft
from risk.tests.made import (
    ALLOW,
    BLOCK,
    STRONG,
    broken,
    called_false,
    noticed,
    outcome,
    share,
    told,
    totals,
)


def begins(found: Outcome, words: str) -> list[str]:
    return [line for line in told(found) if line.startswith(words)]


@pytest.mark.parametrize(
    ("draft", "line"),
    [
        (
            PolicyDraft("default", 20, 70),
            "Draft default for everybody: asks from 20, for a strong factor from 70.",
        ),
        (
            PolicyDraft("team", 5, 6, ("office", "finance")),
            "Draft team for office, finance: asks from 5, for a strong factor from 6.",
        ),
        (
            PolicyDraft("default", 20, 70, weights="w.json"),
            (
                "Draft default for everybody: asks from 20, for a strong factor from 70, weights 2"
                " of w.json."
            ),
        ),
    ],
)
def test_it_begins_with_the_draft(draft: PolicyDraft, line: str) -> None:
    lines = told(outcome(asked=Asked(draft), new_version="2" if draft.weights else ""))
    assert lines[0] == line
    assert lines[1] == "The newest verdict was by built-in 1: 50 / 90."
    assert lines[2] == "40 rows from 2026-01-02 to 2026-01-31; 40 read in 4.0 s, 10 rows a second."


def test_a_ledger_without_a_row_has_nothing_more_to_say() -> None:
    lines = told(outcome(totals(rows=0, reproduced=0), now=None))
    assert lines[1:] == [
        "The ledger has no row to look at.",
        "",
        "There is no verdict that could be made again, so nothing can be said about the draft.",
    ]


def test_a_clock_that_saw_no_time_pass_tells_no_speed() -> None:
    assert told(outcome(seconds=0.0))[2].endswith("40 read in 0.0 s.")


@pytest.mark.parametrize(
    ("facts", "counted", "line"),
    [
        ({"read": 30}, {}, "Stopped early: 10 newer rows were not read."),
        (
            {},
            {"unnoted": 3},
            (
                "3 verdicts cannot be made again: their rows noted no evidence (or one that nobody"
                " can read). They are left out below."
            ),
        ),
        ({}, {"unjudged": 1200}, "1,200 rows hold no verdict: wrong passwords and acts."),
        (
            {},
            {"unscored": 4},
            (
                "4 scores are not of these sheets and stay as they were, whatever the draft's"
                " weights are."
            ),
        ),
        ({"unread_lessons": 5}, {}, "5 lessons cannot be read."),
        (
            {},
            {"compared": 0, "agreed": 0},
            (
                "No attackers were drawn: that needs 10 accounts that have signed in before, and a"
                " verdict on the one that is attacked."
            ),
        ),
        (
            {},
            {"agreed": 7},
            "No attackers: what was known then agrees with the site's own notes in 70.00 % only.",
        ),
        ({}, {}, "Nobody called a sign-in false in this time."),
        ({}, {}, "Nobody's good sign-ins would have gone otherwise."),
    ],
)
def test_what_is_missing_is_told_once_and_only_then(
    facts: dict[str, Any], counted: dict[str, Any], line: str
) -> None:
    assert told(outcome(totals(**counted), **facts)).count(line) == 1
    if (facts or counted) and "attacked" not in line:
        assert line not in told(outcome())


@pytest.mark.parametrize(
    ("number", "named", "more"), [(1, 1, []), (10, 10, []), (12, 10, ["    and 2 more"])]
)
def test_verdicts_that_do_not_come_out_again_are_named(
    number: int, named: int, more: list[str]
) -> None:
    found = outcome(totals(broken=broken(number), broken_total=number))
    lines = [line for line in begins(found, "    ") if "asked now" not in line]
    assert lines[:named] == [
        f"    NOT the same: sign-in {pk} (score, level)" for pk in range(1, named + 1)
    ]
    assert lines[named:] == more
    assert f"Made again under their own policies: 40 of {40 + number} verdicts;" in told(found)[4]


def test_good_sign_ins_are_a_table_of_shares_and_groups() -> None:
    found = totals(
        shares={"known": share(30, 3, 6), "all": share(40, 10, 20)},
        groups={"office": share(0, 0, 0)},
    )
    lines = told(outcome(found))
    at = lines.index("Good sign-ins: those that ended in the account and that nobody called false.")
    assert [line.split() for line in lines[at + 2 : at + 5]] == [
        ["all", "40", "25.00", "%", "50.00", "%", "0.00", "%", "0.00", "%"],
        ["known", "browsers", "30", "10.00", "%", "20.00", "%", "0.00", "%", "0.00", "%"],
        ["group", "office", "0", "–", "–", "–", "–"],
    ]


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ({"score": 3, "staff": 1}, "Only the first of these depends on the threshold."),
        ({"unknown": 3, "staff": 1}, "None of these depends on the threshold."),
    ],
)
def test_reasons_say_which_depend_on_the_threshold(why: dict[str, int], line: str) -> None:
    found = totals()
    found.why_now.update(why)  # type: ignore[arg-type]
    lines = told(outcome(found))
    assert line in lines
    assert [each for each in lines if "staff: always" in each] == [
        next(each for each in lines if each.split()[-2:] == ["1", "0"])
    ]


def test_people_who_would_notice_are_named_those_first_for_whom_it_is_most() -> None:
    people = noticed(p1=(9, 0, 0, 0), p2=(9, 1, 0, 0), p3=(9, 4, 2, 1), p4=(9, 0, 3, 0))
    lines = told(outcome(totals(people=people)))
    at = lines.index("3 of 4 people would have noticed:")
    assert [line.split() for line in lines[at + 2 : at + 5]] == [
        ["person", "3", "9", "4", "2", "1"],
        ["person", "2", "9", "1", "0", "0"],
        ["person", "4", "9", "0", "3", "0"],
    ]


def test_of_many_people_twenty_are_named() -> None:
    people = noticed(**{f"p{number}": (5, 1, 0, 0) for number in range(1, 26)})
    lines = told(outcome(totals(people=people)))
    assert "25 of 25 people would have noticed; the 20 who would most:" in lines
    assert sum(line.startswith("  person") for line in lines) == 20


def test_what_was_called_false_is_listed_where_the_draft_decides_otherwise() -> None:
    found = totals(
        false=[
            called_false(1),
            called_false(2, draft=ALLOW),
            called_false(3, now=STRONG, draft=BLOCK),
        ],
        false_total=share(3, 1, 2),
    )
    lines = told(outcome(found))
    at = lines.index(
        "Sign-ins that their owners called false: 3. Asked for more: 1 then, 2 by the draft."
    )
    assert [line.split() for line in lines[at + 2 : at + 4]] == [
        ["3,", "2026-01-02", "person", "7", "disavowed", "95", "asked", "(strong)", "refused"],
        ["1,", "2026-01-02", "person", "7", "disavowed", "60", "let", "in", "asked", "(weak)"],
    ]
    assert lines[at + 4] == ""


def test_the_last_line_says_what_it_is_worth() -> None:
    assert told(outcome())[-1].startswith("This tells of the past of this site.")


def test_columns_are_as_wide_as_they_must_be() -> None:
    assert table(("", "n", "share"), [("a word", "1", "2 %"), ("b", "1,000", "–")]) == [
        "              n  share",
        "  a word      1    2 %",
        "  b       1,000      –",
    ]
    assert table(("who", "how"), [("a", "b")], words=2) == ["  who  how", "  a    b"]


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "–"), (0, 3, "0.00 %"), (1, 3, "33.33 %"), (3, 3, "100.00 %")],
)
def test_per_cent_of_nothing_is_a_dash(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words
