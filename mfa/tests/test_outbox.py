"""Messages as rows: written with what they tell of, claimed, delivered, wiped."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from mfa import delivery, outbox
from mfa.channels.base import DeliveryError, Parcel
from mfa.channels.memory import MemoryChannel
from mfa.models import Challenge, OutboxMessage
from mfa.services import challenges
from mfa.tests.helpers import (
    JOURNEY,
    ask_code,
    ask_push,
    check,
    code_of,
    delivered,
    opened,
    phone,
    state,
)
from mfaproject.lib import clock as clock_seam
from mfaproject.lib import seal
from mfaproject.lib.testing import FrozenClock

LINK = "http://localhost:8000/link/reset/secret"


def write(**changes: Any) -> None:
    """A mail that is tied to nothing."""
    values: dict[str, Any] = {
        "channel": "email",
        "template": "reset_link",
        "destination": "alice@example.org",
        "context": {"name": "Alice", "reset_url": LINK},
        "language": "en",
        "expires_at": clock_seam.now() + timedelta(minutes=30),
    }
    outbox.enqueue(**(values | changes))


def row() -> OutboxMessage:
    return OutboxMessage.objects.get()


class Failing:
    """A channel that fails as the test says."""

    error: Exception = DeliveryError("down", permanent=False)
    calls = 0

    def send(self, _parcel: Parcel) -> None:
        type(self).calls += 1
        raise self.error


@pytest.fixture
def failing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Failing]:
    settings.MFA_CHANNELS = {"email": f"{__name__}.Failing", "push": f"{__name__}.Failing"}
    monkeypatch.setattr(Failing, "calls", 0)
    monkeypatch.setattr(delivery, "import_string", lambda path: Failing)
    return Failing


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(Failing, "error", error)


@pytest.mark.django_db
def test_what_waits_can_be_read_by_nobody(clock: FrozenClock) -> None:
    write()
    kept = json.dumps([str(value) for value in OutboxMessage.objects.values().get().values()])
    assert "alice@" not in kept
    assert "secret" not in kept
    assert row().sent_to == "a•••e@example.org"


@pytest.mark.django_db
def test_a_sent_message_is_wiped(clock: FrozenClock) -> None:
    write()
    (parcel,) = delivered()
    assert (parcel.to, parcel.subject) == ("alice@example.org", "Choose a new password for Nod")
    assert LINK in parcel.text
    assert LINK in parcel.html
    assert (row().state, row().payload, row().ended_at, row().attempts) == ("sent", "", clock.at, 1)
    assert len(delivered()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_leaves_only_if_its_transaction_commits(clock: FrozenClock) -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not outbox.wakeup.is_set()
    assert delivered() == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_woken_at_the_commit_and_not_before(clock: FrozenClock) -> None:
    with transaction.atomic():
        write()
        assert not outbox.wakeup.is_set()
    assert outbox.wakeup.is_set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"id": "x" * 22},
        {"channel": "sms"},
        {"sent_to": "m•••y@example.org"},
        {"payload": "0.broken"},
        {"payload": ""},
    ],
)
def test_a_payload_in_another_row_is_not_opened(clock: FrozenClock, change: dict[str, str]) -> None:
    write()
    OutboxMessage.objects.update(**change)
    assert delivered() == []
    assert (row().state, row().reason, row().payload) == ("failed", "broken_seal", "")


@pytest.mark.django_db
def test_what_was_sealed_for_another_end_is_not_opened(clock: FrozenClock) -> None:
    write()
    OutboxMessage.objects.update(
        payload=seal.seal("elsewhere", {"row": row().pk, "channel": "email"})
    )
    assert delivered() == []
    assert row().state == "failed"


@pytest.mark.django_db
def test_too_late_is_dropped_and_wiped(clock: FrozenClock) -> None:
    write()
    clock.forward(minutes=30)
    assert delivered() == []
    assert (row().state, row().payload) == ("expired", "")


@pytest.mark.parametrize("end", ["approved", "superseded", "denied", "expired", "spent"])
def test_the_message_of_an_ended_challenge_is_dropped_and_wiped(alice: Any, end: str) -> None:
    opened(ask_code(alice))
    Challenge.objects.update(state=end)
    assert delivered() == []
    assert (row().state, row().reason, row().payload) == ("dropped", f"challenge_{end}", "")


@pytest.mark.parametrize("change", [{"auth_epoch": 1}, {"is_active": False}])
def test_a_message_of_another_epoch_is_dropped(alice: Any, change: dict[str, Any]) -> None:
    opened(ask_code(alice))
    type(alice).objects.filter(pk=alice.pk).update(**change)
    assert delivered() == []
    assert (row().state, row().reason) == ("dropped", "epoch")


def test_an_epoch_without_a_person_is_dropped(alice: Any) -> None:
    write(epoch=alice.auth_epoch)
    assert delivered() == []


def test_only_the_code_that_counts_is_sent(alice: Any, clock: FrozenClock) -> None:
    first = opened(ask_code(alice))
    old = code_of(first)
    clock.forward(seconds=30)
    second = opened(ask_code(alice))
    new = code_of(second)
    (parcel,) = delivered()
    assert new in parcel.text
    assert old not in parcel.text or old == new


def test_nothing_is_sent_again_after_a_deny(alice: Any) -> None:
    phone(alice)
    opened(ask_push(alice))
    challenges.cancel(subject=JOURNEY)
    assert delivered() == []


def test_a_push_parcel_carries_an_opaque_id_and_no_words(alice: Any) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    (parcel,) = delivered()
    assert (parcel.channel, parcel.to, parcel.context) == (
        "push",
        str(pixel),
        {"v": 1, "id": asked.public_id},
    )
    assert (parcel.subject, parcel.text, parcel.html) == ("", "", "")
    assert parcel.expires_at == asked.expires_at


@pytest.mark.django_db
def test_a_row_is_claimed_by_one(clock: FrozenClock) -> None:
    write()
    assert outbox.claim(row().pk)
    assert not outbox.claim(row().pk)


@pytest.mark.django_db
def test_what_is_not_due_or_has_ended_is_claimed_by_nobody(clock: FrozenClock) -> None:
    write()
    OutboxMessage.objects.update(due_at=clock.at + timedelta(seconds=1))
    assert not outbox.claim(row().pk)
    clock.forward(seconds=1)
    OutboxMessage.objects.update(state="sent")
    assert not outbox.claim(row().pk)
    assert not outbox.claim("x" * 22)


@pytest.mark.django_db
def test_no_more_than_a_batch_is_taken_on_at_once() -> None:
    for _ in range(outbox.BATCH + 1):
        write()
    assert len(outbox.due()) == outbox.BATCH


def test_the_longest_waiting_comes_first_and_pushes_can_be_asked_for_apart(
    alice: Any, clock: FrozenClock
) -> None:
    for channel, to in (
        ("push", str(phone(alice))),
        ("push", str(phone(alice))),
        ("email", alice.email),
        ("sms", "+33600000042"),
    ):
        clock.forward(minutes=1)
        write(channel=channel, destination=to)
    assert [job.channel for job in outbox.due()] == ["push", "push", "email", "sms"]
    assert [job.channel for job in outbox.due(push=True)] == ["push", "push"]
    assert [job.channel for job in outbox.due(push=False)] == ["email", "sms"]
    assert outbox.oldest_wait() == 3 * 60


@pytest.mark.parametrize(("channel", "lease"), [("email", 60), ("sms", 60), ("push", 20)])
def test_a_worker_that_dies_lets_go_when_its_lease_ends(
    alice: Any, clock: FrozenClock, channel: str, lease: int
) -> None:
    write(channel=channel, destination=str(phone(alice)))
    assert outbox.claim(row().pk)  # and then it is killed
    clock.forward(seconds=lease - 1)
    assert delivered() == []
    assert outbox.oldest_wait() == 0
    clock.forward(seconds=1)
    (parcel,) = delivered()
    assert parcel.id == row().pk
    assert (row().state, row().attempts) == ("sent", 2)
    assert len(delivered()) == 1


@pytest.mark.django_db
def test_a_message_that_left_twice_has_one_name(clock: FrozenClock) -> None:
    write()
    row_id = row().pk
    outbox.claim(row_id)
    parcel = delivery._parcel(row())
    assert parcel
    MemoryChannel().send(parcel)  # killed before it could write that down
    clock.forward(seconds=60)
    outbox.deliver_due()
    assert [one.id for one in MemoryChannel.sent] == [row_id, row_id]


@pytest.mark.django_db
def test_a_failure_that_may_pass_is_tried_again_later_and_later(
    clock: FrozenClock, failing: type[Failing], caplog: pytest.LogCaptureFixture
) -> None:
    write()
    waits = []
    with caplog.at_level(logging.WARNING, "nod.outbox"):
        for _ in range(4):
            outbox.deliver_due()
            waits.append((row().due_at - clock.at).total_seconds())
            clock.at = row().due_at
    assert [2 <= waits[0] <= 3, 4 <= waits[1] <= 6, 8 <= waits[2] <= 12, 16 <= waits[3] <= 24] == [
        True
    ] * 4
    assert (row().state, row().attempts, row().reason, failing.calls) == ("queued", 4, "down", 4)
    assert "secret" not in caplog.text
    assert "alice" not in caplog.text


@pytest.mark.parametrize(
    ("attempts", "least", "most"), [(1, 2, 3), (5, 32, 48), (6, 60, 90), (60, 60, 90)]
)
def test_the_rest_between_tries_has_an_end(attempts: int, least: float, most: float) -> None:
    assert least <= delivery.rest_after(attempts).total_seconds() <= most


@pytest.mark.django_db
def test_what_cannot_be_tried_again_in_time_has_expired(
    clock: FrozenClock, failing: type[Failing]
) -> None:
    write(expires_at=clock.at + timedelta(seconds=1))
    outbox.deliver_due()
    assert (row().state, row().reason, row().payload) == ("expired", "down", "")


@pytest.mark.django_db
def test_what_nobody_can_deliver_has_failed(
    clock: FrozenClock, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, DeliveryError("recipient_refused", permanent=True))
    write()
    outbox.deliver_due()
    assert (row().state, row().reason, row().payload) == ("failed", "recipient_refused", "")


def test_a_code_that_nobody_can_deliver_ends_its_challenge(
    alice: Any, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, DeliveryError("recipient_refused", permanent=True))
    asked = opened(ask_code(alice))
    code = code_of(asked)
    outbox.deliver_due()
    assert state(asked) == "failed"
    assert check(asked, code) == challenges.Dead("expired")


def test_a_push_that_nobody_can_deliver_is_still_in_the_inbox(
    alice: Any, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, DeliveryError("gone", permanent=True))
    phone(alice)
    asked = opened(ask_push(alice))
    outbox.deliver_due()
    assert state(asked) == "pending"


@pytest.mark.django_db
def test_any_other_error_counts_as_one_that_may_pass(
    clock: FrozenClock, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, ValueError("alice@example.org"))
    write()
    outbox.deliver_due()
    assert (row().state, row().reason) == ("queued", "ValueError")


@pytest.mark.django_db
def test_a_template_that_is_missing_does_not_stop_the_others(clock: FrozenClock) -> None:
    write(template="nonsense")
    clock.forward(seconds=1)
    write()
    assert len(delivered()) == 1


@pytest.mark.django_db
def test_a_row_that_is_deleted_after_its_claim_is_nothing(clock: FrozenClock) -> None:
    write()
    row_id = row().pk
    outbox.claim(row_id)
    OutboxMessage.objects.all().delete()
    delivery.deliver(row_id)
    assert MemoryChannel.sent == []


@pytest.mark.django_db
def test_a_mail_speaks_the_language_of_its_reader(clock: FrozenClock) -> None:
    write(language="fr")
    (parcel,) = delivered()
    assert parcel.language == "fr"
    assert 'lang="fr"' in parcel.html
