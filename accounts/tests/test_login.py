"""From the typed password to the session: what is asked of whom, and what nobody can get around."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from accounts import sessions
from accounts.journey import Admitted, Limited, Over, Pending, Refused, StepUp, Ticket, WrongCode
from accounts.models import Session, User
from accounts.services import login, poll, sweep, throttle, wait_page
from accounts.tests.helpers import CHROME, answer, arriving, attempt_of, mailbox, phone
from mfaproject.lib import clock, tokens
from mfaproject.lib.testing import PASSWORD, frozen, person
from risk import services as risk

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def begin(
    name: str = "alice", password: str = PASSWORD, **arrival: Any
) -> Admitted | StepUp | Refused | Limited:
    return login.begin(arriving(**arrival), name=name, password=password)


def step_up(**arrival: Any) -> StepUp:
    result = begin(**arrival)
    assert isinstance(result, StepUp)
    return result


@contextmanager
def careful() -> Iterator[None]:
    """Risk finds every login a little odd, known browser or not."""
    usual = risk.assess
    with mock.patch.object(
        risk, "assess", lambda **given: replace(usual(**given), decision="step_up", required="weak")
    ):
        yield


def admit(factor_id: int, **arrival: Any) -> Admitted:
    """A whole login from an unknown browser, approved on the phone."""
    step = step_up(**arrival)
    assert answer(step, factor_id) == "approved"
    result = login.finish(step.ticket, arriving(**arrival))
    assert isinstance(result, Admitted)
    return result


def test_an_unknown_browser_is_asked_for_an_approval_and_gets_in_after_it(alice: User) -> None:
    factor = phone(alice)
    step = step_up()
    assert step.way == "push"
    assert isinstance(login.finish(step.ticket, arriving()), Pending)
    answer(step, factor)
    result = login.finish(step.ticket, arriving())
    assert isinstance(result, Admitted)
    session = sessions.load(result.session_key)
    assert (session.user, session.proof) == (alice, "strong")


def test_after_an_approval_the_same_browser_needs_the_password_alone(alice: User) -> None:
    first = admit(phone(alice))
    again = begin(cookie=first.browser_cookie)
    assert isinstance(again, Admitted)
    assert sessions.load(again.session_key).proof == "password"


def test_a_copied_user_agent_from_the_same_address_is_asked_all_the_same(alice: User) -> None:
    admit(phone(alice))
    assert isinstance(begin(), StepUp)


def test_a_browser_known_to_somebody_else_is_unknown(alice: User) -> None:
    cookie = admit(phone(alice)).browser_cookie
    bob = person("bob")
    mailbox(bob)
    assert isinstance(begin("bob", cookie=cookie), StepUp)


def test_without_an_authenticator_the_code_comes_by_mail(alice: User) -> None:
    assert step_up().way == "email"


@pytest.mark.parametrize("password", ["wrong", "", PASSWORD + " ", PASSWORD.upper()])
def test_a_wrong_password_is_refused(alice: User, password: str) -> None:
    assert begin(password=password) == Refused()


def test_an_inactive_and_a_missing_person_are_refused_like_a_wrong_password(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert begin() == begin("nobody") == Refused()


def test_the_fifth_wrong_password_makes_even_the_right_one_wait(alice: User) -> None:
    with frozen(NOON) as now:
        for n in range(5):
            begin(password="wrong", ip=f"198.51.100.{n}")
        assert begin() == Refused()
        now.forward(seconds=31)
        assert isinstance(begin(), StepUp)


def test_strangers_guesses_do_not_shut_the_owners_browser_out(alice: User) -> None:
    cookie = admit(phone(alice)).browser_cookie
    for n in range(100):
        begin(password="wrong", ip=f"198.51.100.{n}")
    assert isinstance(begin(cookie=cookie), Admitted)


def test_ten_failures_from_one_address_close_it_for_a_minute(alice: User) -> None:
    with frozen(NOON) as now:
        for n in range(10):
            begin(f"name{n}", "wrong")
        assert isinstance(begin(), Limited)
        assert isinstance(begin(ip="203.0.113.9"), StepUp)
        now.forward(seconds=61)
        assert isinstance(begin(), StepUp)


def test_a_sixth_login_supersedes_the_oldest_and_nobody_elses(alice: User) -> None:
    phone(alice)
    steps = [step_up(ip=f"203.0.113.{n}") for n in range(6)]
    states = [attempt_of(step.ticket).state for step in steps]
    assert states == ["superseded"] + ["step_up"] * 5


@pytest.mark.parametrize(
    ("decision", "reason", "right", "why"),
    [
        ("deny", "cancelled", True, "denied"),
        ("deny", "not_me", True, "not_me"),
        ("approve", None, False, "wrong_number"),
    ],
)
def test_a_no_from_the_phone_ends_the_login_whatever_was_chosen_beside_it(
    alice: User, decision: str, reason: str | None, right: bool, why: str
) -> None:
    factor = phone(alice)
    step = step_up()
    answer(step, factor, decision, reason, right=right)
    assert login.finish(step.ticket, arriving()) == Over(why)
    assert wait_page.choose(step.ticket, arriving(), way="email") == Over(why)


def test_a_no_kills_an_approval_that_was_not_collected_yet(alice: User) -> None:
    factor = phone(alice)
    step = step_up()
    answer(step, factor)
    answer(step, factor, "deny", "not_me")
    assert login.finish(step.ticket, arriving()) == Over("not_me")


def test_an_approval_is_collected_once(alice: User) -> None:
    factor = phone(alice)
    step = step_up()
    answer(step, factor)
    assert isinstance(login.finish(step.ticket, arriving()), Admitted)
    assert login.finish(step.ticket, arriving()) == Over("gone")


def test_a_reference_without_its_binding_is_worthless(alice: User) -> None:
    factor = phone(alice)
    step = step_up()
    answer(step, factor)
    stolen = Ticket(step.ticket.reference, tokens.new_token())
    assert login.finish(stolen, arriving()) == Over("gone")
    assert poll.peek(stolen) == poll.Peek("gone")


@pytest.mark.parametrize("between", ["password", "inactive", "epoch", "late"])
def test_what_happens_between_two_steps_ends_the_login_at_the_last(
    alice: User, between: str
) -> None:
    factor = phone(alice)
    with frozen(NOON) as now:
        step = step_up()
        answer(step, factor)
        match between:
            case "password":
                sessions.renew_epoch(alice.pk)
            case "inactive":
                User.objects.filter(pk=alice.pk).update(is_active=False)
            case "epoch":
                User.objects.filter(pk=alice.pk).update(auth_epoch=tokens.new_epoch())
            case "late":
                now.forward(minutes=11)
        assert login.finish(step.ticket, arriving()) == Over("gone")
    assert not Session.objects.exists()


def test_if_the_last_update_finds_nothing_the_approval_is_not_spent(alice: User) -> None:
    factor = phone(alice)
    step = step_up()
    answer(step, factor)
    with mock.patch("accounts.services.attempts._FINISH", return_value=0):
        assert login.finish(step.ticket, arriving()) == Over("gone")
    assert isinstance(login.finish(step.ticket, arriving()), Admitted)


def test_staff_are_asked_for_a_strong_factor_even_in_a_known_browser() -> None:
    boss = person("boss", is_staff=True)
    mailbox(boss)
    factor = phone(boss)
    step = login.begin(arriving(), name="boss", password=PASSWORD)
    assert isinstance(step, StepUp)
    assert step.way == "push"
    assert attempt_of(step.ticket).required == "strong"
    answer(step, factor)
    known = login.finish(step.ticket, arriving())
    assert isinstance(known, Admitted)
    assert isinstance(begin("boss", cookie=known.browser_cookie), StepUp)
    again = step_up(name="boss")
    other = wait_page.choose(again.ticket, arriving(), way="email")
    assert isinstance(other, StepUp)
    assert (other.way, attempt_of(again.ticket).code) == ("none", None)


def test_staff_without_a_strong_factor_get_no_way_in() -> None:
    boss = person("boss", is_staff=True)
    mailbox(boss)
    step = begin("boss")
    assert isinstance(step, StepUp)
    assert step.way == "none"


def test_the_number_has_three_digits_and_six_for_staff(alice: User) -> None:
    phone(alice)
    shown = wait_page.look(step_up().ticket)
    assert isinstance(shown, wait_page.Waiting)
    assert shown.asked is not None
    assert len(shown.asked.number) == 3
    boss = person("boss", is_staff=True)
    phone(boss)
    shown = wait_page.look(step_up(name="boss").ticket)
    assert isinstance(shown, wait_page.Waiting)
    assert shown.asked is not None
    assert len(shown.asked.number) == 6


def test_only_a_browser_of_hers_reads_which_device_was_asked(alice: User) -> None:
    factor = phone(alice)
    shown = wait_page.look(step_up().ticket)
    assert isinstance(shown, wait_page.Waiting)
    assert shown.asked is not None
    assert shown.asked.devices == []
    cookie = admit(factor).browser_cookie
    with careful():
        shown = wait_page.look(step_up(cookie=cookie).ticket)
    assert isinstance(shown, wait_page.Waiting)
    assert shown.asked is not None
    assert shown.asked.devices == [{"name": "Pixel 8", "state": "asked"}]


def test_a_wrong_code_says_how_many_tries_remain_and_the_fifth_ends_it(alice: User) -> None:
    step = step_up()
    left = [login.prove(step.ticket, arriving(), typed="000000") for _ in range(6)]
    assert left[0] == WrongCode(4)
    assert left[-1] == WrongCode(0, "too_many_attempts")


def test_an_expired_login_is_closed_by_the_sweep_and_its_owner_told(alice: User) -> None:
    with frozen(NOON) as now:
        phone(alice)
        step = step_up()
        now.forward(minutes=11)
        sweep.sweep()
        assert attempt_of(step.ticket).state == "expired"


def test_cancelling_ends_it_for_the_phone_too(alice: User) -> None:
    factor = phone(alice)
    step = step_up()
    login.cancel(step.ticket)
    assert answer(step, factor) == "lost"
    assert login.finish(step.ticket, arriving()) == Over("gone")


def test_a_different_user_agent_at_the_end_changes_nothing_for_the_binding(alice: User) -> None:
    factor = phone(alice)
    step = step_up()
    answer(step, factor)
    assert isinstance(login.finish(step.ticket, arriving(user_agent=CHROME)), Admitted)


def test_polls_are_answered_once_a_second_and_no_faster(alice: User) -> None:
    phone(alice)
    step = step_up()
    answers = [poll.peek(step.ticket) for _ in range(4)]
    assert [type(seen) for seen in answers] == [poll.Peek] * 3 + [Limited]
    assert isinstance(answers[0], poll.Peek)
    assert answers[0].state == "pending"
    assert throttle.POLL.rate == 3


def test_time_is_asked_of_the_clock(alice: User) -> None:
    with frozen(NOON):
        phone(alice)
        assert attempt_of(step_up().ticket).expires_at == clock.now() + timedelta(minutes=10)
