"""Two at once: one end. Threads against a real PostgreSQL."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import pytest

from authenticator.canonical import canonical, digest
from authenticator.models import Device, PairingCode, PushService
from authenticator.services import (
    approvals,
    devices,
    pairing,
    push_health,
    push_proof,
    replay_guard,
    subscriptions,
)
from authenticator.tests.helpers import (
    SUBJECT,
    ask,
    inbox,
    link,
    login,
    paired,
    queued,
    row,
    state_of,
    visit,
    wrong,
)
from authenticator.tests.pushing import Memory, another, deliver, echo_of, subscription
from authenticator.tests.signer import WEBPUSH, Phone
from mfa.services import challenges, enrolment
from mfaproject.lib import clock, tokens
from mfaproject.lib.racing import at_once
from risk import services as risk

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

T = TypeVar("T")
ROUNDS = range(8)


def answer(phone: Phone, item: dict[str, Any], body: bytes) -> Callable[[], str]:
    device = row(phone)
    return lambda: approvals.answer(device, item["challenge_id"], body, None)


def collected(opened: challenges.Opened) -> bool:
    return challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT) is not None


@pytest.mark.parametrize("_round", ROUNDS)
def test_approve_and_deny_at_once_end_in_a_no(alice: Any, phone: Phone, _round: int) -> None:
    other, opened = paired(alice, name="iPad"), ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    said = at_once(
        answer(phone, item, phone.approve(item, opened.number)),
        answer(other, item, other.deny(item)),
    )
    assert said in (["approved", "denied"], ["lost", "denied"])
    assert state_of(alice, opened) == "denied"
    assert not collected(opened)
    assert risk.recent_logins(alice.pk)[0].outcome == "denied"


@pytest.mark.parametrize("_round", ROUNDS)
def test_approve_and_not_me_at_once_end_in_a_no_and_one_mail(
    alice: Any, phone: Phone, _round: int
) -> None:
    other, opened = paired(alice, name="iPad"), ask(alice, ledger_id=login(alice))
    [item] = inbox(phone)
    at_once(
        answer(phone, item, phone.approve(item, opened.number)),
        answer(other, item, other.deny(item, "not_me")),
    )
    assert state_of(alice, opened) == "not_me"
    assert not collected(opened)
    assert queued("not_me") == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_of_two_approvals_at_once_one_counts(alice: Any, phone: Phone, _round: int) -> None:
    other, opened = paired(alice, name="iPad"), ask(alice)
    [item] = inbox(phone)
    said = at_once(
        answer(phone, item, phone.approve(item, opened.number)),
        answer(other, item, other.approve(item, opened.number)),
    )
    assert sorted(said) == ["approved", "lost"]
    assert collected(opened)
    assert not collected(opened)


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_same_bytes_many_times_at_once_all_get_the_one_result(
    alice: Any, phone: Phone, _round: int
) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    body = phone.approve(item, opened.number)
    assert at_once(*[answer(phone, item, body) for _ in range(6)]) == ["approved"] * 6


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_right_and_a_wrong_number_at_once_have_one_end(
    alice: Any, phone: Phone, _round: int
) -> None:
    other, opened = paired(alice, name="iPad"), ask(alice)
    [item] = inbox(phone)
    right, false = phone.approve(item, opened.number), other.approve(item, wrong(opened.number))
    said = at_once(answer(phone, item, right), answer(other, item, false))
    assert sorted(said) in (["approved", "lost"], ["lost", "wrong_number"])
    assert collected(opened) is ("approved" in said)


@pytest.mark.parametrize("_round", ROUNDS)
def test_approve_and_revoke_at_once_prove_nothing_afterwards(
    alice: Any, phone: Phone, _round: int
) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    at_once(
        answer(phone, item, phone.approve(item, opened.number)),
        lambda: str(devices.revoke(alice.pk, phone.device_id, None)),
    )
    assert not collected(opened)


@pytest.mark.parametrize("_round", ROUNDS)
def test_one_token_makes_one_device(alice: Any, _round: int) -> None:
    token = link(alice)
    bodies = [Phone("http://localhost:8000").pair_body(token) for _ in range(6)]
    done = at_once(*[partial(pairing.complete, body, visit()) for body in bodies])
    assert sum(one is not None for one in done) == 1
    assert Device.objects.count() == alice.mfa_factors.count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_yes_and_no_at_once_are_one_of_them(alice: Any, _round: int) -> None:
    token = link(alice)
    pairing.complete(Phone("http://localhost:8000").pair_body(token), visit())
    handle, session = PairingCode.objects.values_list("public_id", "session").get()
    yes, no = at_once(
        lambda: bool(pairing.confirm(handle, session, None)),
        lambda: pairing.refuse(handle, session),
    )
    assert yes is not no
    assert len(enrolment.factors(alice.pk)) == int(yes)
    assert queued("factor_changed") == int(yes)


@pytest.mark.parametrize("where", ["cache", "database"])
def test_an_id_is_used_once_however_many_use_it_at_once(db: None, where: str) -> None:
    use = replay_guard.first_use if where == "cache" else replay_guard._written
    for _ in ROUNDS:
        assert sum(at_once(*[partial(use, "d" * 22, tokens.new_id())] * 6)) == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_one_echo_at_once_counts_once(service: type[Memory], alice: Any, _round: int) -> None:
    device_row = row(paired(alice, sub=WEBPUSH))
    deliver()
    body = canonical({"echo": echo_of(service.sent[-1])})
    assert sorted(at_once(*[partial(push_proof.came, device_row, body)] * 6)) == [False] * 5 + [
        True
    ]


@pytest.mark.parametrize("_round", ROUNDS)
def test_an_echo_and_another_address_at_once_leave_the_new_one_unproven(
    service: type[Memory], alice: Any, _round: int
) -> None:
    phone = paired(alice, sub=WEBPUSH)
    device_row = row(phone)
    deliver()
    body = canonical({"echo": echo_of(service.sent[-1])})
    at_once(
        partial(push_proof.came, device_row, body),
        partial(subscriptions.put, device_row, another(2)),
    )
    found = subscription(phone)
    assert (found.text_digest, found.proven_at) == (digest(another(2)), None)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_failure_and_another_address_at_once_leave_the_new_one_alone(
    service: type[Memory], alice: Any, _round: int
) -> None:
    phone = paired(alice, sub=WEBPUSH)
    device_row = row(phone)
    old = subscriptions.waking(device_row.factor_id)
    assert old is not None
    at_once(
        partial(subscriptions.undelivered, old, "gone", clock.now()),
        partial(subscriptions.put, device_row, another(2)),
    )
    assert not subscription(phone).undeliverable


@pytest.mark.parametrize("_round", ROUNDS)
def test_of_all_who_wait_for_a_stopped_service_one_tries(db: None, _round: int) -> None:
    now = clock.now()
    push_health.stop("webpush", "push.example answered 403", now)
    later = now + push_health.REST
    gates = at_once(*[partial(push_health.gate, "webpush", later)] * 6)
    assert sorted(gate.wait for gate in gates) == [0] + [30] * 5


@pytest.mark.parametrize("_round", ROUNDS)
def test_refused_many_times_at_once_it_stops_once(db: None, _round: int) -> None:
    at_once(*[partial(push_health.stop, "webpush", "push.example answered 403", clock.now())] * 6)
    assert PushService.objects.count() == 1
