"""Memory of a site: what is taken back, let go of, named, and how failures are counted."""

from dataclasses import astuple

import pytest

from risk.history.in_memory_counts import HALF_LIVES, HALVINGS, NEWEST, WEEK, Around, Memory
from risk.login import chains
from risk.login.history import FailureCount, History, Step
from risk.tests.helpers import FAR, HOME, HOME_TOO

NOW, DAY, HOUR = 1_800_000_000.0, 86_400.0, 3600.0
PATH, OTHER = chains.address(HOME, "DE", 3320), chains.address(HOME_TOO, "DE", 3320)
ABROAD = chains.address(FAR, "JP", 2500)
QUIET = Around("alice", "", "", "")


def steps(memory: Memory, path: chains.Chain = PATH, at: float = NOW) -> tuple[Step, ...]:
    return memory.history((path,), QUIET, at).address


def taught(*paths: chains.Chain, account: str = "alice") -> Memory:
    memory = Memory()
    for path in paths:
        memory.learn(account, (path,), NOW)
    return memory


def test_what_is_taken_back_leaves_what_others_showed() -> None:
    memory = taught(PATH, OTHER)
    memory.unlearn("alice", (OTHER,), NOW)
    assert [step.mine.times for step in steps(memory)] == [1, 1, 1, 1, 1]
    assert [step.mine.times for step in steps(memory, OTHER)] == [1, 1, 1, 1, 0]
    assert steps(memory)[3].mine.distinct == 1


def test_taking_back_what_was_never_taught_changes_nothing() -> None:
    memory = taught(PATH)
    before = [astuple(step.mine) for step in steps(memory)]
    memory.unlearn("alice", (ABROAD[1:],), NOW)
    memory.unlearn("bob", (PATH,), NOW)
    assert [astuple(step.mine) for step in steps(memory)] == before


def test_a_lesson_of_half_weight_is_taken_back_by_half() -> None:
    memory = Memory()
    memory.learn("alice", (PATH,), NOW)
    memory.learn("alice", (PATH,), NOW, weight=0.5)
    assert steps(memory)[-1].mine.n == pytest.approx(1.5)
    memory.unlearn("alice", (PATH,), NOW, weight=0.5)
    assert steps(memory)[-1].mine.n == pytest.approx(1.0)


def test_what_only_confirms_adds_nothing_new() -> None:
    memory = taught(PATH)
    memory.learn("alice", (OTHER,), NOW, only_seen=True)
    assert [step.mine.times for step in steps(memory, OTHER)] == [2, 2, 2, 2, 0]


def test_a_value_taken_back_within_its_week_is_never_told() -> None:
    memory = taught(PATH, OTHER)
    memory.unlearn("alice", (OTHER,), NOW)
    memory.share(NOW + WEEK)
    assert [step.everybody.times for step in steps(memory, OTHER, NOW + WEEK)] == [1, 1, 1, 1, 0]


@pytest.mark.parametrize(("before", "left"), [(NOW, 1), (NOW + 1, 0)])
def test_what_nobody_has_shown_since_then_is_let_go_of(before: float, left: int) -> None:
    memory = taught(PATH)
    memory.share(NOW + WEEK)
    memory.forget("alice", before)
    assert {step.mine.times for step in steps(memory)} == {left}
    memory.forget_everybodys(before + WEEK)
    assert {step.everybody.times for step in steps(memory, at=NOW + WEEK)} == {left}


def test_letting_go_of_a_child_makes_its_parent_less_varied() -> None:
    memory = taught(PATH)
    memory.learn("alice", (OTHER,), NOW + DAY)
    assert steps(memory, at=NOW + DAY)[3].mine.distinct == 2
    memory.forget("alice", NOW + 1)
    assert steps(memory, OTHER, NOW + DAY)[3].mine.distinct == 1


def failed(memory: Memory, path: chains.Chain, at: float) -> list[int]:
    memory.share(at)
    found = memory.history((path,), QUIET, at).chains["address"]
    return [step.failed.times for step in found]


def test_an_account_names_a_place_once_and_never_its_address() -> None:
    memory = taught((chains.SIGN_INS,))
    for day in range(3):
        memory.blame("alice", (PATH, chains.cookie(False)), NOW + WEEK + day * DAY)
    assert failed(memory, PATH, NOW + 2 * WEEK) == [1, 1, 1, 1, 0]


def test_a_young_account_names_when_it_has_stood_for_a_week() -> None:
    memory = taught((chains.SIGN_INS,))
    memory.blame("alice", (PATH,), NOW + DAY)
    assert failed(memory, PATH, NOW + WEEK - 1) == [0] * 5
    assert failed(memory, PATH, NOW + WEEK) == [1, 1, 1, 1, 0]


def test_after_it_was_let_go_of_a_place_can_be_named_again() -> None:
    memory = taught((chains.SIGN_INS,))
    memory.blame("alice", (PATH,), NOW + WEEK)
    memory.forget("alice", NOW + WEEK + 1)
    memory.blame("alice", (PATH,), NOW + WEEK + 2)
    assert failed(memory, PATH, NOW + 3 * WEEK)[0] == 2


def account(memory: Memory, at: float, around: Around = QUIET) -> FailureCount:
    past: History = memory.history((), around, at)
    return past.failures.account


@pytest.mark.parametrize(
    ("age", "weight"), [(0.0, 1.0), (0.99, 1.0), (1.0, 0.5), (2.5, 0.25), (3.9, 0.125)]
)
def test_a_failure_halves_with_each_half_life(age: float, weight: float) -> None:
    memory = Memory()
    memory.note(QUIET, NOW, failed=True)
    assert account(memory, NOW + age * HALF_LIVES["account"]).weight == weight


def test_after_four_of_them_it_is_forgotten() -> None:
    memory = Memory()
    memory.note(QUIET, NOW, failed=True)
    later = NOW + HALVINGS * HALF_LIVES["account"]
    assert account(memory, later - 1).failed == 1
    assert account(memory, later) == FailureCount()


def test_successes_count_only_beside_a_failure() -> None:
    memory = Memory()
    for _ in range(3):
        memory.note(QUIET, NOW, failed=False)
    assert account(memory, NOW) == FailureCount()
    memory.note(QUIET, NOW, failed=True)
    assert astuple(account(memory, NOW)) == (1.0, 1, 4, 1, 1)


def test_only_the_newest_are_remembered() -> None:
    memory = Memory()
    for _ in range(NEWEST + 10):
        memory.note(QUIET, NOW, failed=True)
    assert account(memory, NOW).total == NEWEST


def test_each_name_has_its_own_failures() -> None:
    memory = Memory()
    memory.note(Around("alice", HOME, "81.2.69.0/24", "Firefox"), NOW, failed=True)
    memory.note(Around("", HOME, "81.2.69.0/24", "curl"), NOW, failed=True)
    memory.note(Around("", HOME, "81.2.69.0/24", "curl"), NOW, failed=True)
    found = memory.history((), Around("alice", HOME, "81.2.69.0/24", "curl"), NOW).failures
    assert found.account.failed == 1
    assert (found.source.failed, found.subnet.failed, found.agent.failed) == (3, 3, 2)
    # who has no account is somebody else each time
    assert (found.source.accounts, found.agent.accounts) == (3, 2)


def test_the_last_success_is_told_with_its_country() -> None:
    memory = taught(PATH)
    memory.learn("alice", (ABROAD,), NOW + HOUR)
    (last,) = memory.history((), QUIET, NOW + HOUR).lately.successes
    assert (last.at, last.country, last.placed) == (NOW + HOUR, "JP", True)
    memory.learn("alice", (chains.address(HOME),), NOW + 2 * HOUR)
    (last,) = memory.history((), QUIET, NOW + 2 * HOUR).lately.successes
    assert (last.country, last.placed) == ("", False)
