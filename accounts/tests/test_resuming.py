"""Two tabs: the same person in the same browser goes on with the journey that she has there, and
nobody else does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from accounts import sessions
from accounts.journey import Admitted, Over, Refused, StepUp, Ticket, WrongCode
from accounts.models import Link, LoginAttempt, User
from accounts.services import attempts, links, login, poll, proof, reset, wait_page
from accounts.tests.helpers import (
    CHROME,
    Browser,
    answer,
    answer_newest,
    arriving,
    attempt_of,
    code_to,
    mailbox,
    mails_to,
    phone,
)
from mfaproject.lib import tokens
from mfaproject.lib.testing import PASSWORD, frozen, person
from risk import services as risk

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HERS = "alice@example.org"


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def begin(
    before: Ticket | None = None, name: str = "alice", next_url: str = "/", **arrival: Any
) -> StepUp:
    step = login.begin(
        arriving(**arrival), name=name, password=PASSWORD, before=before, next_url=next_url
    )
    assert isinstance(step, StepUp)
    return step


def goes_on(first: StepUp, second: StepUp) -> bool:
    return second.ticket.reference == first.ticket.reference


@contextmanager
def verdict(**changes: Any) -> Iterator[None]:
    """Risk thinks otherwise of the next sign-in."""
    usual = risk.assess
    with mock.patch.object(risk, "assess", lambda **given: replace(usual(**given), **changes)):
        yield


# Two tabs


def test_the_code_that_was_mailed_works_in_either_tab(alice: User) -> None:
    browser = Browser()
    for _tab in range(2):
        assert browser.sign_in().headers["Location"] == "/login/code/"
    assert len(mails_to(HERS)) == 1
    assert b"We sent a code" in browser.get("/login/code/").content
    assert browser.post("/login/code/", {"code": code_to(HERS)}).headers["Location"] == "/"


def test_the_wait_page_shows_the_same_number_in_both(alice: User) -> None:
    factor, browser, numbers = phone(alice), Browser(), []
    for _tab in range(2):
        assert browser.sign_in().headers["Location"] == "/login/wait/"
        numbers.append(browser.get("/login/wait/").context["number"])
    assert len(set(numbers)) == 1
    answer_newest(alice, factor)
    assert browser.post("/login/finish/").headers["Location"] == "/"
    assert LoginAttempt.objects.count() == 1


def test_where_the_second_tab_wanted_to_go_counts(alice: User) -> None:
    browser = Browser()
    browser.sign_in(next="/security/")
    browser.sign_in(next="/security/history/")
    assert (
        browser.post("/login/code/", {"code": code_to(HERS)}).headers["Location"]
        == "/security/history/"
    )


def test_tries_are_not_given_anew(alice: User) -> None:
    first = begin()
    for _ in range(3):
        login.prove(first.ticket, arriving(), typed="000000")
    assert login.prove(begin(first.ticket).ticket, arriving(), typed="000000") == WrongCode(1)


def test_who_signed_up_a_moment_ago_goes_on_with_that_code(db: None) -> None:
    browser = Browser()
    account = {
        "full_name": "Alice Example",
        "username": "alice",
        "email": HERS,
        "password": PASSWORD,
    }
    assert browser.post("/signup/", account).headers["Location"] == "/login/code/"
    assert browser.sign_in().headers["Location"] == "/login/code/"
    assert len(mails_to(HERS)) == 1
    assert browser.post("/login/code/", {"code": code_to(HERS)}).headers["Location"] == "/"
    assert User.objects.get().email_confirmed_at is not None


# Whose it is


def test_the_binding_is_new_so_that_whoever_planted_the_cookie_holds_nothing(alice: User) -> None:
    """Mallory knows the password, begins, and puts his journey's cookie into her browser. She
    approves what she began."""
    factor = phone(alice)
    planted = begin()
    hers = begin(planted.ticket)
    assert goes_on(planted, hers)
    assert hers.ticket.binding != planted.ticket.binding
    answer(hers, factor)
    assert login.finish(planted.ticket, arriving()) == Over("gone")
    assert wait_page.look(planted.ticket) == Over("gone")
    assert poll.peek(planted.ticket) == poll.Peek("gone")
    assert isinstance(login.finish(hers.ticket, arriving()), Admitted)


def test_a_reference_alone_takes_nothing_over(alice: User) -> None:
    first = begin()
    assert not goes_on(first, begin(Ticket(first.ticket.reference, tokens.new_token())))
    assert attempt_of(first.ticket).state == "step_up"


def test_a_poll_knows_the_new_binding_at_once_though_the_cache_holds_the_old(alice: User) -> None:
    phone(alice)
    first = begin()
    assert poll.peek(first.ticket) == poll.peek(first.ticket)
    seen = poll.peek(begin(first.ticket).ticket)
    assert isinstance(seen, poll.Peek)
    assert seen.state == "pending"


def test_somebody_elses_journey_is_left_alone(alice: User) -> None:
    mailbox(person("bob"))
    bobs = begin(name="bob")
    hers = begin(bobs.ticket)
    assert not goes_on(bobs, hers)
    assert attempt_of(bobs.ticket).state == "step_up"


def test_a_program_begins_anew(alice: User) -> None:
    first = begin(door="api")
    assert not goes_on(first, begin(first.ticket, door="api"))
    form = begin()
    assert not goes_on(form, begin(form.ticket, door="api"))


# Never weaker than a new one


@pytest.mark.parametrize("change", [{"ip": "203.0.113.9"}, {"user_agent": CHROME}])
def test_from_elsewhere_it_is_another_journey(alice: User, change: dict[str, str]) -> None:
    """The prompt says place and browser: it must say those of whoever asks now."""
    phone(alice)
    first = begin()
    second = begin(first.ticket, **change)
    assert not goes_on(first, second)
    assert attempt_of(first.ticket).state == "superseded"
    assert wait_page.look(first.ticket) == Over("gone")


@pytest.mark.parametrize("more", [{"required": "strong"}, {"level": "high"}])
def test_a_verdict_that_asks_for_more_begins_anew(alice: User, more: dict[str, str]) -> None:
    phone(alice)
    first = begin()
    with verdict(**more):
        second = begin(first.ticket)
    assert not goes_on(first, second)
    assert attempt_of(first.ticket).state == "superseded"
    assert attempt_of(first.ticket).push.state == "superseded"  # type: ignore[union-attr]


def test_a_warning_that_the_phone_has_not_shown_begins_anew(alice: User) -> None:
    phone(alice)
    first = begin()
    with mock.patch.object(
        risk, "why_careful", return_value="The network is one that hides where people are."
    ):
        second = begin(first.ticket)
        third = begin(second.ticket)
    assert (goes_on(first, second), goes_on(second, third)) == (False, True)
    assert goes_on(third, begin(third.ticket)), (
        "what was said before may be more than what would be said now"
    )


def test_a_verdict_that_refuses_refuses(alice: User) -> None:
    first = begin()
    with verdict(decision="block"):
        assert (
            login.begin(arriving(), name="alice", password=PASSWORD, before=first.ticket)
            == Refused()
        )


def test_a_strong_journey_stays_strong(alice: User) -> None:
    phone(alice)
    with verdict(required="strong", level="high"):
        first = begin()
    assert goes_on(first, begin(first.ticket))
    assert attempt_of(first.ticket).required == "strong"


@pytest.mark.parametrize("end", ["epoch", "no", "cancelled", "tries", "late", "known"])
def test_what_has_ended_is_begun_anew(alice: User, end: str) -> None:
    with frozen(NOON) as clock:
        factor = phone(alice) if end in ("no", "late", "known") else 0
        first, cookie = begin(), None
        match end:
            case "epoch":
                sessions.renew_epoch(alice.pk)
            case "no":
                answer(first, factor, "deny", "cancelled")
            case "cancelled":
                login.cancel(first.ticket)
            case "tries":
                for _ in range(5):
                    login.prove(first.ticket, arriving(), typed="000000")
            case "late":
                clock.forward(seconds=91)
            case "known":
                other = begin()
                answer(other, factor)
                admitted = login.finish(other.ticket, arriving())
                assert isinstance(admitted, Admitted)
                cookie = admitted.browser_cookie
        with verdict(decision="step_up", required="weak"):
            assert not goes_on(first, begin(first.ticket, cookie=cookie))


def test_a_prompt_with_half_a_minute_left_still_does(alice: User) -> None:
    phone(alice)
    with frozen(NOON) as clock:
        first = begin()
        clock.forward(seconds=90)
        assert goes_on(first, begin(first.ticket))


def test_an_answer_that_waits_to_be_collected_is_not_lost(alice: User) -> None:
    factor = phone(alice)
    first = begin()
    answer(first, factor)
    assert isinstance(login.finish(begin(first.ticket).ticket, arriving()), Admitted)


def test_staff_go_on_too_and_get_no_weaker_number() -> None:
    boss = person("boss", is_staff=True)
    phone(boss)
    first = begin(name="boss")
    second = begin(first.ticket, name="boss")
    assert goes_on(first, second)
    assert (attempt_of(second.ticket).required, attempt_of(second.ticket).push.digits) == (  # type: ignore[union-attr]
        "strong",
        6,
    )


# Another tab was faster


def test_who_comes_second_leaves_the_cookie_of_who_came_first(alice: User) -> None:
    browser = Browser()
    browser.sign_in()
    cookie = browser.cookies["nod_login"].value
    with mock.patch.object(attempts, "renew_binding", return_value=None):
        response = browser.sign_in()
    assert response.headers["Location"] == "/login/code/"
    assert browser.cookies["nod_login"].value == cookie
    assert LoginAttempt.objects.count() == 1


def test_a_no_that_comes_in_that_moment_wins(alice: User) -> None:
    factor = phone(alice)
    first = begin()
    attempt = attempts.mine(first.ticket)
    assert attempt is not None
    answer(first, factor, "deny", "cancelled")
    assert attempts.renew_binding(attempt, first.ticket, "/") is None
    assert not attempts.goes_on(attempt)


# Inside a session, and on the way to a new password


def session_of(user: User) -> sessions.BrowserSession:
    _, key = sessions.open_session(user, sessions.Evidence("strong"), epoch=user.auth_epoch)
    return sessions.load(key)


def prove(session: sessions.BrowserSession, before: Ticket | None = None) -> StepUp:
    step = proof.begin(arriving(), session, password=PASSWORD, next_url="/", before=before)
    assert isinstance(step, StepUp)
    return step


def test_proving_it_again_in_two_tabs_is_one_question(alice: User) -> None:
    session = session_of(alice)
    first = prove(session)
    assert goes_on(first, prove(session, first.ticket))
    assert len(mails_to(HERS)) == 1


def test_a_journey_to_prove_it_is_none_to_sign_in_and_of_one_session_alone(alice: User) -> None:
    first = prove(session_of(alice))
    assert not goes_on(first, prove(session_of(alice), first.ticket))
    second = prove(session_of(alice))
    assert not goes_on(second, begin(second.ticket))
    third = begin()
    assert not goes_on(third, prove(session_of(alice), third.ticket))


def test_pressing_twice_on_the_way_to_a_new_password_is_one_prompt(alice: User) -> None:
    factor = phone(alice)
    token = links.issue(alice, Link.Purpose.RESET)
    steps: list[StepUp] = []
    for _ in range(4):
        step = reset.ask_factor(arriving(), token, steps[-1].ticket if steps else None)
        assert isinstance(step, StepUp)
        steps.append(step)
    assert {step.way for step in steps} == {"push"}
    assert all(goes_on(steps[0], step) for step in steps)
    answer(steps[-1], factor)
    assert isinstance(
        reset.set_new(arriving(), token, steps[-1].ticket, "a quiet evening at the lake"),
        reset.Ready,
    )
