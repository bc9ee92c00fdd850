"""Only a device that echoes what was pushed through it shows that an address is its own."""

from typing import Any

import pytest

from authenticator.canonical import canonical
from authenticator.models import PushSubscription
from authenticator.services import replay_guard
from authenticator.tests.helpers import answered, ask, call, paired, person, row
from authenticator.tests.pushing import (
    DEVICE,
    ECHO,
    HEALTH,
    TEST,
    Memory,
    another,
    answer_echo,
    change,
    deliver,
    echo_of,
    failing,
    prove,
    reachable,
    rows,
    subscription,
)
from authenticator.tests.signer import WEBPUSH, Phone
from authenticator.tests.test_replay_guard import not_counted
from mfaproject.lib import clock as time
from mfaproject.lib import limits, tokens
from mfaproject.lib.testing import FrozenClock


def said(phone: Phone, path: str, body: bytes = b"{}") -> tuple[int, Any]:
    answer: Any = call(phone, "POST", path, body)
    return answer.status_code, answer.json()


@pytest.fixture
def asked(service: type[Memory], alice: Any) -> tuple[Phone, str]:
    """Alice's new phone, and the value that was pushed to it."""
    phone = paired(alice, sub=WEBPUSH)
    deliver()
    return phone, echo_of(service.sent[-1])


# When one is sent


def test_a_new_device_is_asked_once_it_counts(service: type[Memory], alice: Any) -> None:
    """What nobody has said yes to wakes nobody: a stolen link must not make phones ring."""
    answered(alice, sub=WEBPUSH)
    assert not rows().exists()
    paired(alice, session="z" * 22, name="Other", sub=another(2))
    assert rows().count() == 1


def test_a_device_without_an_address_is_not_asked(service: type[Memory], alice: Any) -> None:
    paired(alice)
    assert not rows().exists()


def test_a_new_address_is_asked_anew(woken: Phone, service: type[Memory]) -> None:
    assert change(woken, another(2)) == 200
    assert subscription(woken).proven_at is None
    deliver()
    assert [push.address["endpoint"][-1] for push in service.sent] == ["2"]


def test_the_same_address_again_is_not(woken: Phone, service: type[Memory]) -> None:
    change(woken, WEBPUSH)
    deliver()
    assert service.sent == []
    assert subscription(woken).proven_at is not None


@pytest.mark.parametrize("facts", [{"proven_at": None}, {"undeliverable": True}])
def test_one_that_does_not_work_is_asked_at_every_resync(
    woken: Phone, service: type[Memory], facts: dict[str, Any]
) -> None:
    PushSubscription.objects.update(**facts)
    change(woken, WEBPUSH)
    prove(woken)
    found = subscription(woken)
    assert (found.proven_at, found.undeliverable) == (time.now(), False)


def test_it_holds_a_value_and_nothing_else(asked: tuple[Phone, str], service: type[Memory]) -> None:
    push = service.sent[-1]
    assert push.payload == {"v": 1, "echo": asked[1]}
    assert len(asked[1]) == 22
    assert (push.ttl, push.topic) == (600, f"{subscription(asked[0]).topic}-echo")


def test_the_value_is_kept_as_a_digest(asked: tuple[Phone, str]) -> None:
    found = PushSubscription.objects.values().get()
    assert asked[1] not in str(found)
    assert asked[1] not in str(rows().values())


def test_a_row_of_an_old_epoch_is_dropped(service: type[Memory], alice: Any) -> None:
    paired(alice, sub=WEBPUSH)
    alice.auth_epoch = tokens.new_epoch()
    alice.save()
    deliver()
    assert (service.sent, rows().get().state) == ([], "dropped")


# What comes back


def test_the_right_value_proves_the_address(asked: tuple[Phone, str]) -> None:
    phone, value = asked
    assert not subscription(phone).proven_at
    assert said(phone, ECHO, canonical({"echo": value})) == (200, {"now": time.timestamp()})
    found = subscription(phone)
    assert (found.proven_at, found.echo_digest, found.echo_at) == (time.now(), "", None)


def test_it_is_spent_by_then(asked: tuple[Phone, str]) -> None:
    phone, value = asked
    assert [answer_echo(phone, value) for _ in range(3)] == [200, 404, 404]


def test_another_value_is_not_found(asked: tuple[Phone, str]) -> None:
    assert said(asked[0], ECHO, canonical({"echo": "x" * 22}))[1]["code"] == "not_found"
    assert subscription(asked[0]).proven_at is None


def test_an_old_value_is_not_found(asked: tuple[Phone, str], clock: FrozenClock) -> None:
    clock.forward(minutes=10)
    assert answer_echo(*asked) == 404
    clock.forward(seconds=-1)
    assert answer_echo(*asked) == 200


def test_the_value_of_an_address_before_is_not_found(asked: tuple[Phone, str]) -> None:
    """Sent through one, it says nothing of the next."""
    change(asked[0], another(2))
    assert answer_echo(*asked) == 404
    assert subscription(asked[0]).proven_at is None


def test_nor_where_the_next_one_is_not_asked_for_now(
    asked: tuple[Phone, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the limits nothing new is sent, and what was on its way still proves
    only what it went through."""
    monkeypatch.setattr(replay_guard, "echo_wait", lambda device_id, address: 60)
    change(asked[0], another(2))
    assert answer_echo(*asked) == 404
    assert subscription(asked[0]).proven_at is None


def test_only_the_last_value_counts(asked: tuple[Phone, str], service: type[Memory]) -> None:
    phone, first = asked
    said(phone, TEST)
    deliver()
    assert answer_echo(phone, first) == 404
    assert answer_echo(phone, echo_of(service.sent[-1])) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"echo":null}',
        b'{"echo":1}',
        b'{"echo":""}',
        b'{"echo":"short"}',
        b'{"echo":"xxxxxxxxxxxxxxxxxxxxxx","v":1}',
        b'{"echo": "x"}',
    ],
)
def test_a_body_of_another_form_is_refused(asked: tuple[Phone, str], body: bytes) -> None:
    assert said(asked[0], ECHO, body)[0] == 400


def test_an_unsigned_echo_is_refused(asked: tuple[Phone, str]) -> None:
    mallory = Phone(asked[0].aud, asked[0].device_id)
    assert answer_echo(mallory, asked[1]) == 401


def test_it_makes_a_lost_device_reachable_again(
    woken: Phone, service: type[Memory], alice: Any
) -> None:
    service.fails.append(failing("gone"))
    ask(alice)
    deliver()
    assert (reachable(woken), subscription(woken).undeliverable) == (False, True)
    service.fails.clear()
    said(woken, TEST)
    prove(woken)
    assert (reachable(woken), subscription(woken).undeliverable) == (True, False)


def test_a_success_alone_says_nothing(woken: Phone, service: type[Memory], alice: Any) -> None:
    PushSubscription.objects.update(undeliverable=True)
    said(woken, TEST)
    deliver()
    assert len(service.sent) == 1
    assert subscription(woken).undeliverable


# Forging


@pytest.fixture
def mallory(service: type[Memory], woken: Phone, db: None) -> Phone:
    """She has registered the address of Alice's phone as her own, and waits for its echo."""
    phone = paired(person("mallory"), session="m" * 22, name="Hers", sub=WEBPUSH)
    deliver()
    return phone


def test_the_echo_of_another_s_address_comes_back_from_its_owner_in_vain(
    mallory: Phone, woken: Phone, service: type[Memory]
) -> None:
    """The browser behind the address reads it, and signs with the key of its own device."""
    assert answer_echo(woken, echo_of(service.sent[-1])) == 404
    assert subscription(mallory).proven_at is None


def test_an_address_that_is_not_proven_gets_no_questions(
    mallory: Phone, service: type[Memory]
) -> None:
    service.sent.clear()
    ask(row(mallory).user)
    deliver()
    assert service.sent == []
    assert rows(reason="unproven").count() == 1
    assert not reachable(mallory)


@pytest.mark.parametrize("reason", ["gone", "rejected"])
def test_what_becomes_of_it_leaves_its_owner_alone(
    mallory: Phone, woken: Phone, service: type[Memory], reason: str
) -> None:
    service.fails.append(failing(reason))
    said(mallory, TEST)
    deliver()
    assert subscription(mallory).reason == reason
    found = subscription(woken)
    assert (found.undeliverable, found.reason, reachable(woken), found.proven_at is not None) == (
        False,
        "",
        True,
        True,
    )


def test_taking_it_back_leaves_its_owner_alone(mallory: Phone, woken: Phone) -> None:
    change(mallory, None)
    assert subscription(woken).proven_at is not None
    assert not PushSubscription.objects.filter(device__public_id=mallory.device_id).exists()


def test_both_get_their_own_where_one_browser_serves_two(
    mallory: Phone, woken: Phone, service: type[Memory]
) -> None:
    """Two people may share a browser, and with it the address: each device proves it for itself."""
    assert answer_echo(mallory, echo_of(service.sent[-1])) == 200
    assert subscription(mallory).proven_at is not None
    assert subscription(woken).proven_at is not None


def test_nobody_makes_a_stranger_s_phone_ring_without_end(
    woken: Phone, service: type[Memory]
) -> None:
    """Ten times in 15 minutes for one address, whoever hands it in with whatever keys."""
    for number in range(12):
        invented = WEBPUSH.replace("B" * 87, chr(65 + number) * 87)
        paired(person(f"mallory{number}"), session=f"{number:022}", sub=invented)
    deliver()
    assert len(service.sent) == 10 - 1


# Limits and health


def test_a_test_is_on_its_way(woken: Phone, service: type[Memory]) -> None:
    assert said(woken, TEST) == (202, {"now": time.timestamp()})
    deliver()
    assert len(service.sent) == 1


def test_a_test_needs_an_address(service: type[Memory], alice: Any) -> None:
    status, answer = said(paired(alice), TEST)
    assert (status, answer["code"]) == (409, "method_unavailable")


@pytest.mark.parametrize("path", [TEST, HEALTH])
def test_these_two_ask_nothing(woken: Phone, path: str) -> None:
    assert said(woken, path, b'{"x":1}')[0] == 400


def test_tests_are_limited(
    woken: Phone, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in ten seconds, and five echoes in 15 minutes, of which the pairing's was the first.
    Counted in rows, which go by our clock."""
    monkeypatch.setattr(limits, "_count", not_counted)
    replay_guard.echo_wait(woken.device_id, "as the pairing did")
    statuses = []
    for wait in (0, 9, 160, 160, 160, 160, 901):
        clock.forward(seconds=wait)
        replay_guard.sweep()
        statuses.append(said(woken, TEST)[0])
    assert statuses == [202, 429, 202, 202, 202, 429, 202]


def test_they_are_limited_by_the_cache_first(woken: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [said(woken, TEST)[0] for _ in range(2)] == [202, 429]
    monkeypatch.setattr(replay_guard, "TESTS", limits.Limit("often", rate=100, per=10))
    assert [said(woken, TEST)[0] for _ in range(4)] == [202, 202, 202, 429]


def test_a_test_that_comes_too_soon_takes_nothing_from_the_quarter_of_an_hour(
    woken: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pairing's echo and four tests make five; those that were refused in between are none."""
    assert [said(woken, TEST)[0] for _ in range(6)] == [202] + [429] * 5
    monkeypatch.setattr(replay_guard, "TESTS", limits.Limit("often", rate=100, per=10))
    assert [said(woken, TEST)[0] for _ in range(4)] == [202, 202, 202, 429]


def test_a_refused_test_says_when_to_come_back(woken: Phone) -> None:
    said(woken, TEST)
    answer: Any = call(woken, "POST", TEST, b"{}")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 0 < int(answer["Retry-After"]) <= 10


def test_addresses_without_end_are_kept_and_not_asked(woken: Phone, service: type[Memory]) -> None:
    for number in range(2, 9):
        assert change(woken, another(number)) == 200
    deliver()
    assert len(service.sent) == 4


def test_health_tells_what_is_known(
    woken: Phone, service: type[Memory], alice: Any, clock: FrozenClock
) -> None:
    at = time.timestamp()
    service.fails.append(failing("unavailable", permanent=False))
    clock.forward(minutes=1)
    ask(alice)
    deliver()
    _, answer = said(woken, HEALTH)
    push = {
        "kind": "webpush",
        "created_at": at,
        "proven_at": at,
        "last_success": at,
        "last_failure": at + 60,
        "reason": "unavailable",
    }
    assert answer == {
        "now": at + 60,
        "push": push | {"undeliverable": False},
        "services": {"webpush": "ok"},
    }


def test_health_of_a_device_without_an_address(service: type[Memory], alice: Any) -> None:
    assert said(paired(alice), HEALTH)[1]["push"] is None


def test_changing_the_address_is_still_signed_as_before(woken: Phone) -> None:
    assert (
        call(
            woken, "PUT", DEVICE, woken.rotate_body(sub=another(2), forged={"sub": None})
        ).status_code
        == 401
    )
