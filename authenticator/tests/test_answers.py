"""One question, one answer."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authenticator.canonical import canonical, parse
from authenticator.models import Device
from authenticator.services import approvals, devices
from authenticator.tests.helpers import ask, call, inbox, login, paired, queued, row, send, wrong
from authenticator.tests.signer import Phone
from mfa.services import challenges
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock
from risk import services as risk

SUBJECT = "login:" + "r" * 43
STRANGER = "8.8.8.8"


def state(opened: challenges.Opened) -> str:
    found = challenges.look(opened.challenge_id, SUBJECT)
    assert found is not None
    return found.state


def outcome(user: Any) -> str:
    return risk.recent_logins(user.pk)[0].outcome


def test_the_right_number_approves(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    assert send(phone, item, phone.approve(item, opened.number)) == (200, "approved")
    assert state(opened) == "approved"
    assert inbox(phone) == []


def test_the_answer_tells_the_time(alice: Any, phone: Phone, clock: FrozenClock) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    answer: Any = call(phone, "POST", f"/v1/authenticator/challenges/{item['challenge_id']}/answer", phone.approve(item, opened.number))
    assert answer.json() == {"state": "approved", "now": time.timestamp()}


def test_an_approval_can_be_collected_once_and_is_strong(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    send(phone, item, phone.approve(item, opened.number))
    proof = challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT)
    assert proof is not None
    assert (proof.kind, proof.label, proof.strength, proof.factor_id) == ("push", "Pixel 8", "strong", row(phone).factor_id)
    assert challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT) is None


@pytest.mark.parametrize(("reason", "end"), [("cancelled", "denied"), ("not_me", "not_me")])
def test_a_deny_ends_it_and_the_ledger_says_so(alice: Any, phone: Phone, reason: str, end: str) -> None:
    opened = ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    assert send(phone, item, phone.deny(item, reason)) == (200, end)
    assert state(opened) == end
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
    context = risk.LoginContext(STRANGER, "Mozilla/5.0", risk.Recognition(None, frozenset(), "absent"), time.now(), "-", "form")
    assert risk.assess(user_id=alice.pk, is_staff=False, has_strong=True, context=context).required == "strong"


def test_a_wrong_number_ends_the_question(alice: Any, phone: Phone) -> None:
    opened = ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    assert send(phone, item, phone.approve(item, wrong(opened.number))) == (403, "wrong_number")
    assert state(opened) == "wrong_number"
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
    ("decision", "number", "reason"), [("approve", None, None), ("deny", "471", "not_me"), ("approve", "471", "not_me"), ("deny", None, None)]
)
def test_an_approval_needs_a_number_and_a_deny_a_reason(alice: Any, phone: Phone, decision: str, number: str | None, reason: str | None) -> None:
    ask(alice)
    [item] = inbox(phone)
    got: dict[str, Any] = dict(parse(phone.deny(item)))
    body = canonical(got | {"decision": decision, "number": number, "reason": reason})
    assert send(phone, item, body) == (400, "bad_request")


# The same bytes again


def test_a_replayed_approval_gets_the_stored_result_and_grants_nothing(alice: Any, phone: Phone, clock: FrozenClock) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    body = phone.approve(item, opened.number)
    send(phone, item, body)
    assert challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT)
    clock.forward(hours=1)
    assert send(phone, item, body) == (200, "approved")
    assert challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT) is None


def test_a_replayed_wrong_number_gets_the_stored_result(alice: Any, phone: Phone, clock: FrozenClock) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    body = phone.approve(item, wrong(opened.number))
    first = send(phone, item, body)
    clock.forward(minutes=5)
    assert send(phone, item, body) == first == (403, "wrong_number")


def test_another_signature_over_the_same_words_is_not_a_replay(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    send(phone, item, phone.approve(item, opened.number))
    assert send(phone, item, phone.approve(item, opened.number)) == (409, "already_decided")


def test_who_loses_to_the_same_bytes_gets_what_they_brought_about(alice: Any, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice at once: both read the question while it waits, and the second one's UPDATE finds nothing left to do."""
    opened = ask(alice)
    [item] = inbox(phone)
    body, before = phone.approve(item, opened.number), challenges.question(opened.public_id, alice.pk)
    assert approvals.answer(row(phone), opened.public_id, body, None) == "approved"
    real = challenges.question
    found = [before, real(opened.public_id, alice.pk)]
    monkeypatch.setattr(challenges, "question", lambda *_: found.pop(0))
    assert approvals.answer(row(phone), opened.public_id, body, None) == "approved"


# First end wins


def test_a_deny_kills_an_approval_that_nobody_has_collected(alice: Any, phone: Phone) -> None:
    other, opened = paired(alice, name="iPad"), ask(alice)
    [item] = inbox(phone)
    send(phone, item, phone.approve(item, opened.number))
    assert send(other, item, other.deny(item, "not_me")) == (200, "not_me")
    assert challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT) is None


def test_an_approval_does_not_undo_a_deny(alice: Any, phone: Phone) -> None:
    other, opened = paired(alice, name="iPad"), ask(alice)
    [item] = inbox(phone)
    send(other, item, other.deny(item))
    assert send(phone, item, phone.approve(item, opened.number)) == (409, "already_decided")
    assert state(opened) == "denied"


def test_a_question_ends_after_two_minutes(alice: Any, phone: Phone, clock: FrozenClock) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    clock.forward(minutes=2)
    assert inbox(phone) == []
    assert send(phone, item, phone.approve(item, opened.number)) == (410, "expired")


def test_a_clock_that_is_off_costs_no_try(alice: Any, phone: Phone, clock: FrozenClock) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    early = phone.approve(item, wrong(opened.number), iat=time.timestamp() - 61)
    assert send(phone, item, early) == (401, "clock_skew")
    assert send(phone, item, phone.approve(item, opened.number)) == (200, "approved")


def test_a_question_that_the_asking_page_gave_up_cannot_be_answered(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    challenges.cancel(subject=SUBJECT)
    assert send(phone, item, phone.approve(item, opened.number)) == (409, "already_decided")


# Whose it is


def test_a_device_of_alice_does_not_answer_for_bob(alice: Any, bob: Any, phone: Phone) -> None:
    his = paired(bob, session="b" * 22)
    opened = ask(bob)
    [item] = inbox(his)
    assert inbox(phone) == []
    assert send(phone, item, phone.approve(item, opened.number)) == (404, "not_found")
    assert send(phone, item | {"challenge_id": "x" * 22}, phone.approve(item, opened.number)) == (404, "not_found")


def test_a_revoked_device_is_not_heard(alice: Any, phone: Phone) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    devices.revoke(alice.pk, phone.device_id, None)
    assert send(phone, item, phone.approve(item, opened.number)) == (401, "unauthorized")


def test_an_approval_of_a_device_that_was_revoked_meanwhile_proves_nothing(alice: Any, phone: Phone) -> None:
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
def test_each_signed_field_wrong_alone_is_refused_and_costs_nothing(alice: Any, phone: Phone, field: str, forged: str | int) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    assert send(phone, item, phone.approve(item, opened.number, forged={field: forged})) == (401, "unauthorized")
    assert state(opened) == "pending"


@pytest.mark.parametrize("field", ["account", "app", "at", "browser", "ip", "os", "place"])
def test_who_was_shown_something_else_signs_something_else(alice: Any, phone: Phone, field: str) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    shown = item | {"context": item["context"] | {field: "elsewhere" if field != "at" else 1}}
    assert send(phone, item, phone.approve(shown, opened.number)) == (401, "unauthorized")
    assert state(opened) == "pending"


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
def test_a_tied_device_is_not_shown_a_question_that_needs_a_strong_one(alice: Any, phone: Phone, browser: str) -> None:
    here = paired(alice, tied_browser="k" * 22, name="This browser")
    opened = ask(alice, required="strong", browser=browser)
    [item] = inbox(phone)
    assert inbox(here) == []
    assert send(here, item, here.approve(item, opened.number)) == (409, "already_decided")
    assert state(opened) == "pending"


def test_a_device_of_today_approves_no_change_while_an_older_one_exists(alice: Any, phone: Phone, clock: FrozenClock) -> None:
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
def test_a_device_that_is_alone_or_a_day_old_approves_changes(alice: Any, phone: Phone, clock: FrozenClock, case: str) -> None:
    if case == "only one":
        young = phone
    else:
        clock.forward(days=1)
        young = paired(alice, name="New phone")
        clock.forward(days=1)
    opened = ask(alice, purpose="proof")
    [item] = inbox(young)
    assert send(young, item, young.approve(item, opened.number)) == (200, "approved")


# What it costs


def cost(phone: Phone, item: dict[str, Any], body: bytes) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        send(phone, item, body, REMOTE_ADDR="203.0.113.9")
    return sum(query["sql"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) for query in queries)


@pytest.mark.parametrize(("said", "most"), [("approve", 6), ("deny", 6), ("wrong", 6), ("again", 6), ("not_me", 10)])
def test_an_answer_costs_at_most_so_many_statements(alice: Any, phone: Phone, said: str, most: int) -> None:
    """The last is rare and does more: it rests pushes, holds the address that asked, and writes a mail."""
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
