"""The API keeps to the same budget of statements as the pages."""

import pytest
from django.core.cache import cache

from accounts.models import User
from accounts.tests.api import Program, phone_says
from accounts.tests.helpers import code_to, phone
from mfaproject.lib.testing import PASSWORD, person
from mfaproject.tests.statements import Statements, counted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(messages_in_memory: None) -> User:
    user: User = person()
    return user


def listed(statements: Statements) -> str:
    return "\n".join(f"{n}. {sql[:300]}" for n, sql in enumerate(statements, 1))


def test_a_login_with_a_known_device_takes_eight(alice: User) -> None:
    program = Program()
    device = {"x-device-id": program.sign_in().json()["device_id"]}
    with counted() as statements:
        assert (
            program.call("auth/login", headers=device, username="alice", password=PASSWORD).json()[
                "required_mfa"
            ]
            is False
        )
    assert len(statements) <= 8, listed(statements)


@pytest.mark.parametrize("way", ["push", "email"])
def test_beginning_and_asking_take_ten_each(alice: User, way: str) -> None:
    phone(alice)
    program = Program()
    with counted() as statements:
        reference = program.begin()
    assert len(statements) <= 10, listed(statements)
    with counted() as statements:
        path = "send-login-push" if way == "push" else "send-login-email-code"
        assert program.call(f"auth/{path}", reference_id=reference).status_code == 202
    assert len(statements) <= 8, listed(statements)


def test_a_poll_takes_one_and_the_next_none(alice: User) -> None:
    phone(alice)
    program = Program()
    reference = program.begin()
    program.call("auth/send-login-push", reference_id=reference)
    cache.clear()
    for allowed in (1, 0):
        with counted() as statements:
            assert program.call("auth/verify-login-push", reference_id=reference).status_code == 202
        assert len(statements) <= allowed, listed(statements)


def test_collecting_an_approval_takes_three_and_finishing_ten(alice: User) -> None:
    factor = phone(alice)
    program = Program()
    reference = program.begin()
    program.call("auth/send-login-push", reference_id=reference)
    phone_says(reference, factor)
    with counted() as statements:
        given = program.call("auth/verify-login-push", reference_id=reference).json()
    assert len(statements) <= 3, listed(statements)
    with counted() as statements:
        assert program.call("auth/login-with-mfa", **given).status_code == 200
    assert len(statements) <= 10, listed(statements)


def test_a_right_code_takes_eight(alice: User) -> None:
    program = Program()
    reference = program.begin()
    program.call("auth/send-login-email-code", reference_id=reference)
    code = code_to("alice@example.org")
    with counted() as statements:
        assert (
            program.call(
                "auth/verify-login-email-code", reference_id=reference, code=code
            ).status_code
            == 200
        )
    assert len(statements) <= 8, listed(statements)


def test_a_call_with_a_token_takes_one_statement_to_know_whose_it_is(alice: User) -> None:
    program = Program()
    program.sign_in()
    with counted() as statements:
        assert program.get_page("me").status_code == 200
    assert len(statements) == 1, listed(statements)
