"""Typing a code: reserve, then look."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import transaction

from mfa import limits
from mfa.models import Challenge
from mfa.results import Dead, Proof, Right, Wrong
from mfa.services import challenges, enrolment
from mfa.tests.helpers import (
    JOURNEY,
    OTHER_JOURNEY,
    ask_code,
    ask_push,
    budget,
    check,
    code_of,
    delivered,
    mails,
    opened,
    phone,
    set_budget,
    spend,
    state,
    statements,
    wrong_code,
)
from mfaproject.lib import tokens
from mfaproject.lib.testing import FrozenClock


def test_the_right_code_approves_and_is_collected_once(alice: Any) -> None:
    asked = opened(ask_code(alice))
    code = code_of(asked)
    assert check(asked, f"{code[:3]} {code[3:]}") == Right(
        "email", "a•••e@example.org", "weak", None
    )
    assert state(asked) == "approved"
    assert spend(asked) == Proof("email", "a•••e@example.org", "weak", None)
    assert spend(asked) is None
    assert state(asked) == "spent"


def test_the_right_code_twice_is_used(alice: Any) -> None:
    asked = opened(ask_code(alice))
    code = code_of(asked)
    check(asked, code)
    assert check(asked, code) == Dead("used")
    spend(asked)
    assert check(asked, code) == Dead("used")


def test_five_wrong_codes_then_the_right_one_is_not_looked_at(alice: Any) -> None:
    asked = opened(ask_code(alice))
    code = code_of(asked)
    assert [check(asked, wrong_code(asked)) for _ in range(5)] == [
        Wrong(4),
        Wrong(3),
        Wrong(2),
        Wrong(1),
        Wrong(0),
    ]
    assert check(asked, code) == Dead("too_many_attempts")
    assert state(asked) == "pending"


def test_the_right_code_at_the_fifth_try(alice: Any) -> None:
    asked = opened(ask_code(alice))
    for _ in range(4):
        check(asked, wrong_code(asked))
    assert isinstance(check(asked, code_of(asked)), Right)


@pytest.mark.parametrize(
    "typed",
    ["", "１２３４５６", "+12345", "1_2345", 123456, None, "9" * 100_000, ["1"], "12345\ud800"],
)
def test_anything_that_is_no_code_is_a_wrong_one(alice: Any, typed: object) -> None:
    assert check(opened(ask_code(alice)), typed) == Wrong(4)


def test_a_code_dies_with_its_time(alice: Any, clock: FrozenClock) -> None:
    asked = opened(ask_code(alice))
    clock.forward(seconds=limits.CODE_LIFE)
    assert check(asked, code_of(asked)) == Dead("expired")
    assert Challenge.objects.get().attempts == 0


def test_a_code_of_another_journey_is_dead(alice: Any) -> None:
    asked = opened(ask_code(alice))
    assert check(asked, code_of(asked), OTHER_JOURNEY) == Dead("expired")
    assert Challenge.objects.get().attempts == 0


def test_a_code_of_another_person_is_wrong(alice: Any, bob: Any) -> None:
    with mock.patch("mfaproject.lib.tokens.new_code", side_effect=["271828", "314159"]):
        hers, his = opened(ask_code(alice)), opened(ask_code(bob, OTHER_JOURNEY))
    assert code_of(his) == "314159"
    assert check(hers, code_of(his)) == Wrong(4)


@pytest.mark.parametrize("change", [{"auth_epoch": 1}, {"is_active": False}])
def test_a_new_epoch_or_a_disabled_account_ends_it(alice: Any, change: dict[str, Any]) -> None:
    asked = opened(ask_code(alice))
    code = code_of(asked)
    type(alice).objects.filter(pk=alice.pk).update(**change)
    assert check(asked, code) == Dead("expired")


@pytest.mark.parametrize("change", [{"auth_epoch": 1}, {"is_active": False}])
def test_the_epoch_is_looked_at_again_at_the_last_step(alice: Any, change: dict[str, Any]) -> None:
    asked = opened(ask_code(alice))
    check(asked, code_of(asked))
    type(alice).objects.filter(pk=alice.pk).update(**change)
    assert spend(asked) is None


def test_a_removed_factor_proves_nothing_at_the_last_step(alice: Any) -> None:
    factor_id = enrolment.add_factor(alice.pk, "email", alice.email, added_by="")
    asked = opened(ask_code(alice))
    check(asked, code_of(asked))
    enrolment.revoke_factor(alice.pk, factor_id)
    assert spend(asked) is None


def test_an_approval_that_nobody_collects_grows_too_old(alice: Any, clock: FrozenClock) -> None:
    asked = opened(ask_code(alice))
    check(asked, code_of(asked))
    clock.forward(seconds=limits.COLLECT_WITHIN)
    assert spend(asked) is None


def test_a_push_cannot_be_answered_as_a_code(alice: Any) -> None:
    phone(alice)
    asked = opened(ask_push(alice, digits=6))
    assert isinstance(check(asked, asked.number), Dead)
    assert state(asked) == "pending"


def test_a_right_code_verifies_the_mailbox_it_was_sent_to(alice: Any, clock: FrozenClock) -> None:
    factor_id = enrolment.add_factor(alice.pk, "email", alice.email, added_by="", confirmed=False)
    assert enrolment.factors(alice.pk) == []
    asked = opened(ask_code(alice))
    assert check(asked, code_of(asked)) == Right("email", "a•••e@example.org", "weak", factor_id)
    assert [factor.confirmed_at for factor in enrolment.factors(alice.pk)] == [clock.at]


def test_wrong_codes_are_counted_per_person_kind_and_lane(alice: Any) -> None:
    asked = opened(ask_code(alice))
    check(asked, "000000" if code_of(asked) != "000000" else "000001")
    after = budget(alice, "email")
    assert (after.failures, after.in_a_row) == (1, 1)
    check(asked, code_of(asked))
    after = budget(alice, "email")
    assert (after.failures, after.in_a_row) == (1, 0)


@pytest.mark.parametrize("worn", [{"failures": 49}, {"in_a_row": 99}])
def test_the_last_wrong_code_switches_codes_off_and_tells_once(
    alice: Any, clock: FrozenClock, worn: dict[str, int]
) -> None:
    set_budget(alice, "email", "known", failures_since=int(clock.at.timestamp()), **worn)
    asked = opened(ask_code(alice, lane="known"))
    code = code_of(asked)
    assert check(asked, wrong_code(asked)) == Wrong(4)
    assert budget(alice, "email", "known").off == "tries"
    assert check(asked, code) == Dead("too_many_attempts")
    assert check(asked, wrong_code(asked)) == Dead("too_many_attempts")
    assert len(mails("factor_off")) == 1


def test_the_tenth_failure_by_strangers_asks_for_strong_factors_and_tells_once(
    alice: Any, clock: FrozenClock
) -> None:
    set_budget(alice, "push", failures=7, failures_since=int(clock.at.timestamp()))
    set_budget(alice, "email", failures=2, failures_since=int(clock.at.timestamp()))
    asked = opened(ask_code(alice))
    check(asked, wrong_code(asked))
    check(asked, wrong_code(asked))
    assert budget(alice, "email").only_strong
    assert [mail.sent_to for mail in mails("password_out")] == ["a•••e@example.org"]
    assert "Somebody seems to know your password" in [parcel.subject for parcel in delivered()]


def test_failures_of_another_day_or_lane_do_not_add_up(alice: Any, clock: FrozenClock) -> None:
    today = int(clock.at.timestamp())
    set_budget(alice, "push", failures=9, failures_since=today - limits.DAY)
    set_budget(alice, "push", "known", failures=9, failures_since=today)
    asked = opened(ask_code(alice))
    check(asked, wrong_code(asked))
    assert not budget(alice, "email").only_strong


@pytest.mark.django_db(transaction=True)
def test_a_try_cannot_be_given_back_by_a_rollback(transactional_db: None, alice: Any) -> None:
    asked = opened(ask_code(alice))
    with pytest.raises(RuntimeError), transaction.atomic():
        check(asked, wrong_code(asked))
    assert Challenge.objects.get().attempts == 0


def test_checking_costs_four_statements(alice: Any) -> None:
    asked = opened(ask_code(alice))
    code = code_of(asked)
    other = wrong_code(asked)
    with statements(4):
        assert isinstance(check(asked, other), Wrong)
    with statements(4):
        assert isinstance(check(asked, code), Right)
    with statements(2):
        assert spend(asked) is not None
    with statements(2):
        assert isinstance(check(asked, code), Dead)


@pytest.mark.parametrize("purpose", ["login", "signup", "proof"])
def test_a_code_is_bound_to_its_purpose(alice: Any, purpose: str) -> None:
    asked = opened(ask_code(alice, purpose=purpose))
    code = code_of(asked)
    Challenge.objects.filter(pk=asked.challenge_id).update(purpose="reset")
    assert check(asked, code) == Wrong(4)


def test_codes_are_drawn_from_the_seam(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "new_code", lambda digits: "000007")
    asked = opened(ask_code(alice))
    assert isinstance(check(asked, "000007"), Right)


def test_collecting_needs_the_journey_that_asked(alice: Any) -> None:
    asked = opened(ask_code(alice))
    check(asked, code_of(asked))
    assert spend(asked, OTHER_JOURNEY) is None
    assert spend(asked, JOURNEY) is not None


def test_a_pending_question_cannot_be_collected(alice: Any) -> None:
    assert spend(opened(ask_code(alice))) is None


def test_the_state_is_as_it_is_by_now(alice: Any, clock: FrozenClock) -> None:
    row = Challenge.objects.get(pk=opened(ask_code(alice)).challenge_id)
    ends = clock.at + timedelta(seconds=limits.CODE_LIFE)
    assert [challenges.state_of(row, moment) for moment in (ends - timedelta(seconds=1), ends)] == [
        "pending",
        "expired",
    ]


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("failed", "expired"),
        ("approved", "approved"),
        ("superseded", "superseded"),
        ("spent", "spent"),
    ],
)
def test_the_state_of_an_end_is_that_end(
    alice: Any, clock: FrozenClock, kept: str, shown: str
) -> None:
    row = Challenge.objects.get(pk=opened(ask_code(alice)).challenge_id)
    row.state = kept
    assert challenges.state_of(row, clock.at + timedelta(days=1)) == shown
