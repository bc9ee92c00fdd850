"""Prompts of a recovery have a share of their own, prompts that were approved take nothing from
any, and every wait is told as it is.
"""

from datetime import timedelta
from typing import Any

import pytest

from mfa import limits
from mfa.limits import RECOVERY, BudgetState
from mfa.models import Budget
from mfa.results import NotAsked, Opened
from mfa.services import challenges
from mfa.tests.helpers import (
    Ways,
    answer,
    ask_code,
    ask_push,
    budget,
    opened,
    phone,
    refused,
    set_budget,
    statements,
)
from mfa.tests.helpers import (
    ways as open_ways,
)
from mfaproject.lib.testing import FrozenClock

ENDS = timedelta(minutes=10)


def recover(user: Any, journey: str = "login:r", **changes: Any) -> Opened | NotAsked:
    return ask_push(user, journey, purpose=RECOVERY, required="strong", **changes)


def spread(user: Any, clock: FrozenClock, times: int = 5, minutes: int = 2) -> list[Opened]:
    """So many prompts of sign-ins."""
    asked = []
    for n in range(times):
        asked.append(
            opened(ask_push(user, f"login:{clock.at.timestamp()}{n}", expires_at=clock.at + ENDS))
        )
        clock.forward(minutes=minutes)
    return asked


# A share of its own


def test_two_an_hour_and_the_true_wait(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    opened(recover(alice, "login:1"))
    clock.forward(minutes=20)
    opened(recover(alice, "login:2"))
    clock.forward(minutes=10)
    assert recover(alice, "login:3") == NotAsked("rate_limited", 30 * 60)
    clock.forward(minutes=30)
    opened(recover(alice, "login:3"))


@pytest.mark.parametrize("journey", ["one", "two"])
def test_the_two_may_be_of_one_journey(alice: Any, clock: FrozenClock, journey: str) -> None:
    phone(alice)
    opened(recover(alice, "login:one"))
    opened(recover(alice, f"login:{journey}"))
    assert refused(recover(alice, "login:three")).retry_after == limits.HOUR


@pytest.mark.parametrize("waits", ["five in a quarter", "ten unanswered", "two open"])
def test_what_sign_ins_asked_takes_nothing_from_it(
    alice: Any, clock: FrozenClock, waits: str
) -> None:
    phone(alice)
    if waits == "five in a quarter":
        spread(alice, clock)
    elif waits == "ten unanswered":
        set_budget(alice, "push", unanswered=10)
    else:
        spread(alice, clock, times=2, minutes=0)
    assert isinstance(ask_push(alice, "login:x"), NotAsked)
    opened(recover(alice))


def test_it_takes_nothing_from_sign_ins(alice: Any) -> None:
    phone(alice)
    opened(recover(alice, "login:1"))
    opened(recover(alice, "login:2"))
    assert (budget(alice, "push", "other").unanswered, budget(alice, "push", "other").sends) == (
        0,
        (),
    )
    opened(ask_push(alice, "login:3"))
    opened(ask_push(alice, "login:4"))


@pytest.mark.parametrize("lane", ["other", "known"])
def test_it_is_off_wherever_it_was_not_me_holds(alice: Any, clock: FrozenClock, lane: str) -> None:
    pixel = phone(alice)
    answer(opened(ask_push(alice, lane=lane)), alice, pixel, "deny", "not_me")
    clock.forward(minutes=10)
    assert recover(alice) == NotAsked("off", 20 * 60)
    clock.forward(minutes=20)
    opened(recover(alice))


def test_not_me_to_a_recovery_rests_what_strangers_may_ask(alice: Any) -> None:
    pixel = phone(alice)
    answer(opened(recover(alice)), alice, pixel, "deny", "not_me")
    assert refused(ask_push(alice, "login:x")).code == "off"
    assert refused(ask_code(alice, "login:x")).code == "off"
    opened(ask_push(alice, "login:y", lane="known"))


# What was approved


def test_approved_prompts_take_nothing_from_the_five_in_a_quarter(
    alice: Any, clock: FrozenClock
) -> None:
    pixel = phone(alice)
    spread(alice, clock, times=4, minutes=1)
    last = opened(ask_push(alice, "login:last", expires_at=clock.at + ENDS))
    assert ask_push(alice, "login:x") == NotAsked("rate_limited", 11 * 60)
    answer(last, alice, pixel)
    opened(ask_push(alice, "login:x"))
    assert ask_push(alice, "login:y") == NotAsked("rate_limited", 11 * 60)


def test_nor_does_one_that_was_collected(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    for n in range(12):
        asked = opened(ask_push(alice, f"login:{n}"))
        answer(asked, alice, pixel)
        assert challenges.spend(challenge_id=asked.challenge_id, subject=f"login:{n}") is not None


def test_those_that_were_replaced_on_the_way_count(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    for journey in ("login:1", "login:2"):
        asked = []
        for _ in range(3):
            asked.append(opened(ask_push(alice, journey, expires_at=clock.at + ENDS)))
            clock.forward(seconds=10)
        answer(asked[-1], alice, pixel)
    opened(ask_push(alice, "login:3"))
    assert ask_push(alice, "login:4") == NotAsked("rate_limited", limits.QUARTER - 60)


def test_a_yes_that_was_taken_back_counts(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    spread(alice, clock, times=4, minutes=1)
    last = opened(ask_push(alice, "login:last", expires_at=clock.at + ENDS))
    answer(last, alice, pixel)
    answer(last, alice, pixel, "deny", "cancelled")
    assert isinstance(ask_push(alice, "login:x"), NotAsked)


def test_what_was_approved_is_looked_up_only_where_it_matters(
    alice: Any, clock: FrozenClock
) -> None:
    phone(alice)
    spread(alice, clock, minutes=1)
    with statements(2):
        refused(ask_push(alice, "login:x"))


def test_two_recoveries_an_hour_whether_approved_or_not(alice: Any) -> None:
    pixel = phone(alice)
    for n in range(2):
        answer(opened(recover(alice, f"login:{n}")), alice, pixel)
    assert isinstance(recover(alice, "login:x"), NotAsked)


# What the pages are told


def ways(user: Any, lane: str = "other", **changes: Any) -> Ways:
    return open_ways(
        **(
            {
                "user_id": user.pk,
                "lane": lane,
                "required": "weak",
                "purpose": "login",
                "browser": "",
            }
            | changes
        )
    )


def test_the_wait_of_each_way_is_told(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    spread(alice, clock, minutes=2)
    opened(ask_code(alice, "login:x"))
    clock.forward(seconds=10)
    assert ways(alice).waits == {"push": 5 * 60 - 10, "email": 20}
    assert ways(alice, "known").waits == {}


def test_what_a_journey_has_had_its_share_of_is_told_apart(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    for _ in range(3):
        opened(ask_push(alice, "login:x", expires_at=clock.at + ENDS))
    told = ways(alice, subject="login:x", ends=clock.at + ENDS)
    assert (told.push, told.spent, told.waits) == (True, frozenset({"push"}), told.waits)
    assert not told.waits
    assert ways(alice, subject="login:y", ends=clock.at + ENDS).spent == frozenset()


@pytest.mark.parametrize(
    ("lane", "purpose", "told"),
    [("other", "login", {}), ("known", "login", {"push": 60}), ("other", RECOVERY, {"push": 60})],
)
def test_that_push_rests_is_for_her_own_browsers_and_her_recovery(
    alice: Any, clock: FrozenClock, lane: str, purpose: str, told: dict[str, int]
) -> None:
    phone(alice)
    set_budget(alice, "push", lane, off="not_me", off_until=int(clock.at.timestamp()) + 60)
    found = ways(alice, lane, purpose=purpose)
    assert (found.push, found.waits) == (False, told)


def test_a_recovery_is_told_its_own_wait(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    spread(alice, clock)
    assert ways(alice, purpose=RECOVERY).waits == {}
    opened(recover(alice, "login:1"))
    opened(recover(alice, "login:2"))
    assert ways(alice, purpose=RECOVERY).waits == {"push": limits.HOUR}


def test_a_tally_keeps_both_apart(alice: Any) -> None:
    phone(alice)
    recover(alice)
    assert Budget.objects.get(kind="push").state == BudgetState(
        recoveries=budget(alice, "push", "other").recoveries
    )
