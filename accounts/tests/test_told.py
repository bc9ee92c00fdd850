"""Whatever changes what a waiting page or an open phone would say is told, once it has been
committed, and never to more than may know.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from accounts import sessions
from accounts.journey import StepUp
from accounts.models import User
from accounts.services import (
    administration,
    api_tokens,
    attempts,
    disavow,
    login,
    poll,
    security,
    sweep,
    wait_page,
)
from accounts.tests.helpers import (
    CHROME,
    answer,
    app_of,
    arriving,
    attempt_of,
    code_to,
    mailbox,
    phone,
)
from accounts.tests.test_ends import signed_in
from accounts.tests.test_login import admit, begin, careful, step_up
from mfa import outbox
from mfa import poll as mfa_poll
from mfa.channels.base import DeliveryError
from mfa.factors.recovery import enrolment as paper
from mfa.services import challenges, enrolment
from mfa.services import sweep as mfa_sweep
from mfaproject.lib import announce, clock
from mfaproject.lib.testing import PASSWORD, FrozenClock, open_hub, person

pytestmark = pytest.mark.django_db(transaction=True)


class Told(list[tuple[str, bool]]):
    """Topics that were told, and whether as an end."""

    def note(self, topics: Any, *, end: bool = False) -> None:
        self.extend((topic, end) for topic in topics)

    @property
    def topics(self) -> set[str]:
        return {topic for topic, _end in self}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    made = Told()
    monkeypatch.setattr(announce, "tell", made.note)
    return made


@pytest.fixture
def alice(clock: FrozenClock) -> User:
    user: User = person()
    mailbox(user)
    return user


@pytest.fixture
def pixel(alice: User) -> int:
    return phone(alice)


@pytest.fixture
def session(alice: User, pixel: int) -> sessions.BrowserSession:
    """Alice signed in elsewhere."""
    return sessions.load(admit(pixel, ip="203.0.113.80").session_key)


def subject_of(step: StepUp) -> str:
    return attempts.subject(attempt_of(step.ticket).reference_digest)


def state(step: StepUp) -> str:
    """What the page would be told by the rows."""
    cache.clear()
    seen = poll.peek(step.ticket)
    assert isinstance(seen, poll.Peek)
    return seen.state


# Ends of a journey, or of its question


def code_typed(step: StepUp, **_scene: Any) -> None:
    wait_page.choose(step.ticket, arriving(), way="email")
    login.prove(step.ticket, arriving(), typed=code_to("alice@example.org"))


def collected(step: StepUp, pixel: int, **_scene: Any) -> None:
    answer(step, pixel)
    login.finish(step.ticket, arriving())


def sixth(alice: User, **_scene: Any) -> None:
    for number in range(5):
        step_up(ip=f"203.0.113.{number}")


def late(clock: FrozenClock, **_scene: Any) -> None:
    clock.forward(minutes=11)
    sweep.sweep()


def unanswered(clock: FrozenClock, **_scene: Any) -> None:
    clock.forward(minutes=3)
    mfa_sweep.sweep()


def new_password(alice: User, **_scene: Any) -> None:
    with transaction.atomic():
        security.set_password(alice, "another quiet walk along the river")


def paired_another(alice: User, **_scene: Any) -> None:
    enrolment.confirm_factor(
        alice.pk, enrolment.add_factor(alice.pk, "push", "Tablet", added_by="", confirmed=False)
    )


def as_boss(alice: User, **flags: bool) -> None:
    boss = signed_in(person("boss", is_superuser=True, is_staff=True))
    assert administration.set_rights(alice, flags, None, administration.Actor(boss, arriving()))


ENDS: dict[str, Callable[..., Any]] = {
    "approved": lambda step, pixel, **_: answer(step, pixel),
    "denied": lambda step, pixel, **_: answer(step, pixel, "deny", "cancelled"),
    "not me": lambda step, pixel, **_: answer(step, pixel, "deny", "not_me"),
    "wrong number": lambda step, pixel, **_: answer(step, pixel, right=False),
    "collected in another tab": collected,
    "a code typed in another tab": code_typed,
    "cancelled": lambda step, **_: login.cancel(step.ticket),
    "superseded": sixth,
    "time over": late,
    "question unanswered": unanswered,
    "password set": new_password,
    "password changed": lambda session, **_: security.change_password(
        session, arriving(), "another quiet walk along the river"
    ),
    "an earlier sign-in disavowed": lambda alice, session, **_: disavow.recent(
        alice, session.row.ledger_id
    ),
    "signed out by an admin": lambda alice, **_: administration.end_everything(
        alice, by="root", arrival=arriving()
    ),
    "deactivated": lambda alice, **_: as_boss(alice, is_active=False),
    "made staff": lambda alice, **_: as_boss(alice, is_staff=True),
    "device removed": lambda alice, pixel, **_: enrolment.revoke_factor(alice.pk, pixel),
    "app added": lambda alice, **_: app_of(alice),
    "recovery codes made": lambda alice, **_: paper.new_codes(alice.pk, ""),
    "another device paired": paired_another,
}


@pytest.mark.parametrize("what", ENDS)
def test_every_end_is_told_and_the_page_then_reads_it(
    alice: User,
    pixel: int,
    session: sessions.BrowserSession,
    clock: FrozenClock,
    told: Told,
    what: str,
) -> None:
    step = step_up()
    assert state(step) == "pending"
    told.clear()
    ENDS[what](step=step, alice=alice, pixel=pixel, session=session, clock=clock)
    assert (mfa_poll.journey(subject_of(step)), False) in told
    assert state(step) != "pending"


def test_whoever_had_the_journey_before_hears_no_more_of_it(
    alice: User, pixel: int, told: Told
) -> None:
    step = step_up()
    assert isinstance(poll.peek(step.ticket), poll.Peek), "and the answer is kept now"
    told.clear()
    again = login.begin(arriving(), name="alice", password=PASSWORD, before=step.ticket)
    assert isinstance(again, StepUp)
    assert again.ticket.reference == step.ticket.reference
    assert told == [(mfa_poll.journey(subject_of(step)), True)]
    assert poll.peek(step.ticket) == poll.Peek("gone")
    with open_hub():
        assert poll.listen(step.ticket, address=("here", 1), since=0) is None
        assert poll.listen(again.ticket, address=("here", 1), since=0)


def test_a_program_that_comes_from_elsewhere_ends_its_journey_and_that_is_told(
    alice: User, pixel: int, told: Told
) -> None:
    step = step_up(door="api")
    api_tokens.ask(step.ticket, arriving(door="api"), way="push")
    told.clear()
    api_tokens.redeem(
        step.ticket, arriving(door="api", ip="203.0.113.9", user_agent=CHROME), private_key="x" * 43
    )
    assert attempt_of(step.ticket).state == "locked"
    assert mfa_poll.journey(subject_of(step)) in told.topics


def test_nothing_is_told_before_the_commit_and_nothing_of_what_is_undone(
    alice: User, pixel: int, told: Told
) -> None:
    step = step_up()
    told.clear()
    with transaction.atomic():
        answer(step, pixel)
        assert told == []
        transaction.set_rollback(True)
    assert told == []
    with transaction.atomic():
        answer(step, pixel)
    assert told


def test_what_fails_while_it_is_told_undoes_nothing(
    alice: User, pixel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(announce, "tell", fail)
    step = step_up()
    assert answer(step, pixel) == "approved"
    assert state(step) == "approved"


# How far a question got


def known() -> StepUp:
    """In a browser that she knows."""
    factor = enrolment.factors(User.objects.get().pk)[-1].id
    with careful():
        step = begin(cookie=admit(factor).browser_cookie)
    assert isinstance(step, StepUp)
    return step


def unreachable_on_delivery(
    monkeypatch: pytest.MonkeyPatch, reason: str, *, permanent: bool = True
) -> None:
    def send(_self: Any, _parcel: Any) -> None:
        raise DeliveryError(reason, permanent=permanent)

    monkeypatch.setattr("authenticator.push.channel.PushChannel.send", send)
    outbox.deliver_due()


def out_of_tries(monkeypatch: pytest.MonkeyPatch, clock: FrozenClock) -> None:
    """No time is left for another try, but some for an answer."""
    clock.forward(seconds=119)
    unreachable_on_delivery(monkeypatch, "unavailable", permanent=False)


FURTHER: dict[str, Callable[..., Any]] = {
    "seen": lambda step, pixel, **_: challenges.saw(
        attempt_of(step.ticket).push_id or 0, subject_of(step), pixel, clock.now()
    ),
    "cannot be woken any more": lambda pixel, **_: enrolment.unreachable(pixel),
    "this question does not reach it": lambda monkeypatch, **_: unreachable_on_delivery(
        monkeypatch, "rejected"
    ),
    "its address is gone": lambda monkeypatch, **_: unreachable_on_delivery(monkeypatch, "gone"),
    "no time for another try": lambda monkeypatch, clock, **_: out_of_tries(monkeypatch, clock),
}


@pytest.mark.parametrize("lane", [known, step_up])
@pytest.mark.parametrize("what", FURTHER)
def test_how_far_it_got_is_told_to_browsers_of_hers_alone(
    alice: User,
    pixel: int,
    clock: FrozenClock,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    lane: Callable[[], StepUp],
) -> None:
    step = lane()
    told.clear()
    FURTHER[what](step=step, pixel=pixel, monkeypatch=monkeypatch, clock=clock)
    assert mfa_poll.way(subject_of(step)) in told.topics
    assert mfa_poll.journey(subject_of(step)) not in told.topics
    with open_hub():
        hold = poll.listen(step.ticket, address=("here", 1), since=0)
    assert hold is not None
    assert (mfa_poll.way(subject_of(step)) in hold.topics) is (lane is known)


def test_a_device_that_is_reachable_again_is_told_to_every_question_that_waits_for_it(
    alice: User, pixel: int, told: Told
) -> None:
    enrolment.unreachable(pixel)
    steps = [known(), step_up(ip="203.0.113.5")]
    told.clear()
    enrolment.reachable(pixel)
    assert told.topics == {mfa_poll.way(subject_of(step)) for step in steps}
    told.clear()
    enrolment.reachable(pixel)
    assert told == [], "that was no news"


# What waits for a phone


@pytest.mark.parametrize(
    "what",
    [
        "approved",
        "denied",
        "not me",
        "wrong number",
        "cancelled",
        "superseded",
        "question unanswered",
        "password set",
        "device removed",
    ],
)
def test_a_question_that_is_put_answered_or_ended_is_told_to_her_phones(
    alice: User,
    pixel: int,
    session: sessions.BrowserSession,
    clock: FrozenClock,
    told: Told,
    what: str,
) -> None:
    told.clear()
    step = step_up()
    assert (mfa_poll.inbox(alice.pk), False) in told
    told.clear()
    ENDS[what](step=step, alice=alice, pixel=pixel, session=session, clock=clock)
    assert mfa_poll.inbox(alice.pk) in told.topics


@pytest.mark.parametrize(
    "what",
    [
        "password set",
        "deactivated",
        "device removed",
        "an earlier sign-in disavowed",
        "signed out by an admin",
    ],
)
def test_what_may_end_a_device_cuts_what_it_hears(
    alice: User,
    pixel: int,
    session: sessions.BrowserSession,
    clock: FrozenClock,
    told: Told,
    what: str,
) -> None:
    step = step_up()
    told.clear()
    ENDS[what](step=step, alice=alice, pixel=pixel, session=session, clock=clock)
    assert (mfa_poll.inbox(alice.pk), True) in told


REMOVALS: dict[str, Callable[[int, int], object]] = {
    "one": enrolment.revoke_factor,
    "all": lambda user_id, _device: enrolment.revoke_all(user_id),
    "what a session added": lambda user_id, _device: enrolment.revoke_added_by(user_id, "theirs"),
}


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("which", REMOVALS)
def test_however_a_device_is_removed_what_it_hears_is_cut(
    alice: User, told: Told, which: str, confirmed: bool
) -> None:
    device = enrolment.add_factor(
        alice.pk, "push", "Pixel 8", added_by="theirs", confirmed=confirmed
    )
    told.clear()
    assert REMOVALS[which](alice.pk, device)
    assert (mfa_poll.inbox(alice.pk), True) in told


def test_nobody_elses_phone_is_told(alice: User, pixel: int, told: Told) -> None:
    bob = person("bob")
    phone(bob)
    told.clear()
    step = step_up()
    answer(step, pixel)
    assert mfa_poll.inbox(bob.pk) not in told.topics


def test_a_code_by_mail_is_no_news_for_a_phone(alice: User, told: Told) -> None:
    assert step_up().way == "email"
    assert mfa_poll.inbox(alice.pk) not in told.topics


def test_topics_name_nobody(alice: User, pixel: int, told: Told) -> None:
    step = step_up()
    answer(step, pixel)
    said = " ".join(told.topics)
    for text in (
        alice.username,
        alice.handle,
        alice.email,
        *(step.ticket.reference, step.ticket.binding),
    ):
        assert text not in said
    assert mfa_poll.inbox(alice.pk) != mfa_poll.inbox(alice.pk + 1)
