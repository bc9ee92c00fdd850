"""From a question to a push: who is woken, with what, and what is remembered of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY
from pytest_django import Settings

from authenticator.models import Device, PushService, PushSubscription
from authenticator.push.base import CredentialRefused
from authenticator.push.channel import PushChannel
from authenticator.services import devices, standing, subscriptions
from authenticator.tests.fakes import Browser, FakeService, running
from authenticator.tests.helpers import HOME, ask, paired, row
from authenticator.tests.pushing import Memory, Push, another, answer_echo, change, deliver, failing, prove, reachable, rows, subscription
from authenticator.tests.signer import WEBPUSH, Phone
from mfa.channels.base import DeliveryError, Parcel
from mfaproject.firebase import Firebase
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock

FCM = '{"kind":"fcm-token","value":"abc:def"}'


def parcel(phone: Phone, **context: Any) -> Parcel:
    """A push as the outbox hands it over."""
    return Parcel("m" * 22, "push", str(row(phone).factor_id), "en", time.now() + standing.REST, context=context or {"v": 1, "id": "c" * 22})


def outcome(phone: Phone, **context: Any) -> tuple[str, bool, int | None]:
    """What came of one push: reason, permanent, seconds to wait."""
    try:
        PushChannel().send(parcel(phone, **context))
    except DeliveryError as error:
        return error.reason, error.permanent, error.retry_after
    return "ok", True, None


def refused(*, certain: bool = False) -> CredentialRefused:
    return CredentialRefused("push.example answered 403", certain=certain)


# Who is woken, and with what


def test_a_question_wakes_every_device_of_the_person(woken: Phone, service: type[Memory], alice: Any) -> None:
    second = paired(alice, session="2" * 22, name="iPad", sub=another(2))
    prove(second)
    opened = ask(alice)
    deliver()
    assert sorted(push.address["endpoint"][-1] for push in service.sent) == ["1", "2"]
    assert [dict(push.payload) for push in service.sent] == [{"v": 1, "id": opened.public_id}] * 2


def test_it_lives_as_long_as_the_question(woken: Phone, service: type[Memory], alice: Any, clock: FrozenClock) -> None:
    opened = ask(alice)
    clock.forward(seconds=20)
    deliver()
    left = int((opened.expires_at - time.now()).total_seconds())
    assert service.sent == [Push(service.sent[0].address, service.sent[0].payload, left, subscription(woken).topic)]


def test_nothing_travels_but_what_may(woken: Phone, service: type[Memory]) -> None:
    """Whatever a row may once hold."""
    outcome(woken, v=1, id="c" * 22, user="alice", number="123", ip="8.8.8.8")
    assert service.sent[0].payload == {"v": 1, "id": "c" * 22}


def test_the_real_thing_tells_nobody_anything(alice: Any, settings: Settings) -> None:
    """Through the outbox, the channel, the real library and a real decryption: no person, number, place or address is in it."""
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
        assert not [
            word for word in ("alice", "martin", "firefox", "linux", "8.8.8.8", phone.device_id.lower(), opened.public_id.lower()) if word in told
        ]


@pytest.mark.parametrize("facts", [{"revoked_at": time.now()}, {"confirmed_at": None}])
def test_a_device_that_does_not_count_is_not_woken(woken: Phone, service: type[Memory], facts: dict[str, Any]) -> None:
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


def test_an_unproven_address_gets_an_echo_and_no_question(service: type[Memory], alice: Any) -> None:
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
def test_a_token_is_used_while_firebase_is_on(woken: Phone, service: type[Memory], settings: Settings, on: bool) -> None:
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
    assert (found.last_failure, found.reason, found.undeliverable, reachable(woken)) == (time.now(), "busy", False, True)


def test_gone_ends_the_address_and_never_the_key(woken: Phone, service: type[Memory]) -> None:
    service.fails.append(failing("gone"))
    outcome(woken)
    found = subscription(woken)
    assert (found.undeliverable, found.reason, reachable(woken)) == (True, "gone", False)
    assert (row(woken).revoked_at, row(woken).factor.revoked_at) == (None, None)


@pytest.mark.parametrize("reason", ["busy", "unavailable", "timeout", "rejected", "too_large", "bad_address"])
def test_nothing_else_says_that_the_device_is_lost(woken: Phone, service: type[Memory], reason: str) -> None:
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
    assert (found.undeliverable, found.last_failure, found.last_success, reachable(woken)) == (False, None, None, True)


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


def test_a_success_after_a_failure_is_always_written(woken: Phone, service: type[Memory], clock: FrozenClock) -> None:
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
    with CaptureQueriesContext(connection) as queries:
        outcome(woken)
    assert len(queries) == 2, [query["sql"] for query in queries]


# Our own credential is refused


@pytest.fixture
def stopped(woken: Phone, service: type[Memory]) -> Iterator[Phone]:
    service.fails.append(refused())
    assert outcome(woken) == ("credential", False, 300)
    service.fails.clear()
    yield woken
    standing.report()


def gauge(service: str = "webpush") -> float:
    return REGISTRY.get_sample_value("nod_push_stopped", {"service": service}) or 0.0


def test_a_refused_credential_stops_the_service(stopped: Phone, service: type[Memory], alice: Any, clock: FrozenClock) -> None:
    clock.forward(seconds=100)
    assert outcome(stopped) == ("credential", False, 200)
    assert service.sent == []
    assert (gauge(), standing.report(), standing.states()) == (1.0, "stopped", {"webpush": "stopped"})


def test_nothing_is_deleted(stopped: Phone) -> None:
    found = subscription(stopped)
    assert (found.undeliverable, found.reason, reachable(stopped), found.proven_at is not None) == (False, "credential", True, True)


def test_it_is_said_aloud(woken: Phone, service: type[Memory], caplog: pytest.LogCaptureFixture) -> None:
    service.fails.append(refused())
    outcome(woken)
    assert [record.levelname for record in caplog.records if record.name == "nod.push"] == ["ERROR"]


def test_the_other_service_goes_on(stopped: Phone, settings: Settings, alice: Any) -> None:
    settings.FCM = Firebase({}, {}, "")
    change(stopped, FCM)
    PushSubscription.objects.update(proven_at=time.now())
    assert outcome(stopped)[0] == "ok"
    assert standing.states() == {"webpush": "stopped", "fcm": "ok"}


def test_after_five_minutes_one_tries_and_the_others_wait(stopped: Phone, service: type[Memory], clock: FrozenClock) -> None:
    clock.forward(minutes=5)
    mine, others = standing.gate("webpush", time.now()), standing.gate("webpush", time.now())
    assert (mine.wait, others.wait) == (0, 30)
    assert mine.probe is not None


def test_it_works_again_by_itself(stopped: Phone, service: type[Memory], clock: FrozenClock) -> None:
    clock.forward(minutes=5)
    assert [outcome(stopped)[0] for _ in range(3)] == ["ok"] * 3
    assert not PushService.objects.exists()
    assert (gauge(), standing.report()) == (0.0, "up")


def test_refused_again_it_rests_again(stopped: Phone, service: type[Memory], clock: FrozenClock) -> None:
    began = time.now()
    clock.forward(minutes=5)
    service.fails.append(refused())
    assert outcome(stopped) == ("credential", False, 300)
    found = PushService.objects.get()
    assert (found.refused_at, found.until) == (began, time.now() + standing.REST)


def test_a_try_that_fails_otherwise_leaves_it_stopped(stopped: Phone, service: type[Memory], clock: FrozenClock) -> None:
    clock.forward(minutes=5)
    service.fails.append(failing("timeout", permanent=False))
    assert outcome(stopped)[0] == "timeout"
    assert outcome(stopped) == ("credential", False, 30)
    clock.forward(seconds=30)
    service.fails.clear()
    assert outcome(stopped)[0] == "ok"


def test_a_push_that_left_before_the_refusal_does_not_end_the_stop(stopped: Phone) -> None:
    standing.works("webpush", None)
    assert PushService.objects.exists()


def test_an_address_made_for_another_key_silences_nobody(service: type[Memory], woken: Phone, bob: Any) -> None:
    """Anybody can register one, and its service answers 403 to us."""
    phone = paired(bob, session="b" * 22, sub=another(9))
    service.fails.append(refused())
    assert outcome(phone, v=1, echo="e" * 22) == ("rejected", True, None)
    service.fails.clear()
    assert outcome(woken)[0] == "ok"
    assert (subscription(phone).reason, standing.report()) == ("credential", "up")


def test_what_is_ours_for_certain_stops_it_whoever_asked(service: type[Memory], woken: Phone, bob: Any) -> None:
    phone = paired(bob, session="b" * 22, sub=another(9))
    service.fails.append(refused(certain=True))
    assert outcome(phone, v=1, echo="e" * 22) == ("credential", False, 300)
    assert outcome(woken)[0] == "credential"


def test_a_service_that_is_off_now_stops_nothing(stopped: Phone) -> None:
    PushService.objects.update(kind="fcm")
    assert (standing.report(), standing.states()) == ("up", {"webpush": "ok"})


def test_pushes_are_counted_by_service_and_result(woken: Phone, service: type[Memory]) -> None:
    def count(result: str) -> float:
        return REGISTRY.get_sample_value("nod_push_sent_total", {"service": "webpush", "result": result}) or 0.0

    before = count("ok"), count("gone")
    outcome(woken)
    service.fails.append(failing("gone"))
    outcome(woken)
    assert (count("ok"), count("gone")) == (before[0] + 1, before[1] + 1)


def test_a_row_that_waits_for_our_credential_ends_with_its_question(stopped: Phone, alice: Any) -> None:
    ask(alice)
    deliver()
    assert rows(state="expired", reason="credential").count() == 1
