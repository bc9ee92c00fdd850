"""The same bytes again, and other bytes after them: the first end wins."""

from typing import Any

import pytest

from authenticator.services import approvals
from authenticator.tests.helpers import SUBJECT, ask, inbox, paired, row, send, state_of, wrong
from authenticator.tests.signer import Phone
from mfa.factors.push import answers
from mfa.services import challenges
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock

# The same bytes again


def test_a_replayed_approval_gets_the_stored_result_and_grants_nothing(
    alice: Any, phone: Phone, clock: FrozenClock
) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    body = phone.approve(item, opened.number)
    send(phone, item, body)
    assert challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT)
    clock.forward(hours=1)
    assert send(phone, item, body) == (200, "approved")
    assert challenges.spend(challenge_id=opened.challenge_id, subject=SUBJECT) is None


def test_a_replayed_wrong_number_gets_the_stored_result(
    alice: Any, phone: Phone, clock: FrozenClock
) -> None:
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


def test_who_loses_to_the_same_bytes_gets_what_they_brought_about(
    alice: Any, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice at once: both read the question while it waits, and the second
    one's UPDATE finds nothing left to do."""
    opened = ask(alice)
    [item] = inbox(phone)
    body, before = (
        phone.approve(item, opened.number),
        answers.question(opened.public_id, alice.pk),
    )
    assert approvals.answer(row(phone), opened.public_id, body, None) == "approved"
    real = answers.question
    found = [before, real(opened.public_id, alice.pk)]
    monkeypatch.setattr(answers, "question", lambda *_: found.pop(0))
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
    assert state_of(alice, opened) == "denied"


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


def test_a_question_that_the_asking_page_gave_up_cannot_be_answered(
    alice: Any, phone: Phone
) -> None:
    opened = ask(alice)
    [item] = inbox(phone)
    challenges.cancel(subject=SUBJECT)
    assert send(phone, item, phone.approve(item, opened.number)) == (409, "already_decided")
