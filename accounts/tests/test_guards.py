"""Guards that stand behind other guards: each alone must hold."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from accounts import journey, sessions
from accounts.journey import StepUp, Ticket
from accounts.models import Session, User
from accounts.services import attempts, login, poll
from accounts.tests.helpers import Browser, answer, arriving, attempt_of, code_to, mailbox, phone
from mfa.services import challenges
from mfaproject.lib import tokens
from mfaproject.lib.testing import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def begin() -> StepUp:
    step = login.begin(arriving(), name="alice", password=PASSWORD)
    assert isinstance(step, StepUp)
    return step


@pytest.mark.parametrize("change", [{"auth_epoch": 1}, {"is_active": False}])
def test_a_journey_is_alive_for_the_same_active_person_only(
    alice: User, change: dict[str, object]
) -> None:
    step = begin()
    attempt = attempts.mine(step.ticket)
    assert attempt is not None
    User.objects.update(**change)
    assert attempts.mine(step.ticket) is None
    assert not attempts.move(attempt, journey.FINISHED)


def test_a_journey_does_not_move_on_after_a_no(alice: User) -> None:
    factor = phone(alice)
    step = begin()
    answer(step, factor, "deny", "cancelled")
    assert not attempts.move(attempt_of(step.ticket), journey.FINISHED)
    assert attempts.move(attempt_of(step.ticket), journey.CANCELLED)


def test_a_weak_proof_does_not_finish_what_asks_for_a_strong_one(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = attempt_of(begin().ticket)
    monkeypatch.setattr(
        challenges, "spend", lambda **_given: challenges.Proof("email", "", "weak", None)
    )
    attempt.required = "strong"
    assert attempts.collect(attempt, 1) is None


def test_a_reference_of_another_door_is_not_taken_at_this_one(alice: User) -> None:
    step = begin()
    attempt = attempt_of(step.ticket)
    attempt.door = "api"
    attempt.save()
    assert attempts.mine(step.ticket) is None


def test_a_poll_from_the_cache_is_answered_to_the_browser_that_began_alone(alice: User) -> None:
    phone(alice)
    ticket = begin().ticket
    seen = poll.peek(ticket)
    assert isinstance(seen, poll.Peek)
    assert seen.state == "pending"
    assert poll.peek(Ticket(ticket.reference, tokens.new_token())) == poll.Peek("gone")


@pytest.mark.parametrize(
    ("proof", "opens"), [("password", False), ("weak", False), ("enrol", False), ("strong", True)]
)
def test_the_admin_itself_asks_for_a_strong_proof(proof: str, opens: bool) -> None:
    boss = person("boss", is_staff=True)
    request = RequestFactory().get("/admin/")
    _, key = sessions.open_session(boss, sessions.Evidence(proof), epoch=boss.auth_epoch)
    request.user = boss
    sessions.attach(request, sessions.load(key))
    assert admin.site.has_permission(request) is opens


def test_signing_in_again_ends_the_earlier_session_of_the_browser(alice: User) -> None:
    browser = Browser()
    for _ in range(2):
        browser.get("/login/")
        page = browser.sign_in()
        if page.headers["Location"] == "/login/code/":
            browser.post("/login/code/", {"code": code_to("alice@example.org")})
    assert Session.objects.filter(ended_at=None).count() == 1
    assert Session.objects.count() == 2
