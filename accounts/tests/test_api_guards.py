"""Guards that stand behind others, each tested alone: what the last UPDATE looks at again, and what
a key is worth elsewhere.
"""

from datetime import timedelta

import pytest
from django.test import RequestFactory

from accounts import sessions
from accounts.middleware import SessionMiddleware
from accounts.models import LoginAttempt, Session, User
from accounts.services import api_tokens, attempts
from accounts.tests.api import Program, attempt_of
from mfaproject.lib import clock as time
from mfaproject.lib import tokens
from mfaproject.lib.testing import FrozenClock, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    return user


def proven() -> tuple[LoginAttempt, str]:
    program = Program()
    reference = program.begin()
    key = program.key(reference)
    return attempt_of(reference), key


def collect(attempt: LoginAttempt, key: str) -> object:
    return attempts.collect(attempt, attempt.proof_id or 0, key=api_tokens.key_digest(key))


def test_the_last_update_looks_at_the_key_again() -> None:
    attempt, key = proven()
    assert collect(attempt, "k" * 43) is None
    assert attempts.collect(attempt, attempt.proof_id or 0) is None
    assert collect(attempt, key) is not None
    assert collect(attempt, key) is None


def test_the_last_update_looks_at_the_time_again(clock: FrozenClock) -> None:
    attempt, key = proven()
    clock.forward(seconds=120)
    assert collect(attempt, key) is None


def test_the_last_update_looks_at_the_state_again() -> None:
    attempt, key = proven()
    LoginAttempt.objects.update(state="step_up")
    assert collect(attempt, key) is None


def test_a_journey_of_a_program_never_finishes_without_a_key() -> None:
    attempt, _ = proven()
    LoginAttempt.objects.update(
        private_key_digest="", private_key_until=time.now() + timedelta(minutes=1)
    )
    assert attempts.collect(attempt, attempt.proof_id or 0, key=api_tokens.key_digest("")) is None


def test_private_keys_are_kept_as_digests() -> None:
    _, key = proven()
    assert key not in str(LoginAttempt.objects.values().get())


def test_one_value_is_not_the_same_key_in_a_cookie_and_in_a_header(alice: User) -> None:
    _, key = sessions.open_session(
        alice, sessions.Evidence("strong", token_name="curl"), epoch=alice.auth_epoch
    )
    Session.objects.update(kind=Session.Kind.BROWSER)
    assert sessions.load(key).user is None
    assert sessions.load(key, Session.Kind.TOKEN).user is None


def test_the_kind_of_a_row_counts_even_where_its_digest_fits(alice: User) -> None:
    key = tokens.new_token()
    sessions.open_session(alice, sessions.Evidence("strong"), epoch=alice.auth_epoch)
    Session.objects.update(key_digest=tokens.digest("token", key))
    assert sessions.load(key, Session.Kind.TOKEN).user is None


@pytest.mark.parametrize("path", ["/v1/me", "/v1/auth/login", "/v1/docs/", "/v1/anything"])
def test_the_session_cookie_is_not_even_looked_up_under_v1(path: str) -> None:
    assert not SessionMiddleware.applies(RequestFactory().get(path))


def test_a_proof_is_not_renewed_in_a_session_that_ends_in_that_moment(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = sessions.open_session(
        alice, sessions.Evidence("password", token_name="curl"), epoch=alice.auth_epoch
    )
    digest = sessions._digest

    def ending(kind: str, key: str) -> str:
        sessions.end_one(alice.pk, row.public_id)
        return digest(kind, key)

    monkeypatch.setattr(sessions, "_digest", ending)
    assert sessions.renew_proof(row.pk, proof="strong", factor="totp", factor_id=1) is None
    assert Session.objects.get().proof == "password"
