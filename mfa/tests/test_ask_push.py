"""Putting a question to the phone."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from mfa import limits
from mfa.models import Challenge, OutboxMessage
from mfa.results import NotAsked
from mfa.services import challenges
from mfa.tests.helpers import (
    JOURNEY,
    OTHER_JOURNEY,
    answer,
    ask_push,
    budget,
    opened,
    phone,
    question,
    refused,
    set_budget,
    state,
    statements,
)
from mfaproject.lib.testing import FrozenClock


def test_the_row_holds_what_was_asked(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    asked = opened(ask_push(alice, digits=6, browser="s" * 22))
    row = Challenge.objects.get(pk=asked.challenge_id)
    assert (row.kind, row.state, row.lane, row.purpose, row.required, row.digits) == (
        "push",
        "pending",
        "other",
        "login",
        "weak",
        6,
    )
    assert (row.subject, row.epoch, row.ledger_id, row.browser, row.factor_id) == (
        JOURNEY,
        alice.auth_epoch,
        7,
        "s" * 22,
        None,
    )
    assert row.expires_at == clock.at + timedelta(seconds=limits.PUSH_LIFE)
    assert json.loads(row.context)["place"] == "Lyon, France"
    assert row.code_mac == ""


def test_a_question_never_outlives_its_journey(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    ends = clock.at + timedelta(seconds=45)
    assert opened(ask_push(alice, expires_at=ends)).expires_at == ends


def test_the_wake_up_carries_an_opaque_id_and_nothing_else(alice: Any) -> None:
    phone(alice)
    asked = opened(ask_push(alice, digits=6))  # three could stand in the sealed text by chance
    row = OutboxMessage.objects.get()
    assert (row.channel, row.challenge_id, row.epoch, row.expires_at) == (
        "push",
        asked.challenge_id,
        alice.auth_epoch,
        asked.expires_at,
    )
    assert asked.number not in row.payload


@pytest.mark.parametrize("digits", [3, 6])
def test_the_number_has_its_digits_and_is_the_same_from_every_side(alice: Any, digits: int) -> None:
    phone(alice)
    asked = opened(ask_push(alice, digits=digits))
    assert len(asked.number) == digits
    assert asked.number.isascii()
    assert asked.number.isdecimal()
    row = Challenge.objects.get(pk=asked.challenge_id)
    assert asked.number == challenges.number(row) == question(asked, alice).number


def test_the_number_is_in_no_column_and_in_no_repr(alice: Any) -> None:
    phone(alice)
    asked = opened(ask_push(alice, digits=6))
    kept = [str(value) for value in Challenge.objects.values().get().values()]
    assert asked.number not in " ".join(kept)
    assert asked.number not in repr(asked) + repr(question(asked, alice))


def test_asking_again_replaces_what_waits(alice: Any) -> None:
    phone(alice)
    first, second = opened(ask_push(alice)), opened(ask_push(alice))
    assert (state(first), state(second)) == ("superseded", "pending")
    assert first.public_id != second.public_id
    assert first.number != second.number or first.challenge_id != second.challenge_id


def test_asking_again_leaves_a_yes_alone(alice: Any) -> None:
    pixel = phone(alice)
    first = opened(ask_push(alice))
    answer(first, alice, pixel)
    ask_push(alice)
    assert state(first) == "approved"


def test_nobody_without_a_device_can_be_asked(alice: Any) -> None:
    assert ask_push(alice) == NotAsked("method_unavailable", 0)
    assert not Challenge.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("options", [{"confirmed": False}, {"tied_browser": "t" * 22}])
def test_a_strong_question_needs_a_confirmed_device_that_is_not_tied(
    alice: Any, options: dict[str, Any]
) -> None:
    phone(alice, **options)
    assert refused(ask_push(alice, required="strong")).code == "method_unavailable"


def test_an_unknown_person_is_nobody(db: None, alice: Any) -> None:
    phone(alice)
    assert refused(ask_push(alice, user_id=alice.pk + 1)).code == "method_unavailable"


def test_a_kind_without_a_path_is_off(alice: Any, settings: Any) -> None:
    phone(alice)
    settings.MFA_FACTORS = {"email": "mfa.factors.email.EmailCode"}
    assert refused(ask_push(alice)).code == "method_unavailable"


def test_three_prompts_for_one_journey(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    ends = clock.at + timedelta(minutes=10)
    asked = [opened(ask_push(alice, expires_at=ends)) for _ in range(3)]
    assert [one.resend_after for one in asked] == [clock.at, clock.at, None]
    clock.forward(seconds=1)
    assert ask_push(alice, expires_at=ends) == NotAsked("rate_limited", 599)


def test_a_third_open_prompt_of_a_person_is_refused_until_the_first_of_them_ends(
    alice: Any, clock: FrozenClock
) -> None:
    phone(alice)
    first = opened(ask_push(alice, "login:1"))
    clock.forward(seconds=50)
    opened(ask_push(alice, "login:2"))
    clock.forward(seconds=20)
    assert ask_push(alice, "login:3") == NotAsked("rate_limited", limits.PUSH_LIFE - 70)
    challenges.cancel(subject="login:1")
    assert state(first) == "superseded"
    opened(ask_push(alice, "login:3"))


def test_an_open_prompt_may_be_asked_again_while_two_are_open(alice: Any) -> None:
    phone(alice)
    ask_push(alice, "login:1")
    ask_push(alice, "login:2")
    opened(ask_push(alice, "login:2"))


def test_what_is_late_is_not_open(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    ask_push(alice, "login:1")
    ask_push(alice, "login:2")
    clock.forward(seconds=limits.PUSH_LIFE)
    opened(ask_push(alice, "login:3"))


def test_five_prompts_in_a_quarter_of_an_hour(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    for n in range(5):
        opened(ask_push(alice, f"login:{n}"))
        clock.forward(minutes=2)
    assert ask_push(alice, "login:5") == NotAsked("rate_limited", 5 * 60)
    clock.forward(minutes=5)
    opened(ask_push(alice, "login:5"))


def test_ten_prompts_without_an_approval_and_no_more(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    for n in range(10):
        opened(ask_push(alice, f"login:{n}"))
        clock.forward(minutes=4)
    assert ask_push(alice, "login:10") == NotAsked("off", 0)


def test_an_approval_in_one_lane_ends_the_fatigue_of_the_other(alice: Any) -> None:
    pixel = phone(alice)
    set_budget(alice, "push", unanswered=10)
    asked = opened(ask_push(alice, lane="known"))
    assert answer(asked, alice, pixel) == "approved"
    opened(ask_push(alice, OTHER_JOURNEY))


def test_a_new_device_ends_the_fatigue(alice: Any) -> None:
    phone(alice)
    set_budget(alice, "push", unanswered=10)
    assert refused(ask_push(alice)).code == "off"
    phone(alice, "iPad")
    opened(ask_push(alice))


def test_nothing_of_one_lane_is_spent_in_the_other(alice: Any) -> None:
    phone(alice)
    for n in range(2):
        opened(ask_push(alice, f"login:{n}"))
    refused(ask_push(alice, "login:2"))
    for n in range(3, 5):
        opened(ask_push(alice, f"login:{n}", lane="known"))
    assert len(budget(alice, "push", "other").sends) == 2
    assert len(budget(alice, "push", "known").sends) == 2


def test_limits_are_those_of_one_person(alice: Any, bob: Any) -> None:
    for user in (alice, bob):
        phone(user)
        opened(ask_push(user, f"login:{user.pk}1"))
        opened(ask_push(user, f"login:{user.pk}2"))
        refused(ask_push(user, f"login:{user.pk}3"))


def test_the_first_question_costs_four_statements(alice: Any) -> None:
    phone(alice)
    with statements(4):
        opened(ask_push(alice))


def test_a_later_question_costs_four_statements(alice: Any) -> None:
    phone(alice)
    ask_push(alice)
    with statements(4):
        opened(ask_push(alice, OTHER_JOURNEY))


def test_a_refusal_costs_one_statement(alice: Any) -> None:
    with statements(1):
        refused(ask_push(alice))


@pytest.mark.django_db(transaction=True)
def test_a_new_question_empties_the_poll_cache_of_its_journey(
    transactional_db: None, alice: Any
) -> None:
    phone(alice)
    cache.set_many({f"poll:{JOURNEY}": "old", f"poll:{OTHER_JOURNEY}": "other"})
    ask_push(alice)
    assert cache.get(f"poll:{JOURNEY}") is None
    assert cache.get(f"poll:{OTHER_JOURNEY}") == "other"
