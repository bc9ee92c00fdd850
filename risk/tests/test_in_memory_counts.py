"""Counts and failures in memory, by the rules of the site."""

import pytest

from risk.history.in_memory_counts import Around, Memory
from risk.login import chains
from risk.login.history import HALF_LIFE, FailureCount, History
from risk.tests.helpers import FAR, HOME, HOME_TOO

NOW, DAY = 1_800_000_000.0, 86_400.0
PATH, OTHER = chains.address(HOME, "DE", 3320), chains.address(HOME_TOO, "DE", 3320)


def around(account: str = "alice", source: str = HOME) -> Around:
    return Around(account, source, "81.2.69.0/24", "Firefox")


def past(
    memory: Memory, path: chains.Chain = PATH, at: float = NOW, account: str = "alice"
) -> History:
    return memory.history((path,), around(account), at)


def test_nothing_is_known_of_a_stranger() -> None:
    found = past(Memory())
    assert {step.mine.times for step in found.address} == {0}
    assert found.failures.account == FailureCount()


def test_a_success_is_counted_at_each_level_and_ages() -> None:
    memory = Memory()
    memory.learn("alice", (PATH,), NOW)
    memory.learn("alice", (PATH,), NOW + HALF_LIFE)
    leaf = past(memory, at=NOW + HALF_LIFE).address[-1].mine
    assert leaf.n == pytest.approx(1.5)
    assert leaf.times == 2


def test_a_new_value_makes_its_parent_more_varied() -> None:
    memory = Memory()
    for path in (PATH, PATH, OTHER):
        memory.learn("alice", (path,), NOW)
    assert [step.mine.distinct for step in past(memory).address] == [1, 1, 1, 2, 0]


def test_everybody_hears_of_a_value_after_a_week_and_once_from_each_account() -> None:
    memory = Memory()
    for account in ("alice", "alice", "bob"):
        memory.learn(account, (PATH,), NOW)
    assert past(memory, at=NOW + 7 * DAY - 1).address[-1].everybody.n == 0
    later = past(memory, at=NOW + 7 * DAY).address
    assert [(step.everybody.n, step.everybody.distinct) for step in later] == [
        (2.0, 1),
        (2.0, 1),
        (2.0, 1),
        (2.0, 1),
        (2.0, 0),
    ]


def test_another_account_is_another_history() -> None:
    memory = Memory()
    memory.learn("alice", (PATH,), NOW)
    assert {step.mine.times for step in past(memory, account="bob").address} == {0}


def test_a_failed_second_factor_names_the_places_above_the_address_once_for_each_account() -> None:
    memory = Memory()
    settle(memory, "alice", "bob")
    for account, path in (
        ("alice", PATH),
        ("alice", PATH),
        ("bob", PATH),
        ("alice", chains.address(FAR, "DE", 3320)),
    ):
        memory.blame(account, (chains.cookie(False), path), NOW)
    assert [step.failed.times for step in past(memory).address] == [2, 2, 2, 2, 0]


def test_a_young_account_names_places_when_it_has_stood_for_a_week() -> None:
    memory = Memory()
    memory.learn("alice", (chains.cookie(True),), NOW - 3 * DAY)
    memory.blame("alice", (PATH,), NOW)
    memory.blame("stranger", (PATH,), NOW + DAY)
    assert [
        past(memory, at=NOW + days * DAY).address[0].failed.times for days in (0, 3.9, 4, 7.9, 8)
    ] == [0, 0, 1, 1, 2]


def test_what_was_named_is_forgotten_and_can_be_named_again() -> None:
    memory = Memory()
    settle(memory, "alice")
    memory.blame("alice", (PATH,), NOW)
    past(memory)
    memory.forget("alice", NOW + 1)
    memory.forget_everybodys(NOW + 1)
    settle(memory, "alice")
    memory.blame("alice", (PATH,), NOW + DAY)
    assert past(memory, at=NOW + DAY).address[0].failed.times == 1


def settle(memory: Memory, *accounts: str) -> None:
    for account in accounts:
        memory.learn(account, (chains.cookie(True), PATH), NOW - 8 * DAY)


def test_an_attempt_without_a_place_names_none() -> None:
    memory = Memory()
    memory.blame("alice", (chains.address(None),), NOW)
    assert not memory.failed


@pytest.mark.parametrize(("age", "weight"), [(0, 1.0), (1, 0.5), (2, 0.25), (3, 0.125), (4, 0.0)])
def test_failures_weigh_half_after_each_half_life(age: int, weight: float) -> None:
    memory = Memory()
    memory.note(around(), NOW, failed=True)
    assert past(memory, at=NOW + age * 3600).failures.account.weight == weight


def test_a_source_knows_who_was_tried_and_who_got_in() -> None:
    memory = Memory()
    for account, failed in (
        ("alice", True),
        ("alice", True),
        ("", True),
        ("", True),
        ("bob", False),
    ):
        memory.note(around(account), NOW, failed=failed)
    assert past(memory).failures.source == FailureCount(4.0, 4, 5, 3, 1)


def test_only_the_newest_are_kept() -> None:
    memory = Memory()
    for _ in range(200):
        memory.note(around(), NOW, failed=True)
    assert past(memory).failures.source.total == 128


def test_what_says_nothing_keeps_no_failures() -> None:
    memory = Memory()
    memory.note(Around("", "", "", ""), NOW, failed=True)
    assert not memory.failures
