"""Undoing a sign-in by the link of its mail: reading never acts, and acting ends everything."""

import re

import pytest

from accounts.models import Link, Session, User
from accounts.tests.api import Program, refusal
from accounts.tests.helpers import mailbox, mails_to
from mfa.services import enrolment
from mfaproject.lib.testing import FrozenClock, person

pytestmark = pytest.mark.django_db
GONE = (401, "invalid_reference")


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def token_of_mail() -> str:
    text = mails_to("alice@example.org")[-1].text
    return str(re.findall(r"/link/disavow/([A-Za-z0-9_-]{43})/", text)[0])


def test_reading_never_acts_however_often() -> None:
    program = Program()
    program.sign_in()
    ref = token_of_mail()
    for _ in range(5):
        answer = Program().get("/v1/hacked/disavow", {"ref": ref})
        assert answer.json() == {
            "status": "confirmation_required",
            "confirm": f"http://localhost:8000/link/disavow/{ref}/",
        }
    assert program.get_page("me").status_code == 200
    assert Link.objects.get().used_at is None


def test_acting_ends_the_tokens_and_what_they_added_and_the_password() -> None:
    thief = Program()
    thief.sign_in()
    alice = User.objects.get()
    added = enrolment.add_factor(
        alice.pk, "push", "Thief's", added_by=Session.objects.get().public_id
    )
    ref = token_of_mail()
    pending = Program(ip="192.0.2.1")
    reference = pending.begin()
    answer = Program().call("hacked/disavow", ref=ref)
    assert (answer.status_code, answer.json()) == (200, {"status": "disavowed"})
    assert refusal(thief.get_page("me")) == (401, "unauthorized")
    assert added not in [factor.id for factor in enrolment.factors(alice.pk)]
    assert refusal(pending.call("auth/send-login-email-code", reference_id=reference)) == GONE
    assert refusal(
        Program().call("auth/login", username="alice", password="a walk along the river")
    ) == (401, "invalid_credentials")


def test_it_acts_once() -> None:
    Program().sign_in()
    ref = token_of_mail()
    assert Program().call("hacked/disavow", ref=ref).status_code == 200
    assert refusal(Program().call("hacked/disavow", ref=ref)) == GONE
    assert refusal(Program().get("/v1/hacked/disavow", {"ref": ref})) == GONE


def test_it_acts_for_seven_days(clock: FrozenClock) -> None:
    Program().sign_in()
    ref = token_of_mail()
    clock.forward(days=7)
    assert refusal(Program().call("hacked/disavow", ref=ref)) == GONE


@pytest.mark.parametrize("ref", ["", "x", "x" * 43, "ü", "x" * 100])
def test_anything_else_gets_one_answer(ref: str) -> None:
    assert refusal(Program().get("/v1/hacked/disavow", {"ref": ref})) == GONE
    if ref:
        assert refusal(Program().call("hacked/disavow", ref=ref)) == GONE


def test_the_reference_of_a_sign_in_is_no_such_token() -> None:
    reference = Program().begin()
    assert refusal(Program().get("/v1/hacked/disavow", {"ref": reference})) == GONE
    assert refusal(Program().call("hacked/disavow", ref=reference)) == GONE


def test_guessing_is_limited() -> None:
    answers = [Program().get("/v1/hacked/disavow", {"ref": "x" * 43}) for _ in range(21)]
    assert refusal(answers[20]) == (429, "rate_limited")
