"""One wake-up for each device: who is woken, how far it got, and what a failure
says of the device.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from mfa import delivery, outbox, poll
from mfa.channels.base import DeliveryError, Parcel
from mfa.factors.push import answers
from mfa.models import Challenge, Factor, OutboxMessage
from mfa.results import Opened, Wake
from mfa.services import challenges, enrolment
from mfa.tests.helpers import (
    JOURNEY,
    answer,
    ask_push,
    delivered,
    opened,
    phone,
    read_anew,
    statements,
)
from mfaproject.lib import clock as clock_seam
from mfaproject.lib.testing import FrozenClock

DEVICE_REASONS = ["no_address", "unproven", "gone"]
OTHER_REASONS = ["bad_address", "too_large", "rejected", "broken_seal", "busy", "timeout"]


class Failing:
    """A push service that fails as the test says."""

    error = DeliveryError("unavailable", permanent=False)

    def send(self, _parcel: Parcel) -> None:
        raise self.error


@pytest.fixture
def fails(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`fails("gone", permanent=True)`: from now on every push does."""
    settings.MFA_CHANNELS = {"push": "a.failing.channel"}
    monkeypatch.setattr(delivery, "import_string", lambda path: Failing)

    def fail_with(reason: str, *, permanent: bool, retry_after: int | None = None) -> None:
        monkeypatch.setattr(
            Failing, "error", DeliveryError(reason, permanent=permanent, retry_after=retry_after)
        )

    return fail_with


def woken() -> list[str]:
    """Labels of the devices that have a row, the oldest first."""
    return list(OutboxMessage.objects.order_by("factor_id").values_list("factor__label", flat=True))


def wakes(asked: Opened) -> dict[str, str]:
    return {wake.label: wake.state for wake in challenges.wakes(asked.challenge_id)}


def seen(user: Any, factor_id: int) -> list[bool]:
    """Of each open question, whether this device's fetch needs no note."""
    device = next(factor for factor in enrolment.factors(user.pk) if factor.id == factor_id)
    return [question.seen for question in answers.open_questions(user.pk, device, clock_seam.now())]


def lost(factor_id: int) -> Any:
    return Factor.objects.get(pk=factor_id).unreachable_since


def test_every_device_that_may_answer_has_a_row_of_its_own(alice: Any, bob: Any) -> None:
    phone(alice, "Pixel 8")
    phone(alice, "Tablet")
    phone(bob, "Of another")
    phone(alice, "Not confirmed", confirmed=False)
    enrolment.revoke_factor(alice.pk, phone(alice, "Removed"))
    read_anew(alice)
    asked = opened(ask_push(alice))
    assert woken() == ["Pixel 8", "Tablet"]
    parcels = {parcel.to: parcel.context for parcel in delivered()}
    assert set(parcels) == {
        str(factor.id) for factor in enrolment.factors(alice.pk) if factor.kind == "push"
    }
    assert list(parcels.values()) == [{"v": 1, "id": asked.public_id}] * 2


def test_a_device_that_may_not_answer_is_not_woken(alice: Any) -> None:
    phone(alice, "Pixel 8")
    phone(alice, "This browser", tied_browser="b" * 22)
    opened(ask_push(alice, required="strong"))
    assert woken() == ["Pixel 8"]


@pytest.mark.parametrize("devices", [1, 5])
def test_asking_costs_the_same_however_many_devices_there_are(alice: Any, devices: int) -> None:
    for number in range(devices):
        phone(alice, f"Phone {number}")
    with statements(4):
        opened(ask_push(alice))
    assert len(woken()) == devices


def test_a_wake_up_is_on_its_way_until_the_device_has_the_question(
    alice: Any, clock: FrozenClock
) -> None:
    pixel, _tablet = phone(alice, "Pixel 8"), phone(alice, "Tablet")
    asked = opened(ask_push(alice))
    assert wakes(asked) == {"Pixel 8": "asked", "Tablet": "asked"}
    delivered()
    assert wakes(asked) == {"Pixel 8": "asked", "Tablet": "asked"}
    clock.forward(seconds=3)
    assert seen(alice, pixel) == [False]
    challenges.saw(asked.challenge_id, JOURNEY, pixel, clock.at)
    assert wakes(asked) == {"Pixel 8": "seen", "Tablet": "asked"}
    assert seen(alice, pixel) == [True]
    assert [row.seen_at for row in OutboxMessage.objects.order_by("factor_id")] == [clock.at, None]


def test_the_wakes_come_in_the_order_of_pairing_and_cost_one_statement(alice: Any) -> None:
    for label in ("Zenfone", "Pixel 8"):
        phone(alice, label)
    asked = opened(ask_push(alice))
    with statements(1):
        assert challenges.wakes(asked.challenge_id) == [
            Wake("Zenfone", "asked"),
            Wake("Pixel 8", "asked"),
        ]


def test_the_first_fetch_counts(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    first = clock.at
    challenges.saw(asked.challenge_id, JOURNEY, pixel, first)
    clock.forward(seconds=3)
    with statements(1):
        challenges.saw(asked.challenge_id, JOURNEY, pixel, clock.at)
    assert OutboxMessage.objects.get().seen_at == first


def test_a_fetch_is_news_for_whoever_waits(
    alice: Any, clock: FrozenClock, django_capture_on_commit_callbacks: Any
) -> None:
    pixel, tablet = phone(alice), phone(alice, "Tablet")
    asked = opened(ask_push(alice))
    poll.keep(JOURNEY, {"state": "pending"})
    with django_capture_on_commit_callbacks(execute=True):
        challenges.saw(asked.challenge_id, JOURNEY, pixel, clock.at)
    assert poll.kept(JOURNEY) is None
    cache.clear()
    poll.keep(JOURNEY, {"state": "pending"})
    with django_capture_on_commit_callbacks(execute=True):
        challenges.saw(asked.challenge_id, JOURNEY, pixel, clock.at)
        challenges.saw(asked.challenge_id + 1, JOURNEY, tablet, clock.at)
    assert poll.kept(JOURNEY) == {"state": "pending"}


def test_a_device_paired_later_has_nothing_to_note(alice: Any) -> None:
    phone(alice)
    opened(ask_push(alice))
    assert seen(alice, phone(alice, "Tablet")) == [True]


def test_a_device_may_fetch_what_no_wake_up_told_it(
    alice: Any, clock: FrozenClock, fails: Any
) -> None:
    fails("gone", permanent=True)
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    outbox.deliver_due()
    assert wakes(asked) == {"Pixel 8": "unreachable"}
    challenges.saw(asked.challenge_id, JOURNEY, pixel, clock.at)
    assert wakes(asked) == {"Pixel 8": "seen"}
    assert lost(pixel) == clock.at, "only an echo proves that a wake-up arrives"


@pytest.mark.parametrize("reason", DEVICE_REASONS)
def test_what_tells_of_the_device_marks_it_since_the_first_time(
    alice: Any, clock: FrozenClock, fails: Any, reason: str
) -> None:
    fails(reason, permanent=True)
    pixel, first = phone(alice), clock.at
    asked = opened(ask_push(alice))
    outbox.deliver_due()
    row = OutboxMessage.objects.get()
    assert (row.state, row.reason, row.payload) == ("failed", reason, "")
    assert lost(pixel) == first
    assert wakes(asked) == {"Pixel 8": "unreachable"}
    assert enrolment.factors(alice.pk)[0].unreachable_since == first
    clock.forward(minutes=1)
    opened(ask_push(alice))
    outbox.deliver_due()
    assert lost(pixel) == first


@pytest.mark.parametrize("reason", OTHER_REASONS)
def test_what_tells_nothing_of_the_device_does_not_mark_it(
    alice: Any, fails: Any, reason: str
) -> None:
    fails(reason, permanent=True)
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    outbox.deliver_due()
    assert OutboxMessage.objects.get().state == "failed"
    assert lost(pixel) is None
    assert wakes(asked) == {"Pixel 8": "unreachable"}, "this question did not reach it"


@pytest.mark.parametrize("reason", ["gone", "unavailable"])
def test_a_failure_that_may_pass_marks_nothing(alice: Any, fails: Any, reason: str) -> None:
    fails(reason, permanent=False)
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    outbox.deliver_due()
    assert lost(pixel) is None
    assert wakes(asked) == {"Pixel 8": "asked"}


def test_a_failure_is_news_for_whoever_waits(
    alice: Any, fails: Any, django_capture_on_commit_callbacks: Any
) -> None:
    fails("rejected", permanent=True)
    phone(alice)
    opened(ask_push(alice))
    poll.keep(JOURNEY, {"state": "pending"})
    with django_capture_on_commit_callbacks(execute=True):
        outbox.deliver_due()
    assert poll.kept(JOURNEY) is None


def test_a_device_that_was_lost_is_still_asked_and_may_answer(alice: Any) -> None:
    pixel = phone(alice)
    assert enrolment.unreachable(pixel)
    asked = opened(ask_push(alice))
    assert wakes(asked) == {"Pixel 8": "unreachable"}
    assert answer(asked, alice, pixel) == "approved"


def test_an_echo_finds_a_device_again(alice: Any, clock: FrozenClock) -> None:
    pixel, tablet = phone(alice), phone(alice, "Tablet")
    assert [enrolment.unreachable(pixel), enrolment.unreachable(pixel)] == [True, False]
    assert (lost(pixel), lost(tablet)) == (clock.at, None)
    assert [enrolment.reachable(pixel), enrolment.reachable(pixel)] == [True, False]
    assert lost(pixel) is None


def test_names_of_removed_devices_are_told_to_nobody(alice: Any) -> None:
    pixel = phone(alice)
    phone(alice, "Tablet")
    asked = opened(ask_push(alice))
    enrolment.revoke_factor(alice.pk, pixel)
    assert wakes(asked) == {"Tablet": "asked"}


@pytest.mark.parametrize("state", ["expired", "dropped", "failed"])
def test_a_row_that_ended_without_leaving_did_not_reach_its_device(alice: Any, state: str) -> None:
    phone(alice)
    asked = opened(ask_push(alice))
    OutboxMessage.objects.update(state=state)
    assert wakes(asked) == {"Pixel 8": "unreachable"}


@pytest.mark.parametrize(("asks_for", "least", "most"), [(None, 2, 3), (1, 2, 3), (30, 30, 30)])
def test_a_service_that_asks_for_rest_gets_it(
    alice: Any, clock: FrozenClock, fails: Any, asks_for: int | None, least: int, most: int
) -> None:
    fails("busy", permanent=False, retry_after=asks_for)
    phone(alice)
    opened(ask_push(alice))
    outbox.deliver_due()
    assert (
        timedelta(seconds=least)
        <= OutboxMessage.objects.get().due_at - clock.at
        <= timedelta(seconds=most)
    )


def test_a_service_that_asks_for_more_rest_than_there_is_time_has_failed_this_question(
    alice: Any, fails: Any
) -> None:
    fails("busy", permanent=False, retry_after=3600)
    phone(alice)
    asked = opened(ask_push(alice))
    outbox.deliver_due()
    row = OutboxMessage.objects.get()
    assert (row.state, row.reason, row.payload) == ("expired", "busy", "")
    assert Challenge.objects.get(pk=asked.challenge_id).state == "pending"
