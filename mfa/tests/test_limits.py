"""The rules, as tables: what a budget allows and becomes."""

from dataclasses import replace

import pytest

from mfa import limits
from mfa.limits import DAY, MINUTE, PUSHES, QUARTER, SENDS, BudgetState, Rule

NOW = 1_800_000_000
A, B = "login:a", "login:b"


def sent_at(*ages: int, journey: str = B) -> BudgetState:
    return BudgetState(sends=tuple((NOW - age, journey) for age in ages))


@pytest.mark.parametrize(
    ("rule", "budget", "wait"),
    [
        (SENDS, BudgetState(), 0),
        (SENDS, sent_at(0), 30),
        (SENDS, sent_at(29), 1),
        (SENDS, sent_at(30), 0),
        (SENDS, sent_at(40, 80, 120, 160), 0),
        (SENDS, sent_at(40, 80, 120, 160, 200), QUARTER - 200),
        (SENDS, sent_at(40, 80, 120, 160, QUARTER), 0),
        (SENDS, sent_at(*range(QUARTER, QUARTER + 9 * 1000, 1000)), 0),
        (SENDS, sent_at(*range(QUARTER, QUARTER + 10 * 1000, 1000)), DAY - (QUARTER + 9000)),
        (SENDS, sent_at(*[DAY] * 10), 0),
        (PUSHES, sent_at(0, 0, 0, 0), 0),
        (PUSHES, sent_at(10, 20, 30, 40, 50), QUARTER - 50),
        (PUSHES, sent_at(*[QUARTER] * 5), 0),
    ],
)
def test_messages_wait_until_their_window_has_room(
    rule: Rule, budget: BudgetState, wait: int
) -> None:
    assert limits.until_send(budget, rule, journey=A, ends=NOW + 600, now=NOW) == wait


@pytest.mark.parametrize(
    ("rule", "most"), [(SENDS, limits.SENDS_PER_LOGIN), (PUSHES, limits.PUSHES_PER_LOGIN)]
)
def test_a_journey_that_had_its_share_waits_for_its_end(rule: Rule, most: int) -> None:
    spread = tuple((NOW - 100 * (n + 1), A) for n in range(most))
    assert (
        limits.until_send(BudgetState(sends=spread[1:]), rule, journey=A, ends=NOW + 600, now=NOW)
        == 0
    )
    assert (
        limits.until_send(BudgetState(sends=spread), rule, journey=A, ends=NOW + 600, now=NOW)
        == 600
    )
    assert limits.until_send(BudgetState(sends=spread), rule, journey=A, ends=NOW - 5, now=NOW) == 1


def test_sending_is_counted_and_old_sends_are_forgotten() -> None:
    after = limits.sent(sent_at(DAY + 1, DAY - 1), SENDS, journey=A, now=NOW)
    assert after.sends == ((NOW - DAY + 1, B), (NOW, A))


def test_only_prompts_count_as_unanswered() -> None:
    assert limits.sent(BudgetState(), PUSHES, journey=A, now=NOW).unanswered == 1
    assert limits.sent(BudgetState(), SENDS, journey=A, now=NOW).unanswered == 0


def test_ten_unanswered_prompts_tire() -> None:
    assert not limits.has_tired(BudgetState(unanswered=9))
    assert limits.has_tired(BudgetState(unanswered=10))


@pytest.mark.parametrize(
    ("budget", "off", "seconds"),
    [
        (BudgetState(), False, 0),
        (BudgetState(off="tries"), True, 0),
        (BudgetState(off="not_me", off_until=NOW + 5), True, 5),
        (BudgetState(off="not_me", off_until=NOW), False, 0),
    ],
)
def test_off_for_a_while_or_until_enrolled_anew(
    budget: BudgetState, off: bool, seconds: int
) -> None:
    assert (limits.is_off(budget, NOW), limits.off_for(budget, NOW)) == (off, seconds)


def failed(budget: BudgetState, lane: str = "known", elsewhere: int = 0) -> BudgetState:
    return limits.wrong_code(budget, lane=lane, elsewhere=elsewhere, now=NOW)


@pytest.mark.parametrize(
    ("budget", "off"),
    [
        (BudgetState(), ""),
        (BudgetState(failures=48, failures_since=NOW - 5), ""),
        (BudgetState(failures=49, failures_since=NOW - 5), "tries"),
        (BudgetState(failures=49, failures_since=NOW - DAY), ""),
        (BudgetState(in_a_row=98), ""),
        (BudgetState(in_a_row=99), "tries"),
    ],
)
def test_fifty_wrong_codes_a_day_or_a_hundred_in_a_row_switch_codes_off(
    budget: BudgetState, off: str
) -> None:
    assert failed(budget).off == off


def test_a_day_of_failures_begins_with_the_first() -> None:
    first = failed(BudgetState(failures=7, failures_since=NOW - DAY))
    assert (first.failures, first.failures_since) == (1, NOW)
    second = limits.wrong_code(first, lane="known", elsewhere=0, now=NOW + 60)
    assert (second.failures, second.failures_since) == (2, NOW)


def test_a_right_code_ends_the_row_but_not_the_day() -> None:
    after = limits.right_code(BudgetState(in_a_row=7, failures=7, failures_since=NOW))
    assert (after.in_a_row, after.failures) == (0, 7)


@pytest.mark.parametrize(
    ("lane", "failures", "elsewhere", "out"),
    [
        ("other", 8, 0, False),
        ("other", 9, 0, True),
        ("other", 4, 5, True),
        ("other", 4, 4, False),
        ("known", 30, 30, False),
    ],
)
def test_ten_failures_a_day_by_strangers_mean_the_password_is_out(
    lane: str, failures: int, elsewhere: int, out: bool
) -> None:
    assert (
        failed(BudgetState(failures=failures, failures_since=NOW), lane, elsewhere).only_strong
        is out
    )


def test_two_wrong_numbers_rest_push_for_half_an_hour() -> None:
    once = limits.wrong_number(BudgetState(), lane="other", elsewhere=0, now=NOW)
    assert once.off == ""
    twice = limits.wrong_number(once, lane="other", elsewhere=0, now=NOW)
    assert (twice.off, twice.off_until, twice.wrong_numbers) == (
        "wrong_number",
        NOW + 30 * MINUTE,
        0,
    )


def test_not_me_rests_push_at_once() -> None:
    after = limits.not_me(BudgetState(), lane="other", elsewhere=0, now=NOW)
    assert (after.off, after.off_until, after.failures) == ("not_me", NOW + 30 * MINUTE, 1)


@pytest.mark.parametrize(
    ("budget", "lane", "closed"),
    [
        (BudgetState(off="not_me", off_until=NOW + 1), "other", True),
        (BudgetState(off="wrong_number", off_until=NOW + 1), "other", True),
        (BudgetState(off="not_me", off_until=NOW + 1), "known", False),
        (BudgetState(off="not_me", off_until=NOW), "other", False),
        (BudgetState(off="tries"), "other", False),
        (BudgetState(unanswered=10), "other", False),
        (BudgetState(only_strong=True), "other", True),
        (BudgetState(only_strong=True), "known", False),
    ],
)
def test_no_downgrade(budget: BudgetState, lane: str, closed: bool) -> None:
    assert limits.weak_ways_closed([BudgetState(), budget], lane=lane, now=NOW) is closed


def test_enrolling_anew_switches_on() -> None:
    worn = BudgetState(
        sends=((NOW, A),),
        unanswered=10,
        wrong_numbers=1,
        failures=50,
        failures_since=NOW,
        in_a_row=100,
        off="tries",
        only_strong=True,
    )
    assert limits.enrolled_anew(worn) == replace(
        BudgetState(), sends=((NOW, A),), failures_since=NOW, only_strong=True
    )


@pytest.mark.parametrize(("lane", "until"), [("enrol", NOW + DAY), ("known", 0), ("other", 0)])
def test_proving_an_address_rests_for_a_day_where_a_sign_in_waits_to_be_bound_anew(
    lane: str, until: int
) -> None:
    after = failed(BudgetState(in_a_row=99), lane)
    assert (after.off, after.off_until) == ("tries", until)
