"""Proving it once more inside a session."""

from datetime import UTC, datetime

import pytest

from accounts import sessions
from accounts.journey import Admitted, Limited, Over, Refused, StepUp
from accounts.models import Session, User
from accounts.services import login, proof
from accounts.tests.helpers import answer, arriving, attempt_of, code_to, mailbox, phone
from mfaproject.lib.testing import PASSWORD, frozen, person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def signed_in(user: User, kind: str = "password") -> sessions.BrowserSession:
    _, key = sessions.open_session(user, sessions.Evidence(kind), epoch=user.auth_epoch)
    return sessions.load(key)


def begin(session: sessions.BrowserSession, password: str = PASSWORD) -> StepUp:
    step = proof.begin(arriving(), session, password=password, next_url="/security/")
    assert isinstance(step, StepUp)
    return step


def test_password_and_code_renew_the_proof_of_who_has_only_mail(alice: User) -> None:
    step = begin(signed_in(alice))
    assert step.way == "email"
    result = login.prove(step.ticket, arriving(), typed=code_to("alice@example.org"))
    assert isinstance(result, Admitted)
    renewed = sessions.load(result.session_key)
    assert (renewed.proof, renewed.proof_is_recent, result.next_url) == ("weak", True, "/security/")


def test_who_has_an_authenticator_uses_it(alice: User) -> None:
    factor = phone(alice)
    step = begin(signed_in(alice))
    assert step.way == "push"
    assert attempt_of(step.ticket).required == "strong"
    answer(step, factor)
    result = login.finish(step.ticket, arriving())
    assert isinstance(result, Admitted)
    assert sessions.load(result.session_key).is_strong


def test_a_wrong_password_is_refused_and_counts(alice: User) -> None:
    session = signed_in(alice)
    with frozen(NOON):
        for _ in range(5):
            assert (
                proof.begin(arriving(ip="203.0.113.1"), session, password="wrong", next_url="/")
                == Refused()
            )
        assert proof.begin(arriving(), session, password=PASSWORD, next_url="/") == Limited(30)


def test_the_renewed_proof_is_of_the_session_that_asked(alice: User) -> None:
    factor = phone(alice)
    session, other = signed_in(alice), signed_in(alice)
    step = begin(session)
    answer(step, factor)
    login.finish(step.ticket, arriving())
    assert Session.objects.get(pk=other.row.pk).proof == "password"  # type: ignore[union-attr]


def test_a_session_that_ended_meanwhile_is_not_renewed(alice: User) -> None:
    factor = phone(alice)
    session = signed_in(alice)
    step = begin(session)
    answer(step, factor)
    sessions.end(session)
    assert login.finish(step.ticket, arriving()) == Over("gone")


@pytest.mark.parametrize(
    ("kind", "has_phone", "minutes", "recent"),
    [
        ("password", False, 0, False),
        ("weak", False, 0, True),
        ("weak", False, 9, True),
        ("weak", False, 11, False),
        ("weak", True, 0, False),
        ("strong", True, 0, True),
        ("strong", True, 11, False),
        ("enrol", False, 0, False),
    ],
)
def test_what_counts_as_a_recent_proof(
    alice: User, kind: str, has_phone: bool, minutes: int, recent: bool
) -> None:
    with frozen(NOON) as clock:
        session = signed_in(alice, kind)
        if has_phone:
            phone(alice)
        clock.forward(minutes=minutes)
        assert session.proof_is_recent is recent
