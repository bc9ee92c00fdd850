"""Making an account by the API, and confirming its address by the first login."""

from typing import Any

import pytest

from accounts.models import LoginAttempt, Session, User
from accounts.tests.api import Program, refusal
from accounts.tests.helpers import mails_to
from mfaproject.lib.testing import PASSWORD, person

pytestmark = pytest.mark.django_db
ALICE = {
    "fullname": "Alice Martin",
    "username": "alice",
    "password": PASSWORD,
    "email": "alice@example.org",
}


def register(ip: Any = "198.51.100.7", **changes: Any) -> Any:
    return Program(ip=ip).call("auth/register", **(ALICE | changes))


def test_an_account_is_made_and_nobody_is_signed_in() -> None:
    answer = register(phone="+33 6 12 34 56 78")
    assert (answer.status_code, answer.json()) == (201, {})
    alice = User.objects.get()
    assert (alice.full_name, alice.email, alice.phone, alice.email_confirmed_at) == (
        "Alice Martin",
        "alice@example.org",
        "+33612345678",
        None,
    )
    assert not Session.objects.exists()
    assert not LoginAttempt.objects.exists()
    assert mails_to("alice@example.org") == []


def test_a_phone_may_be_left_out() -> None:
    assert register(phone=None).status_code == 201
    assert User.objects.get().phone == ""


def test_the_first_login_confirms_the_address() -> None:
    register()
    program = Program()
    program.sign_in()
    assert program.get_page("me").json()["email_verified"] is True


def test_the_address_of_somebody_else_looks_like_a_new_one_and_its_owner_is_told() -> None:
    person("bob", email="alice@example.org")
    answer = register()
    assert (answer.status_code, answer.json()) == (201, {})
    (mail,) = mails_to("alice@example.org")
    assert "sign up" in mail.text


def test_the_address_of_somebody_else_is_never_confirmed() -> None:
    person("bob", email="alice@example.org")
    register()
    program = Program()
    reference = program.begin()
    assert program.call("auth/send-login-email-code", reference_id=reference).status_code == 202
    assert "sign up" in mails_to("alice@example.org")[-1].text
    assert not [
        mail for mail in mails_to("alice@example.org") if "000000" <= mail.text[:6] <= "999999"
    ]
    assert User.objects.get(username="alice").email_confirmed_at is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fullname", ""),
        ("fullname", "x" * 101),
        ("fullname", None),
        ("username", "a b"),
        ("username", "x" * 41),
        ("username", 7),
        ("password", "short"),
        ("password", "alice@example.org"),
        ("password", "x" * 1025),
        ("email", "nobody"),
        ("email", "a@b@c"),
        ("phone", "12"),
        ("phone", "+1 555"),
    ],
)
def test_each_field_that_is_wrong_is_named(field: str, value: object) -> None:
    answer = register(**{field: value})
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {field}
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["alice", "ALICE", "ａlice"])
def test_only_a_taken_name_is_said(name: str) -> None:
    register()
    answer = register(username=name, email="other@example.org")
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {"username"}


def test_extra_keys_give_no_rights() -> None:
    register(is_staff=True, is_superuser=True, email_confirmed_at="2026-01-01T00:00:00Z")
    alice = User.objects.get()
    assert (alice.is_staff, alice.is_superuser, alice.email_confirmed_at) == (False, False, None)


def test_too_many_from_one_network_wait() -> None:
    answers = [register(username=f"alice{n}", email=f"alice{n}@example.org") for n in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {201}
    assert refusal(answers[20]) == (429, "rate_limited")


def test_names_cannot_be_tried_out_without_end() -> None:
    register()
    for _ in range(59):
        assert register(password="short").status_code == 400
    answer = register(password="short")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 3000
