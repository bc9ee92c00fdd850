"""Whose question it is, and which device may answer it."""

from typing import Any

import pytest

from authenticator.services import devices
from authenticator.tests.helpers import SUBJECT, ask, call, inbox, paired, send, state_of
from authenticator.tests.signer import Phone
from mfa.services import challenges
from mfaproject.lib.testing import FrozenClock

# Whose it is


def test_a_device_of_alice_does_not_answer_for_bob(alice: Any, bob: Any, phone: Phone) -> None:
    his = paired(bob, session="b" * 22)
    opened = ask(bob)
    [item] = inbox(his)
    assert inbox(phone) == []
    assert send(phone, item, phone.approve(item, opened.number)) == (404, "not_found")
    assert send(phone, item | {"challenge_id": "x" * 22}, phone.approve(item, opened.number)) == (
        404,
        "not_found",
    )


def test_a_revoked_device_is_not_heard(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    devices.revoke(alice.pk, phone.device_id, None)
    assert send(phone, item, phone.approve(item, opened.number)) == (401, "unauthorized")


def test_an_approval_of_a_device_that_was_revoked_meanwhile_proves_nothing(
    alice: Any, phone: Phone
) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    send(phone, item, phone.approve(item, opened.number))
    devices.revoke(alice.pk, phone.device_id, None)
    assert challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT) is None


def test_a_question_of_another_epoch_is_dead(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    alice.auth_epoch += 1
    alice.save()
    assert inbox(phone) == []
    assert send(phone, item, phone.approve(item, opened.number)) == (409, "already_decided")


def test_nobody_answers_for_a_closed_account(alice: Any, phone: Phone) -> None:
    ask(alice)
    alice.is_active = False
    alice.save()
    answer: Any = call(phone, "POST", "/v1/authenticator/inbox", b"{}")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("field", "forged"),
    [
        ("aud", "https://evil.example"),
        ("challenge_id", "c" * 22),
        ("nonce", "n" * 43),
        ("device_id", "d" * 22),
        ("user", "u" * 22),
        ("decision", "deny"),
        ("number", "000000"),
        ("reason", "not_me"),
        ("ctx", "x" * 43),
        ("iat", 1),
        ("exp", 1),
    ],
)
def test_each_signed_field_wrong_alone_is_refused_and_costs_nothing(
    alice: Any, phone: Phone, field: str, forged: str | int
) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    assert send(phone, item, phone.approve(item, opened.number, forged={field: forged})) == (
        401,
        "unauthorized",
    )
    assert state_of(alice, opened) == "pending"


@pytest.mark.parametrize("field", ["account", "app", "at", "browser", "ip", "os", "place"])
def test_who_was_shown_something_else_signs_something_else(
    alice: Any, phone: Phone, field: str
) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    shown = item | {"context": item["context"] | {field: "elsewhere" if field != "at" else 1}}
    assert send(phone, item, phone.approve(shown, opened.number)) == (401, "unauthorized")
    assert state_of(alice, opened) == "pending"


# Which device may


def test_a_tied_device_is_weak_for_what_begins_in_its_own_browser(alice: Any) -> None:
    here = paired(alice, tied_browser="k" * 22)
    opened = ask(alice, browser="k" * 22, lane="known")
    [item] = inbox(here)
    send(here, item, here.approve(item, opened.number))
    proof = challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT)
    assert proof is not None
    assert proof.strength == "weak"


@pytest.mark.parametrize("browser", ["", "k" * 22])
def test_a_tied_device_is_not_shown_a_question_that_needs_a_strong_one(
    alice: Any, phone: Phone, browser: str
) -> None:
    here = paired(alice, tied_browser="k" * 22, name="This browser")
    opened = ask(alice, required="strong", browser=browser)
    [item] = inbox(phone)
    assert inbox(here) == []
    assert send(here, item, here.approve(item, opened.number)) == (409, "already_decided")
    assert state_of(alice, opened) == "pending"


def test_a_device_of_today_approves_no_change_while_an_older_one_exists(
    alice: Any, phone: Phone, clock: FrozenClock
) -> None:
    clock.forward(hours=23)
    young = paired(alice, name="New phone")
    clock.forward(hours=2)
    opened = ask(alice, purpose="proof")
    [item] = inbox(phone)
    assert inbox(young) == []
    assert send(young, item, young.approve(item, opened.number)) == (409, "already_decided")
    assert send(phone, item, phone.approve(item, opened.number)) == (200, "approved")


def test_a_device_of_today_approves_sign_ins(alice: Any, phone: Phone, clock: FrozenClock) -> None:
    clock.forward(days=2)
    young = paired(alice, name="New phone")
    opened = ask(alice)
    [item] = inbox(young)
    assert send(young, item, young.approve(item, opened.number)) == (200, "approved")


@pytest.mark.parametrize("case", ["only one", "a day old"])
def test_a_device_that_is_alone_or_a_day_old_approves_changes(
    alice: Any, phone: Phone, clock: FrozenClock, case: str
) -> None:
    if case == "only one":
        young = phone
    else:
        clock.forward(days=1)
        young = paired(alice, name="New phone")
        clock.forward(days=1)
    opened = ask(alice, purpose="proof")
    [item] = inbox(young)
    assert send(young, item, young.approve(item, opened.number)) == (200, "approved")
