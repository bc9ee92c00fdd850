"""What is cleared away once a minute."""

from datetime import timedelta
from typing import Any

from mfa import limits, outbox
from mfa.channels import files
from mfa.channels.files import EmailFileChannel
from mfa.factors.sms import quota
from mfa.models import Challenge, Factor, OutboxMessage, SmsQuota
from mfa.services import enrolment, sweep
from mfa.tests.helpers import OTHER_JOURNEY, answer, ask_code, ask_push, opened, phone, state
from mfa.tests.test_channels import parcel
from mfaproject.lib.testing import FrozenClock


def test_late_questions_and_uncollected_answers_expire(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    late, uncollected = opened(ask_push(alice)), opened(ask_push(alice, OTHER_JOURNEY))
    answer(uncollected, alice, pixel)
    clock.forward(seconds=limits.PUSH_LIFE - 1)
    sweep.sweep()
    assert (state(late), state(uncollected)) == ("pending", "approved")
    clock.forward(seconds=1)
    sweep.sweep()
    assert (state(late), state(uncollected)) == ("expired", "approved")
    clock.forward(seconds=limits.COLLECT_WITHIN)
    sweep.sweep()
    assert state(uncollected) == "expired"


def test_messages_that_are_late_are_wiped(alice: Any, clock: FrozenClock) -> None:
    ask_code(alice)
    clock.forward(minutes=10)
    sweep.sweep()
    row = OutboxMessage.objects.get()
    assert (row.state, row.payload, row.ended_at) == ("expired", "", clock.at)


def test_old_rows_go_and_younger_ones_stay(alice: Any, clock: FrozenClock) -> None:
    ask_code(alice)
    outbox.deliver_due()
    clock.forward(days=7)
    sweep.sweep()
    assert Challenge.objects.count() == OutboxMessage.objects.count() == 1
    clock.forward(seconds=1)
    ask_code(alice, OTHER_JOURNEY)
    sweep.sweep()
    assert Challenge.objects.get().subject == OTHER_JOURNEY
    assert OutboxMessage.objects.get().challenge == Challenge.objects.get()


def test_a_message_that_still_waits_is_never_pruned(alice: Any, clock: FrozenClock) -> None:
    ends = clock.at + timedelta(days=30)
    outbox.enqueue(
        channel="email",
        template="reset_link",
        destination="a@example.org",
        context={},
        language="en",
        expires_at=ends,
    )
    clock.forward(days=8)
    sweep.sweep()
    assert OutboxMessage.objects.get().state == "queued"


def test_files_are_pruned_with_the_rest(db: None, clock: FrozenClock) -> None:
    EmailFileChannel().send(parcel())
    clock.forward(hours=25)
    sweep.sweep()
    assert files.newest() == []


def test_what_nobody_proved_goes_after_a_day_and_devices_stay(
    alice: Any, clock: FrozenClock
) -> None:
    phone(alice, confirmed=False)
    enrolment.add_factor(alice.pk, "sms", "+33612345642", added_by="", confirmed=False)
    clock.forward(hours=24)
    sweep.prune()
    assert Factor.objects.count() == 2
    clock.forward(seconds=1)
    sweep.prune()
    assert [factor.kind for factor in Factor.objects.all()] == ["push"]


def test_what_was_spent_in_a_span_that_is_over_is_forgotten(alice: Any, clock: FrozenClock) -> None:
    quota.charge("+33612345642", proving=True, now=int(clock.at.timestamp()))
    clock.forward(hours=1)
    sweep.prune()
    assert SmsQuota.objects.count() == 3
    clock.forward(seconds=1)
    sweep.prune()
    assert SmsQuota.objects.count() == 0
