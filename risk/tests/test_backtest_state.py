"""What the site knew at each moment of its past, as a backtest remembers it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from risk.backtest import state
from risk.backtest.records import LedgerRow, Verdict
from risk.backtest.state import CLOSE, DAY, TOLD, UNUSED, Known
from risk.login import chains
from risk.login.attempt import Attempt
from risk.login.chains import Chain
from risk.policy.rules import Circumstances, Policy
from risk.scoring import evidence
from risk.tests.helpers import HOME, HOME_TOO, attempt

NOW = 1_800_000_000.0
ALICE = 7


def noted(path: Chain) -> list[Any]:
    return [path[0].chain, *([node.level, node.mark, *digests(node)] for node in path)]


def digests(node: chains.Node) -> tuple[str, ...]:
    return (f"{node.chain} {node.level} {' '.join(node.path)}",)


def row(
    pk: int = 1,
    at: float = NOW,
    outcome: str = "admitted",
    ip: str = HOME,
    user_id: int | None = ALICE,
    **facts: Any,
) -> LedgerRow:
    """A sign-in from a known browser, and what it taught."""
    lesson = {
        "chains": [noted(chains.cookie(True)), noted(chains.address(ip, "DE", 3320))],
        "weight": 1.0,
        "at": int(at),
        "only_seen": False,
    }
    usual: dict[str, Any] = {
        "pk": pk,
        "at": at,
        "ended_at": at,
        "user_id": user_id,
        "outcome": outcome,
        "country": "DE",
        "placed": True,
        "kinds": frozenset(),
        "verdict": None,
        "learned": lesson,
    }
    return LedgerRow(**(usual | facts))


def known(*rows: LedgerRow) -> Known:
    found = Known("1")
    found.names.know(digests)
    for each in rows:
        found.teach(each, each.ended_at or each.at, undo=False)
    return found


def coming(found: Known, ip: str = HOME, at: float = NOW + DAY) -> Attempt:
    """As a row's lesson names it: by digests."""
    path = tuple(
        found.names.node(node.chain, node.level, digests(node))
        for node in chains.address(ip, "DE", 3320)
    )
    return attempt(
        at=datetime.fromtimestamp(at, UTC),
        knows=True,
        cookie="known",
        chains=(chains.cookie(True), path),
        country="DE",
    )


def times(found: Known, ip: str = HOME, at: float = NOW + DAY) -> list[int]:
    return [step.mine.times for step in found.history(coming(found, ip, at), ALICE).address]


def test_a_lesson_is_counted_at_each_level() -> None:
    found = known(row(1), row(2, NOW + 60), row(3, NOW + 120, ip=HOME_TOO))
    assert times(found) == [3, 3, 3, 3, 2]
    assert times(found, HOME_TOO) == [3, 3, 3, 3, 1]
    assert (found.sign_ins, found.unread) == ({ALICE: 3}, 0)


def test_what_is_undone_is_as_if_it_had_never_been() -> None:
    found = known(row(1), row(2, NOW + 60, ip=HOME_TOO))
    found.teach(row(2, NOW + 60, ip=HOME_TOO), NOW + 120, undo=True)
    assert times(found, HOME_TOO) == [1, 1, 1, 1, 0]
    assert found.sign_ins == {ALICE: 1}
    assert [each.pk for each in found.newest[ALICE]] == [1]


def test_a_row_of_nobody_teaches_nothing() -> None:
    found = known(row(user_id=None))
    assert (found.sign_ins, found.newest, found.seen.own) == ({}, {}, {})


@pytest.mark.parametrize(
    "learned",
    [{}, {"chains": []}, {"chains": [["address", ["all"]]], "weight": 1, "at": 1, "only_seen": 0}],
)
def test_a_lesson_that_cannot_be_read_is_counted_once(learned: dict[str, Any]) -> None:
    broken = row(learned=learned)
    found = known(broken)
    assert found.unread == 1
    found.teach(broken, NOW + 60, undo=True)
    assert found.unread == 1


@pytest.mark.parametrize(
    ("outcome", "named"),
    [("denied", 1), ("not_me", 1), ("disavowed", 0), ("expired", 0), ("admitted", 0)],
)
def test_a_failed_second_factor_names_its_places(outcome: str, named: int) -> None:
    places = [[node.level, *digests(node)] for node in chains.address(HOME, "DE", 3320)[:-1]]
    found = known(row(outcome=outcome, learned=None, places=places))
    later = NOW + 8 * DAY
    steps = found.history(coming(found, at=later), ALICE).address
    found.memory.share(later)
    assert {step.failed.times for step in steps[:-1]} == {named}


def test_places_that_cannot_be_read_are_counted() -> None:
    assert known(row(outcome="denied", learned=None, places=[["network"]])).unread == 1


@pytest.mark.parametrize(
    ("outcome", "password", "factor", "successes"),
    [
        ("admitted", None, None, [NOW]),
        ("disavowed", None, None, [NOW]),
        ("password_reset", NOW, None, []),
        ("enrolment", NOW, None, []),
        ("factor_changed", None, NOW, []),
        ("denied", None, None, []),
    ],
)
def test_the_newest_rows_tell_of_successes_and_changes(
    outcome: str, password: float | None, factor: float | None, successes: list[float]
) -> None:
    found = known(row(outcome=outcome, learned=None))
    lately = found.history(coming(found), ALICE).lately
    assert (lately.password_at, lately.factor_at) == (password, factor)
    assert [each.at for each in lately.successes] == successes


def test_the_newest_come_first_and_only_so_many() -> None:
    found = known(*(row(pk, NOW + pk, kinds=frozenset({"vpn"})) for pk in range(1, TOLD + 4)))
    lately = found.history(coming(found), ALICE).lately.successes
    assert [each.at for each in lately] == [NOW + pk for pk in range(TOLD + 3, 3, -1)]
    assert all(each.listed and each.placed and each.country == "DE" for each in lately)


@pytest.mark.parametrize(("days", "left"), [(180, 1), (182, 0)])
def test_what_nobody_shows_for_half_a_year_is_let_go_of(days: int, left: int) -> None:
    found = known(row())
    assert times(found, at=NOW + days * DAY)[-1] == left
    assert UNUSED == 180 * DAY


def test_the_last_success_is_remembered_for_who_was_away() -> None:
    found = known(row(1), row(2, NOW + 5 * DAY))
    assert found.history(coming(found, at=NOW + 99 * DAY), ALICE).last_at == NOW + 5 * DAY
    assert found.history(coming(found), 99).last_at is None


def test_of_too_many_accounts_chance_keeps_some_and_counts_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(state, "MOST", 20)
    found = known(*(row(pk, NOW + pk, user_id=pk) for pk in range(1, 101)))
    assert found.halvings >= 2
    assert 0 < len(found.seen.own) <= 20
    assert len(found.sign_ins) == 100
    for of_each in (found.memory.mine, found.newest, found.days, found.memory.last):
        assert {int(account) for account in of_each} <= set(found.seen.own)
    assert sorted(found.seen.accounts) == sorted(found.seen.own)


def judged(found: Known, **inputs: float) -> LedgerRow:
    told = evidence.measure(coming(found), found.history(coming(found), ALICE)) | inputs
    facts = Circumstances(knows=True, first=False, is_staff=False, has_strong=True)
    policy = Policy("built-in", 1, 50, 90)
    verdict = Verdict(0, "low", "allow", "none", (), "chain", "1", policy, told, facts)
    return row(9, NOW + DAY, verdict=verdict)


@pytest.mark.parametrize(
    ("inputs", "agrees"),
    [
        ({}, True),
        ({"history": 9.0}, False),
        ({"new_network": 1.0}, False),
        ({"travel": CLOSE}, True),
        ({"travel": 2 * CLOSE}, False),
        ({"failures": 9.0, "held": 1.0, "changed": 1.0, "copied": 1.0}, True),
    ],
)
def test_the_past_agrees_when_every_input_that_it_tells_of_does(
    inputs: dict[str, float], agrees: bool
) -> None:
    found = known(row(1), row(2, NOW + 60))
    assert found.agrees(judged(found, **inputs), coming(found)) is agrees


def test_without_a_person_or_a_verdict_nothing_agrees() -> None:
    found = known(row())
    assert not found.agrees(row(), coming(found))
    assert not found.agrees(row(user_id=None), coming(found))
