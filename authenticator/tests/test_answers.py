"""One question, one answer."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authenticator.canonical import canonical, parse
from authenticator.models import Device
from authenticator.tests.helpers import (
    SUBJECT,
    ask,
    call,
    inbox,
    login,
    queued,
    row,
    send,
    state_of,
    wrong,
)
from authenticator.tests.signer import Phone
from mfa.services import challenges
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock
from risk import services as risk

STRANGER = "8.8.8.8"


def outcome(user: Any) -> str:
    return risk.recent_logins(user.pk)[0].outcome


def test_the_right_number_approves(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    assert send(phone, item, phone.approve(item, opened.number)) == (200, "approved")
    assert state_of(alice, opened) == "approved"
    assert inbox(phone) == []


def test_the_answer_tells_the_time(alice: Any, phone: Phone, clock: FrozenClock) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    answer: Any = call(
        phone,
        "POST",
        f"/v1/authenticator/challenges/{item['challenge_id']}/answer",
        phone.approve(item, opened.number),
    )
    assert answer.json() == {"state": "approved", "now": time.timestamp()}


def test_an_approval_can_be_collected_once_and_is_strong(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    send(phone, item, phone.approve(item, opened.number))
    proof = challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT)
    assert proof is not None
    assert (proof.kind, proof.label, proof.strength, proof.factor_id) == (
        "push",
        "Pixel 8",
        "strong",
        row(phone).factor_id,
    )
    assert challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT) is None


@pytest.mark.parametrize(("reason", "end"), [("cancelled", "denied"), ("not_me", "not_me")])
def test_a_deny_ends_it_and_the_ledger_says_so(
    alice: Any, phone: Phone, reason: str, end: str
) -> None:
    opened = ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    assert send(phone, item, phone.deny(item, reason)) == (200, end)
    assert state_of(alice, opened) == end
    assert outcome(alice) == end


def test_a_denied_sign_in_names_the_device_in_the_ledger(alice: Any, phone: Phone) -> None:
    ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    send(phone, item, phone.deny(item))
    [seen] = risk.recent_logins(alice.pk)
    assert (seen.factor, seen.detail) == ("push", "Pixel 8")


def test_an_approval_leaves_the_ledger_to_whoever_collects_it(alice: Any, phone: Phone) -> None:
    opened = ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    send(phone, item, phone.approve(item, opened.number))
    assert outcome(alice) == "pending"


def test_it_was_not_me_mails_the_owner_once(alice: Any, phone: Phone) -> None:
    ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    body = phone.deny(item, "not_me")
    assert send(phone, item, body) == send(phone, item, body) == (200, "not_me")
    assert queued("not_me") == 1


def test_it_was_not_me_holds_the_address_that_asked(alice: Any, phone: Phone) -> None:
    ask(alice, ledger_id=login(alice, STRANGER))
    [item] = inbox(phone)
    send(phone, item, phone.deny(item, "not_me"), REMOTE_ADDR="203.0.113.9")
    context = risk.arrived(STRANGER, "Mozilla/5.0", at=time.now(), request_id="-", door="form")
    assert (
        risk.assess(user_id=alice.pk, is_staff=False, has_strong=True, context=context).required
        == "strong"
    )


def test_a_wrong_number_ends_the_question(alice: Any, phone: Phone) -> None:
    opened = ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    assert send(phone, item, phone.approve(item, wrong(opened.number))) == (403, "wrong_number")
    assert state_of(alice, opened) == "wrong_number"
    assert outcome(alice) == "wrong_number"
    assert send(phone, item, phone.approve(item, opened.number)) == (409, "already_decided")


def test_a_wrong_number_ends_only_the_question_it_was_typed_into(alice: Any, phone: Phone) -> None:
    first, second = ask(alice), ask(alice, subject="login:" + "q" * 43)
    items = inbox(phone)
    assert [item["challenge_id"] for item in items] == [first.public_id, second.public_id]
    send(phone, items[0], phone.approve(items[0], wrong(first.number)))
    assert send(phone, items[1], phone.approve(items[1], second.number)) == (200, "approved")


def test_a_wrong_number_that_nobody_signed_costs_nothing(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    stranger = Phone(phone.aud, phone.device_id, phone.user)
    forged = stranger.approve(item, wrong(opened.number))
    assert send(phone, item, forged) == (401, "unauthorized")
    assert send(phone, item, phone.approve(item, opened.number)) == (200, "approved")


def test_six_digits_are_asked_for_where_the_question_says_so(alice: Any, phone: Phone) -> None:
    opened = ask(alice, digits=6)
    [item] = inbox(phone)
    assert len(opened.number) == 6
    assert send(phone, item, phone.approve(item, opened.number[:3])) == (403, "wrong_number")


@pytest.mark.parametrize(
    ("decision", "number", "reason"),
    [
        ("approve", None, None),
        ("deny", "471", "not_me"),
        ("approve", "471", "not_me"),
        ("deny", None, None),
    ],
)
def test_an_approval_needs_a_number_and_a_deny_a_reason(
    alice: Any, phone: Phone, decision: str, number: str | None, reason: str | None
) -> None:
    ask(alice)
    [item] = inbox(phone)
    got: dict[str, Any] = dict(parse(phone.deny(item)))
    body = canonical(got | {"decision": decision, "number": number, "reason": reason})
    assert send(phone, item, body) == (400, "bad_request")


# What it costs


def cost(phone: Phone, item: dict[str, Any], body: bytes) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        send(phone, item, body, REMOTE_ADDR="203.0.113.9")
    return sum(
        query["sql"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) for query in queries
    )


@pytest.mark.parametrize(
    ("said", "most"), [("approve", 6), ("deny", 6), ("wrong", 6), ("again", 6), ("not_me", 10)]
)
def test_an_answer_costs_at_most_so_many_statements(
    alice: Any, phone: Phone, said: str, most: int
) -> None:
    """The last is rare and does more: it rests pushes, holds the address that
    asked, and writes a mail."""
    opened = ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    bodies = {
        "approve": phone.approve(item, opened.number),
        "wrong": phone.approve(item, wrong(opened.number)),
        "deny": phone.deny(item),
        "not_me": phone.deny(item, "not_me"),
        "again": phone.deny(item),
    }
    if said == "again":
        send(phone, item, bodies[said])
    assert cost(phone, item, bodies[said]) <= most


def test_an_answer_is_noted_on_the_device(alice: Any, phone: Phone, clock: FrozenClock) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    clock.forward(seconds=20)
    send(phone, item, phone.approve(item, opened.number))
    assert Device.objects.get(public_id=phone.device_id).last_answer_at == time.now()


def test_a_signature_for_another_origin_is_refused(alice: Any, phone: Phone, settings: Any) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    settings.AUTHENTICATOR_ORIGIN = "https://auth.example.org"
    assert send(phone, item, phone.approve(item, opened.number)) == (401, "unauthorized")
