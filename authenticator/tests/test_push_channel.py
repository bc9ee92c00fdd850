"""From a question to a push: who is woken, with what, and what is remembered of it."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY
from pytest_django import Settings

from authenticator.models import Device, PushSubscription
from authenticator.push.channel import PushChannel
from authenticator.services import devices, push_health, subscriptions
from authenticator.tests.fakes import Browser, FakeService, running
from authenticator.tests.helpers import HOME, ask, paired, row
from authenticator.tests.pushing import (
    Memory,
    Push,
    another,
    answer_echo,
    change,
    deliver,
    failing,
    prove,
    reachable,
    subscription,
)
from authenticator.tests.signer import WEBPUSH, Phone
from mfa.channels.base import DeliveryError, Parcel
from mfaproject.firebase import Firebase
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock

FCM = '{"kind":"fcm-token","value":"abc:def"}'


def parcel(phone: Phone, **context: Any) -> Parcel:
    """A push as the outbox hands it over."""
    return Parcel(
        "m" * 22,
        "push",
        str(row(phone).factor_id),
        "en",
        time.now() + push_health.REST,
        context=context or {"v": 1, "id": "c" * 22},
    )


def outcome(phone: Phone, **context: Any) -> tuple[str, bool, int | None]:
    """What came of one push: reason, permanent, seconds to wait."""
    try:
        PushChannel().send(parcel(phone, **context))
    except DeliveryError as error:
        return error.reason, error.permanent, error.retry_after
    return "ok", True, None


# Who is woken, and with what


def test_a_question_wakes_every_device_of_the_person(
    woken: Phone, service: type[Memory], alice: Any
) -> None:
    second = paired(alice, session="2" * 22, name="iPad", sub=another(2))
    prove(second)
    opened = ask(alice)
    deliver()
    assert sorted(push.address["endpoint"][-1] for push in service.sent) == ["1", "2"]
    assert [dict(push.payload) for push in service.sent] == [{"v": 1, "id": opened.public_id}] * 2


def test_it_lives_as_long_as_the_question(
    woken: Phone, service: type[Memory], alice: Any, clock: FrozenClock
) -> None:
    opened = ask(alice)
    clock.forward(seconds=20)
    deliver()
    left = int((opened.expires_at - time.now()).total_seconds())
    assert service.sent == [
        Push(service.sent[0].address, service.sent[0].payload, left, subscription(woken).topic)
    ]


def test_nothing_travels_but_what_may(woken: Phone, service: type[Memory]) -> None:
    """Whatever a row may once hold."""
    outcome(woken, v=1, id="c" * 22, user="alice", number="123", ip="8.8.8.8")
    assert service.sent[0].payload == {"v": 1, "id": "c" * 22}


def test_the_real_thing_tells_nobody_anything(alice: Any, settings: Settings) -> None:
    """Through the outbox, the channel, the real library and a real decryption: no person, number,
    place or address is in it."""
    settings.PUSH_ALLOW_LOOPBACK = True
    with running(FakeService()) as fake:
        browser = Browser(f"{fake.origin}/wpush/v2/1")
        phone = paired(alice, sub=browser.text)
        deliver()
        assert answer_echo(phone, browser.read(fake.seen[-1].body)["echo"]) == 200
        opened = ask(alice)
        deliver()
        seen = fake.seen[-1]
        assert browser.read(seen.body) == {"v": 1, "id": opened.public_id}
        told = json.dumps([seen.path, *seen.headers.items()]).lower()
        secrets = (
            "alice",
            "martin",
            "firefox",
            "linux",
            "8.8.8.8",
            phone.device_id.lower(),
            opened.public_id.lower(),
        )
        assert not [word for word in secrets if word in told]


@pytest.mark.parametrize("facts", [{"revoked_at": time.now()}, {"confirmed_at": None}])
def test_a_device_that_does_not_count_is_not_woken(
    woken: Phone, service: type[Memory], facts: dict[str, Any]
) -> None:
    Device.objects.update(**facts)
    assert outcome(woken) == ("no_address", True, None)
    assert service.sent == []


def test_nobody_wakes_for_somebody_who_is_not_active(woken: Phone, alice: Any) -> None:
    alice.is_active = False
    alice.save()
    assert outcome(woken) == ("no_address", True, None)


def test_a_revoked_device_is_not_woken(woken: Phone, alice: Any) -> None:
    devices.revoke(alice.pk, woken.device_id, HOME)
    assert outcome(woken) == ("no_address", True, None)


def test_a_device_without_an_address_is_not_woken(service: type[Memory], alice: Any) -> None:
    assert outcome(paired(alice)) == ("no_address", True, None)


def test_taking_the_address_back_is_known_at_once(woken: Phone) -> None:
    assert change(woken, None) == 200
    assert not reachable(woken)
    assert outcome(woken) == ("no_address", True, None)


def test_an_unproven_address_gets_an_echo_and_no_question(
    service: type[Memory], alice: Any
) -> None:
    phone = paired(alice, sub=WEBPUSH)
    assert outcome(phone) == ("unproven", True, None)
    assert outcome(phone, v=1, echo="e" * 22)[0] == "ok"
    assert [dict(push.payload) for push in service.sent] == [{"v": 1, "echo": "e" * 22}]


def test_an_address_that_is_gone_is_not_tried_again(woken: Phone, service: type[Memory]) -> None:
    service.fails.append(failing("gone"))
    assert outcome(woken) == ("gone", True, None)
    service.fails.clear()
    assert outcome(woken) == ("gone", True, None)
    assert service.sent == []


@pytest.mark.parametrize("on", [True, False])
def test_a_token_is_used_while_firebase_is_on(
    woken: Phone, service: type[Memory], settings: Settings, on: bool
) -> None:
    change(woken, FCM)
    PushSubscription.objects.update(proven_at=time.now())
    settings.FCM = Firebase({}, {}, "") if on else None
    assert outcome(woken)[0] == ("ok" if on else "no_address")


# What is remembered


def test_a_failure_is_written_down(woken: Phone, service: type[Memory], clock: FrozenClock) -> None:
    service.fails.append(failing("busy", permanent=False, retry_after=7))
    clock.forward(seconds=5)
    assert outcome(woken) == ("busy", False, 7)
    found = subscription(woken)
    assert (found.last_failure, found.reason, found.undeliverable, reachable(woken)) == (
        time.now(),
        "busy",
        False,
        True,
    )


def test_gone_ends_the_address_and_never_the_key(woken: Phone, service: type[Memory]) -> None:
    service.fails.append(failing("gone"))
    outcome(woken)
    found = subscription(woken)
    assert (found.undeliverable, found.reason, reachable(woken)) == (True, "gone", False)
    assert (row(woken).revoked_at, row(woken).factor.revoked_at) == (None, None)


@pytest.mark.parametrize(
    "reason", ["busy", "unavailable", "timeout", "rejected", "too_large", "bad_address"]
)
def test_nothing_else_says_that_the_device_is_lost(
    woken: Phone, service: type[Memory], reason: str
) -> None:
    service.fails.append(failing(reason))
    outcome(woken)
    assert (subscription(woken).undeliverable, reachable(woken)) == (False, True)


def test_what_became_of_the_old_address_says_nothing_of_the_new_one(woken: Phone) -> None:
    """The device gave us another one while the old one was being tried."""
    old = subscriptions.waking(row(woken).factor_id)
    assert old is not None
    change(woken, another(2))
    subscriptions.undelivered(old, "gone", time.now())
    subscriptions.delivered(old, time.now())
    found = subscription(woken)
    assert (found.undeliverable, found.last_failure, found.last_success, reachable(woken)) == (
        False,
        None,
        None,
        True,
    )


def updates(phone: Phone) -> int:
    with CaptureQueriesContext(connection) as queries:
        outcome(phone)
    return sum(query["sql"].startswith("UPDATE") for query in queries)


def test_a_success_is_written_once_a_minute(woken: Phone, clock: FrozenClock) -> None:
    clock.forward(minutes=1)
    assert [updates(woken), updates(woken)] == [1, 0]
    assert subscription(woken).last_success == time.now()
    clock.forward(seconds=59)
    assert updates(woken) == 0
    clock.forward(seconds=1)
    assert updates(woken) == 1
    assert subscription(woken).last_success == time.now()


def test_a_success_after_a_failure_is_always_written(
    woken: Phone, service: type[Memory], clock: FrozenClock
) -> None:
    """Or the page would say for a minute that it fails."""
    service.fails.append(failing("busy", permanent=False))
    clock.forward(seconds=5)
    outcome(woken)
    service.fails.clear()
    clock.forward(seconds=5)
    outcome(woken)
    found = subscription(woken)
    assert found.last_success == time.now()
    assert updates(woken) == 0


def test_a_usual_push_takes_two_statements(woken: Phone) -> None:
    usual = parcel(woken)
    with CaptureQueriesContext(connection) as queries:
        PushChannel().send(usual)
    assert len(queries) == 2, [query["sql"] for query in queries]


def test_pushes_are_counted_by_service_and_result(woken: Phone, service: type[Memory]) -> None:
    def count(result: str) -> float:
        return (
            REGISTRY.get_sample_value(
                "nod_push_sent_total", {"service": "webpush", "result": result}
            )
            or 0.0
        )

    before = count("ok"), count("gone")
    outcome(woken)
    service.fails.append(failing("gone"))
    outcome(woken)
    assert (count("ok"), count("gone")) == (before[0] + 1, before[1] + 1)
