"""A new password by mail: never a way around the second factor."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts import sessions
from accounts.journey import Over, Pending, StepUp, Ticket
from accounts.models import Link, LoginAttempt, User
from accounts.services import links, login, passwords, reset, wait_page
from accounts.services.reset import Ready, Sent
from accounts.tests.helpers import Browser, answer, arriving, mailbox, mails_to, phone
from mfaproject.lib.testing import PASSWORD, frozen, person
from risk import services as risk

pytestmark = pytest.mark.django_db
NEW = "a quiet evening at the lake"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def token_for(user: User) -> str:
    return links.issue(user, Link.Purpose.RESET)


def test_the_link_comes_by_mail_and_sets_the_password_of_who_has_nothing_but_mail(
    alice: User,
) -> None:
    browser = Browser()
    browser.post("/reset/", {"email": "alice@example.org"})
    (link,) = re.findall(
        r"http://localhost:[0-9]+(/link/reset/[\w-]{43}/)", mails_to("alice@example.org")[-1].text
    )
    assert browser.get(link).headers["Location"] == "/reset/new/"
    assert browser.get("/reset/new/").status_code == 200
    assert browser.post("/reset/new/", {"password": NEW}).status_code == 200
    alice.refresh_from_db()
    assert passwords.matches(alice, NEW)


@pytest.mark.parametrize("address", ["nobody@example.org", "ALICE@example.org"])
def test_every_address_gets_the_same_answer(alice: User, address: str) -> None:
    page = Browser().post("/reset/", {"email": address})
    assert (page.status_code, page.headers["Location"]) == (302, "/reset/sent/")


def test_an_unconfirmed_address_gets_no_link() -> None:
    person("bob", email_confirmed_at=None)
    assert reset.request_link(arriving(), "bob@example.org") == Sent()
    assert mails_to("bob@example.org") == []


def test_who_has_an_authenticator_is_asked_there_first(alice: User) -> None:
    factor = phone(alice)
    token = token_for(alice)
    assert reset.may_set(token, None) == Pending()
    assert reset.set_new(arriving(), token, None, NEW) == Over("gone")
    step = reset.ask_factor(arriving(), token)
    assert isinstance(step, StepUp)
    assert step.way == "push"
    assert reset.may_set(token, step.ticket) == Pending()
    answer(step, factor)
    assert isinstance(reset.may_set(token, step.ticket), Ready)
    assert isinstance(reset.set_new(arriving(), token, step.ticket, NEW), Ready)
    alice.refresh_from_db()
    assert passwords.matches(alice, NEW)


def test_a_password_that_comes_too_late_rings_up_nobody(alice: User) -> None:
    phone(alice)
    browser = Browser()
    browser.get(f"/link/reset/{token_for(alice)}/")
    page = browser.post("/reset/new/", {"password": NEW})
    assert b"Ask my authenticator" in page.content
    assert not LoginAttempt.objects.exists()
    assert browser.post("/reset/new/").headers["Location"] == "/login/wait/"


def test_an_answer_from_another_browser_does_not_help(alice: User) -> None:
    factor = phone(alice)
    token = token_for(alice)
    step = reset.ask_factor(arriving(), token)
    assert isinstance(step, StepUp)
    answer(step, factor)
    stolen = Ticket(step.ticket.reference, "x" * 43)
    assert reset.set_new(arriving(), token, stolen, NEW) == Over("gone")
    assert Link.objects.get().used_at is None


def test_the_answer_to_a_login_does_not_set_a_password(alice: User) -> None:
    factor = phone(alice)
    step = login.begin(arriving(), name="alice", password=PASSWORD)
    assert isinstance(step, StepUp)
    answer(step, factor)
    assert reset.set_new(arriving(), token_for(alice), step.ticket, NEW) == Over("gone")


def test_the_answer_to_a_reset_does_not_sign_in(alice: User) -> None:
    factor = phone(alice)
    step = reset.ask_factor(arriving(), token_for(alice))
    assert isinstance(step, StepUp)
    answer(step, factor)
    login.finish(step.ticket, arriving())
    assert not alice.sessions.exists()


def test_a_link_works_once(alice: User) -> None:
    token = token_for(alice)
    assert isinstance(reset.set_new(arriving(), token, None, NEW), Ready)
    assert reset.set_new(arriving(), token, None, PASSWORD) == Over("gone")


def test_two_links_are_both_dead_after_one_was_used(alice: User) -> None:
    first, second = token_for(alice), token_for(alice)
    reset.set_new(arriving(), first, None, NEW)
    assert reset.may_set(second, None) == Over("gone")


def test_a_link_lives_half_an_hour(alice: User) -> None:
    with frozen(NOON) as clock:
        token = token_for(alice)
        clock.forward(minutes=31)
        assert reset.may_set(token, None) == Over("gone")


def test_a_new_password_ends_everything_and_goes_into_the_ledger(alice: User) -> None:
    _, key = sessions.open_session(alice, sessions.Evidence("strong"), epoch=alice.auth_epoch)
    reset.set_new(arriving(), token_for(alice), None, NEW)
    assert sessions.load(key).user is None
    assert risk.browsers(alice.pk) == []


@pytest.mark.parametrize("method", ["get", "head"])
def test_fetching_the_link_a_thousand_times_changes_nothing(alice: User, method: str) -> None:
    token, scanner = token_for(alice), Client()
    for _ in range(50):
        getattr(scanner, method)(f"/link/reset/{token}/")
    assert Link.objects.get().used_at is None


def test_links_are_made_from_our_origin_whatever_host_was_asked(alice: User) -> None:
    Browser().post(
        "/reset/",
        {"email": "alice@example.org"},
        headers={"x-forwarded-host": "evil.example", "host": "localhost"},
    )
    assert "evil.example" not in mails_to("alice@example.org")[-1].text


def test_a_new_password_must_be_a_good_one(alice: User) -> None:
    browser = Browser()
    browser.get(f"/link/reset/{token_for(alice)}/")
    page = browser.post("/reset/new/", {"password": "short"})
    assert page.status_code == 400
    assert "password" in page.context["form"].errors
    assert Link.objects.get().used_at is None


def test_an_authenticator_in_the_browser_itself_is_asked_too_and_the_mailbox_is_not_offered(
    alice: User,
) -> None:
    factor = phone(alice, tied_browser="b" * 22)
    token = token_for(alice)
    assert reset.may_set(token, None) == Pending()
    step = reset.ask_factor(arriving(), token)
    assert isinstance(step, StepUp)
    assert step.way == "push"
    shown = wait_page.look(step.ticket)
    assert isinstance(shown, wait_page.Waiting)
    assert "email" not in shown.ways.kinds
    other = wait_page.choose(step.ticket, arriving(), way="email")
    assert isinstance(other, StepUp)
    assert other.way == "none"
    answer(step, factor)
    assert isinstance(reset.set_new(arriving(), token, step.ticket, NEW), Ready)
