"""Enrolling and removing factors."""

from typing import Any

import pytest

from mfa.models import Factor
from mfa.services import enrolment
from mfa.tests.helpers import (
    OTHER_JOURNEY,
    answer,
    ask_push,
    budget,
    opened,
    phone,
    read_anew,
    set_budget,
    state,
)
from mfaproject.lib.testing import FrozenClock

SESSION = "s" * 22


def test_a_factor_counts_from_its_confirmation(alice: Any, clock: FrozenClock) -> None:
    factor_id = phone(alice, confirmed=False)
    assert enrolment.factors(alice.pk) == []
    clock.forward(minutes=1)
    assert enrolment.confirm_factor(alice.pk, factor_id)
    assert not enrolment.confirm_factor(alice.pk, factor_id)
    (view,) = enrolment.factors(alice.pk)
    assert (view.id, view.kind, view.label, view.confirmed_at) == (
        factor_id,
        "push",
        "Pixel 8",
        clock.at,
    )


def test_nobody_touches_a_factor_of_somebody_else(alice: Any, bob: Any) -> None:
    factor_id, fresh = phone(alice), phone(alice, confirmed=False)
    assert not enrolment.confirm_factor(bob.pk, fresh)
    assert not enrolment.rename_factor(bob.pk, factor_id, "Mine")
    assert not enrolment.revoke_factor(bob.pk, factor_id)
    assert [view.label for view in enrolment.factors(alice.pk)] == ["Pixel 8"]


def test_a_device_can_be_renamed_and_an_address_cannot(alice: Any) -> None:
    device, mailbox = (
        phone(alice),
        enrolment.add_factor(alice.pk, "email", alice.email, added_by=""),
    )
    assert enrolment.rename_factor(alice.pk, device, "Work phone")
    assert not enrolment.rename_factor(alice.pk, mailbox, "mallory@example.org")
    assert [view.label for view in enrolment.factors(alice.pk)] == [
        "Work phone",
        "alice@example.org",
    ]


def test_a_removed_factor_is_gone_for_good(alice: Any) -> None:
    factor_id = phone(alice)
    assert enrolment.revoke_factor(alice.pk, factor_id)
    assert not enrolment.revoke_factor(alice.pk, factor_id)
    assert not enrolment.confirm_factor(alice.pk, factor_id)
    assert not enrolment.rename_factor(alice.pk, factor_id, "x")
    assert Factor.objects.get().revoked_at is not None


def test_removing_all_leaves_the_mailbox(alice: Any, bob: Any) -> None:
    phone(alice)
    phone(alice, "iPad", confirmed=False)
    phone(bob)
    enrolment.add_factor(alice.pk, "email", alice.email, added_by="")
    assert enrolment.revoke_all(alice.pk) == 2
    assert [view.kind for view in enrolment.factors(alice.pk)] == ["email"]
    assert enrolment.revoke_all(alice.pk, but=()) == 1
    assert len(enrolment.factors(bob.pk)) == 1


def test_what_a_session_added_can_be_found_and_removed(alice: Any, bob: Any) -> None:
    kept = phone(alice)
    gone = enrolment.add_factor(alice.pk, "push", "Thief", added_by=SESSION)
    enrolment.add_factor(bob.pk, "push", "Other", added_by=SESSION)
    assert enrolment.added_by(alice.pk, SESSION) == [gone]
    assert enrolment.revoke_added_by(alice.pk, SESSION) == 1
    assert [view.id for view in enrolment.factors(alice.pk)] == [kept]
    assert enrolment.added_by(alice.pk, SESSION) == [gone]
    assert len(enrolment.factors(bob.pk)) == 1


def test_no_session_added_nothing(alice: Any) -> None:
    phone(alice)
    assert enrolment.added_by(alice.pk, "") == []
    assert enrolment.revoke_added_by(alice.pk, "") == 0


def test_a_removed_device_ends_the_question_for_the_others_too(alice: Any) -> None:
    """The person's epoch is another one now: whoever wants in begins anew."""
    old, other = phone(alice), phone(alice, "iPad")
    asked = opened(ask_push(alice))
    enrolment.revoke_factor(alice.pk, old)
    assert state(asked) == "superseded"
    assert answer(asked, alice, other) == "lost"
    read_anew(alice)
    assert answer(opened(ask_push(alice, OTHER_JOURNEY)), alice, other) == "approved"


@pytest.mark.parametrize("kind", ["push", "email"])
def test_binding_anew_switches_on_in_both_lanes_and_keeps_what_was_sent(
    alice: Any, kind: str
) -> None:
    for lane in ("known", "other"):
        set_budget(
            alice,
            kind,
            lane,
            off="tries",
            in_a_row=100,
            unanswered=10,
            wrong_numbers=1,
            sends=[[1, "login:a"]],
        )
    set_budget(alice, "sms", off="tries")
    enrolment.add_factor(alice.pk, kind, "label", added_by="")
    for lane in ("known", "other"):
        after = budget(alice, kind, lane)
        assert (after.off, after.in_a_row, after.unanswered, after.wrong_numbers, after.sends) == (
            "",
            0,
            0,
            0,
            ((1, "login:a"),),
        )
    assert budget(alice, "sms").off == "tries"


def test_an_unconfirmed_factor_switches_nothing_on(alice: Any) -> None:
    set_budget(alice, "push", off="not_me", off_until=2**40)
    factor_id = phone(alice, confirmed=False)
    assert budget(alice, "push").off == "not_me"
    enrolment.confirm_factor(alice.pk, factor_id)
    assert budget(alice, "push").off == ""


def test_a_new_password_opens_the_weaker_ways_again(alice: Any, bob: Any) -> None:
    for user in (alice, bob):
        set_budget(user, "email", only_strong=True, failures=10, failures_since=2**40)
    enrolment.password_changed(alice.pk)
    assert (budget(alice, "email").only_strong, budget(alice, "email").failures) == (False, 0)
    assert budget(bob, "email").only_strong


def test_removing_all_devices_ends_their_yes(alice: Any) -> None:
    device = phone(alice)
    asked = opened(ask_push(alice))
    answer(asked, alice, device)
    enrolment.revoke_all(alice.pk)
    assert state(asked) == "superseded"
