"""What was decided beside what would have been: how it is counted."""

from dataclasses import asdict
from typing import Any

import pytest

from risk.backtest import findings
from risk.backtest.limits import Limits, is_asked, needs_strong
from risk.backtest.records import LedgerRow
from risk.backtest.tally import LISTED, Changes, Marks, Share, Totals, reasons
from risk.login.context import Finding
from risk.policy.rules import Circumstances, Ruling
from risk.tests.made import ALLOW, ASK, BLOCK, NOW, STRONG, draw, totals

FACTS = Circumstances(knows=True, first=False, is_staff=False, has_strong=True)


def row(pk: int = 1, user_id: int | None = 7, outcome: str = "disavowed") -> LedgerRow:
    return LedgerRow(pk, 100.0, 110.0, user_id, outcome, "", False, frozenset(), None, None)


@pytest.mark.parametrize(
    ("ruling", "asked", "strong"),
    [(ALLOW, False, False), (ASK, True, False), (STRONG, True, True), (BLOCK, True, True)],
)
def test_refused_is_more_than_asked(ruling: Ruling, asked: bool, strong: bool) -> None:
    assert (is_asked(ruling), needs_strong(ruling)) == (asked, strong)


def test_a_share_counts_both_sides() -> None:
    share = Share()
    for now, draft in ((ALLOW, ASK), (ASK, STRONG), (BLOCK, ALLOW), (ALLOW, ALLOW)):
        share.add(now, draft)
    assert asdict(share) == {
        "total": 4,
        "asked_now": 2,
        "asked_draft": 2,
        "strong_now": 1,
        "strong_draft": 1,
    }


@pytest.mark.parametrize(
    ("now", "draft", "changes"),
    [
        (ALLOW, ALLOW, (1, 0, 0, 0)),
        (ALLOW, ASK, (1, 1, 0, 0)),
        (ASK, ALLOW, (1, 0, 1, 0)),
        (ASK, STRONG, (1, 0, 0, 1)),
        (STRONG, ASK, (1, 0, 0, 0)),
        (ALLOW, STRONG, (1, 1, 0, 1)),
    ],
)
def test_a_person_notices_what_becomes_other(
    now: Ruling, draft: Ruling, changes: tuple[int, ...]
) -> None:
    found = Changes()
    found.add(now, draft)
    assert (found.sign_ins, found.newly_asked, found.no_longer_asked, found.newly_strong) == changes
    assert found.is_any is any(changes[1:])


def because(*names: str, decision: Any = "step_up") -> Ruling:
    return Ruling(60, "medium", tuple(Finding(name, 0, "x") for name in names), decision, "weak")


@pytest.mark.parametrize(
    ("ruling", "facts", "why"),
    [
        (because(decision="allow"), {}, ()),
        (because("floor_hard", decision="block"), {"is_staff": True}, ("refused",)),
        (because("floor_held"), {"is_staff": True}, ("staff",)),
        (because("floor_held"), {"knows": False}, ("held",)),
        (because("floor_hard"), {}, ("held",)),
        (because("floor_browser"), {"knows": False, "first": True}, ("unknown",)),
        (because("browser_changed"), {"first": True}, ("first",)),
        (because("browser_changed"), {}, ("changed",)),
        (because("network_new"), {}, ("score",)),
    ],
)
def test_of_several_reasons_the_most_certain_is_counted(
    ruling: Ruling, facts: dict[str, bool], why: tuple[str, ...]
) -> None:
    assert reasons(ruling, Circumstances(**(asdict(FACTS) | facts))) == why


def test_a_good_sign_in_is_counted_wherever_it_belongs() -> None:
    found = Totals()
    found.good(row(), ALLOW, ASK, FACTS, named=["all", "known"], groups=["office"])
    found.good(row(user_id=None), ASK, ASK, FACTS, named=["all"], groups=[])
    assert {name: share.total for name, share in found.shares.items()} == {"all": 2, "known": 1}
    assert {name: share.asked_draft for name, share in found.groups.items()} == {"office": 1}
    assert (found.why_now, found.why_draft) == ({"score": 1}, {"score": 2})
    assert list(found.people) == [7]


@pytest.mark.parametrize(("knows", "known"), [(True, 1), (False, 0)])
def test_marks_of_known_browsers_are_kept_apart(knows: bool, known: int) -> None:
    found = Totals()
    found.mark(Limits(30, 60), knows=knows)
    assert [each.total for each in (found.good_asked, found.good_strong)] == [1, 1]
    assert found.good_asked_known.total == known
    assert (found.good_asked.asked()[30], found.good_asked.asked()[31]) == (1, 0)
    assert (found.good_strong.asked()[60], found.good_strong.asked()[61]) == (1, 0)


def test_marks_know_both_ends_of_the_scale() -> None:
    marks = Marks()
    marks.add(0)
    marks.add(100)
    assert (marks.asked()[0], marks.asked()[1], marks.asked()[100]) == (2, 1, 1)


def test_of_what_was_called_false_the_newest_are_named() -> None:
    found = Totals()
    for pk in range(LISTED + 5):
        found.called_false(row(pk), ALLOW, ASK)
    assert (found.false_total.total, len(found.false)) == (LISTED + 5, LISTED)
    assert (found.false[0].pk, found.false[-1].pk) == (5, LISTED + 4)


def test_what_nobody_owns_is_counted_and_not_named() -> None:
    found = Totals()
    found.called_false(row(user_id=None), ALLOW, ASK)
    assert (found.false_total.total, found.false) == (1, [])


def test_of_what_does_not_come_out_again_the_first_are_named() -> None:
    found = Totals()
    for pk in range(LISTED + 5):
        found.breaks(row(pk), ("score",))
    assert (found.broken_total, len(found.broken), found.broken[-1].pk) == (205, 200, 199)


@pytest.mark.parametrize(
    ("agreed", "compared", "is_true"), [(0, 0, True), (8, 10, True), (7, 10, False)]
)
def test_a_past_is_the_sites_when_four_of_five_agree(
    agreed: int, compared: int, is_true: bool
) -> None:
    found = totals(agreed=agreed, compared=compared)
    draw(found, "thief", 3)
    assert found.is_true is is_true
    assert bool(findings.attackers(found)) is is_true


def test_a_program_reads_everything() -> None:
    found = totals(people={7: Changes(9, 2, 1, 0), 8: Changes(9)}, moments=3)
    found.called_false(row(5), ALLOW, STRONG)
    found.breaks(row(6), ("score",))
    draw(found, "thief", 4)
    told = findings.as_json(found, NOW, [])
    assert told["affected"] == 1
    assert told["affected_people"] == [
        {
            "user_id": 7,
            "sign_ins": 9,
            "newly_asked": 2,
            "no_longer_asked": 1,
            "newly_strong": 0,
        }
    ]
    assert told["not_reproduced_rows"] == [{"id": 6, "what": ["score"]}]
    assert told["called_false_rows"] == [
        {
            "id": 5,
            "at": 100.0,
            "user_id": 7,
            "outcome": "disavowed",
            "now": {"score": 10, "decision": "allow", "required": "none"},
            "draft": {"score": 95, "decision": "step_up", "required": "strong"},
        }
    ]
    assert told["attackers"]["thief"]["asked_draft"] == 4
    assert told["attackers"]["thief"]["asked_draft_between"] == pytest.approx((0.51, 1.0), abs=0.01)
    assert told["curves"] == {"challenge": [], "strict": []}
