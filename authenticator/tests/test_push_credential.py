"""A push service refuses our own credential: it is left alone, somebody is told, nothing is
deleted, and it comes back by itself.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pytest_django import Settings

from authenticator.models import PushService, PushSubscription
from authenticator.push.base import CredentialRefused
from authenticator.services import push_health
from authenticator.tests.helpers import ask, paired
from authenticator.tests.pushing import (
    Memory,
    another,
    change,
    deliver,
    failing,
    reachable,
    rows,
    subscription,
)
from authenticator.tests.signer import Phone
from authenticator.tests.test_push_channel import FCM, outcome
from mfaproject.firebase import Firebase
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock


def refused(*, certain: bool = False) -> CredentialRefused:
    return CredentialRefused("push.example answered 403", certain=certain)


@pytest.fixture
def stopped(woken: Phone, service: type[Memory]) -> Iterator[Phone]:
    service.fails.append(refused())
    assert outcome(woken) == ("credential", False, 300)
    service.fails.clear()
    yield woken
    push_health.report()


def gauge(service: str = "webpush") -> float:
    return REGISTRY.get_sample_value("nod_push_stopped", {"service": service}) or 0.0


def test_a_refused_credential_stops_the_service(
    stopped: Phone, service: type[Memory], alice: Any, clock: FrozenClock
) -> None:
    clock.forward(seconds=100)
    assert outcome(stopped) == ("credential", False, 200)
    assert service.sent == []
    assert (gauge(), push_health.report(), push_health.states()) == (
        1.0,
        "stopped",
        {"webpush": "stopped"},
    )


def test_nothing_is_deleted(stopped: Phone) -> None:
    found = subscription(stopped)
    assert (found.undeliverable, found.reason, reachable(stopped), found.proven_at is not None) == (
        False,
        "credential",
        True,
        True,
    )


def test_it_is_said_aloud(
    woken: Phone, service: type[Memory], caplog: pytest.LogCaptureFixture
) -> None:
    service.fails.append(refused())
    outcome(woken)
    assert [record.levelname for record in caplog.records if record.name == "nod.push"] == ["ERROR"]


def test_the_other_service_goes_on(stopped: Phone, settings: Settings, alice: Any) -> None:
    settings.FCM = Firebase({}, {}, "")
    change(stopped, FCM)
    PushSubscription.objects.update(proven_at=time.now())
    assert outcome(stopped)[0] == "ok"
    assert push_health.states() == {"webpush": "stopped", "fcm": "ok"}


def test_after_five_minutes_one_tries_and_the_others_wait(
    stopped: Phone, service: type[Memory], clock: FrozenClock
) -> None:
    clock.forward(minutes=5)
    mine, others = push_health.gate("webpush", time.now()), push_health.gate("webpush", time.now())
    assert (mine.wait, others.wait) == (0, 30)
    assert mine.probe is not None


def test_it_works_again_by_itself(
    stopped: Phone, service: type[Memory], clock: FrozenClock
) -> None:
    clock.forward(minutes=5)
    assert [outcome(stopped)[0] for _ in range(3)] == ["ok"] * 3
    assert not PushService.objects.exists()
    assert (gauge(), push_health.report()) == (0.0, "up")


def test_refused_again_it_rests_again(
    stopped: Phone, service: type[Memory], clock: FrozenClock
) -> None:
    began = time.now()
    clock.forward(minutes=5)
    service.fails.append(refused())
    assert outcome(stopped) == ("credential", False, 300)
    found = PushService.objects.get()
    assert (found.refused_at, found.until) == (began, time.now() + push_health.REST)


def test_a_try_that_fails_otherwise_leaves_it_stopped(
    stopped: Phone, service: type[Memory], clock: FrozenClock
) -> None:
    clock.forward(minutes=5)
    service.fails.append(failing("timeout", permanent=False))
    assert outcome(stopped)[0] == "timeout"
    assert outcome(stopped) == ("credential", False, 30)
    clock.forward(seconds=30)
    service.fails.clear()
    assert outcome(stopped)[0] == "ok"


def test_a_push_that_left_before_the_refusal_does_not_end_the_stop(stopped: Phone) -> None:
    push_health.works("webpush", None)
    assert PushService.objects.exists()


def test_an_address_made_for_another_key_silences_nobody(
    service: type[Memory], woken: Phone, bob: Any
) -> None:
    """Anybody can register one, and its service answers 403 to us."""
    phone = paired(bob, session="b" * 22, sub=another(9))
    service.fails.append(refused())
    assert outcome(phone, v=1, echo="e" * 22) == ("rejected", True, None)
    service.fails.clear()
    assert outcome(woken)[0] == "ok"
    assert (subscription(phone).reason, push_health.report()) == ("credential", "up")


def test_what_is_ours_for_certain_stops_it_whoever_asked(
    service: type[Memory], woken: Phone, bob: Any
) -> None:
    phone = paired(bob, session="b" * 22, sub=another(9))
    service.fails.append(refused(certain=True))
    assert outcome(phone, v=1, echo="e" * 22) == ("credential", False, 300)
    assert outcome(woken)[0] == "credential"


def test_a_service_that_is_off_now_stops_nothing(stopped: Phone) -> None:
    PushService.objects.update(kind="fcm")
    assert (push_health.report(), push_health.states(), push_health.stopped()) == (
        "up",
        {"webpush": "ok"},
        [],
    )


def test_a_row_that_waits_for_our_credential_ends_with_its_question(
    stopped: Phone, alice: Any
) -> None:
    ask(alice)
    deliver()
    assert rows(state="expired", reason="credential").count() == 1
