"""A new account: what is asked, what is said of others, what is left when nobody confirms."""

import re
from datetime import UTC, datetime

import pytest

from accounts import sessions
from accounts.journey import Admitted, Limited, Over, StepUp
from accounts.models import Session, User
from accounts.services import login, signup
from accounts.services.signup import NameTaken, NewAccount
from accounts.tests.helpers import Browser, arriving, code_to, mails_to
from mfaproject.lib.testing import PASSWORD, frozen, person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALICE = {
    "full_name": "Alice Martin",
    "username": "alice",
    "email": "alice@example.org",
    "password": PASSWORD,
    "phone": "",
}


def account(**changes: str) -> NewAccount:
    return NewAccount(**(ALICE | changes))


def begin(ip: str = "198.51.100.7", **changes: str) -> StepUp:
    result = signup.begin(arriving(ip=ip), account(**changes))
    assert isinstance(result, StepUp)
    return result


def test_the_first_code_confirms_the_address_and_signs_in() -> None:
    step = begin()
    result = login.prove(step.ticket, arriving(), typed=code_to("alice@example.org"))
    assert isinstance(result, Admitted)
    alice = User.objects.get()
    assert alice.email_confirmed_at is not None
    assert sessions.load(result.session_key).user == alice
    assert sessions.load(result.session_key).proof == "weak"


def test_the_browser_of_the_sign_up_is_known_afterwards() -> None:
    step = begin()
    first = login.prove(step.ticket, arriving(), typed=code_to("alice@example.org"))
    assert isinstance(first, Admitted)
    assert isinstance(
        login.begin(arriving(cookie=first.browser_cookie), name="alice", password=PASSWORD),
        Admitted,
    )


def test_nobody_is_signed_in_before_the_code() -> None:
    begin()
    assert not Session.objects.exists()


@pytest.mark.parametrize("name", ["alice", "ALICE", "ａlice"])
def test_only_a_taken_name_is_said(name: str) -> None:
    begin()
    assert (
        signup.begin(arriving(), account(username=name, email="other@example.org")) == NameTaken()
    )


def test_a_used_address_gets_the_same_answer_its_owner_a_mail_and_no_code() -> None:
    person("bob", email="alice@example.org")
    step = begin(email="ALICE@example.org")
    assert step.way == "email"
    (mail,) = mails_to("ALICE@example.org")
    assert not re.search(r"\b[0-9]{6}\b", mail.text)
    assert not User.objects.get(username="alice").email_confirmed_at


def test_an_address_confirmed_by_somebody_meanwhile_is_not_confirmed_twice() -> None:
    step = begin()
    code = code_to("alice@example.org")
    person("bob", email="alice@example.org")
    assert login.prove(step.ticket, arriving(), typed=code) == Over("gone")
    assert User.objects.get(username="alice").email_confirmed_at is None


def test_two_may_wait_for_the_same_address_and_one_gets_it() -> None:
    with frozen(NOON) as clock:
        first = begin()
        code = code_to("alice@example.org")
        clock.forward(seconds=61)
        begin(username="alice2")
        assert isinstance(login.prove(first.ticket, arriving(), typed=code), Admitted)
    assert User.objects.filter(email_confirmed_at__isnull=False).count() == 1


def test_unconfirmed_accounts_vanish_after_a_day_and_free_the_name() -> None:
    with frozen(NOON) as clock:
        begin()
        clock.forward(hours=23)
        signup.prune()
        assert User.objects.count() == 1
        clock.forward(hours=2)
        signup.prune()
        assert User.objects.count() == 0


def test_one_address_is_mailed_once_a_minute() -> None:
    begin()
    assert isinstance(signup.begin(arriving(), account(username="alice2")), Limited)


def test_one_network_signs_up_twenty_times_an_hour() -> None:
    for n in range(20):
        begin(username=f"user{n}", email=f"user{n}@example.org")
    assert isinstance(signup.begin(arriving(), account()), Limited)


def test_names_cannot_be_tried_out_without_end() -> None:
    person("bob")
    browser, tried = Browser(), ALICE | {"username": "bob", "password": "short"}
    for _ in range(60):
        assert b"This name is taken" in browser.post("/signup/", tried).content
    page = browser.post("/signup/", tried)
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 3000
    assert b"taken" not in page.content
    assert b"alice@example.org" in page.content
    assert b"short" not in page.content


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("full_name", "", "required"),
        ("full_name", "\u200b\u202e\x00", ""),
        ("username", "a b", "Only letters"),
        ("username", "<script>", "Only letters"),
        ("username", "x" * 41, "40"),
        ("email", "alice@", "complete address"),
        ("password", "short", "12"),
        ("password", "1q2w3e4r5t6y", "common"),
        ("password", "alice@example.or", "similar"),
        ("password", "x" * 1025, "1024"),
        ("phone", "12345", "country"),
        ("phone", "+33 1", ""),
    ],
)
def test_bad_input_names_the_field_keeps_the_rest_and_writes_nothing(
    field: str, value: str, words: str
) -> None:
    page = Browser().post("/signup/", ALICE | {field: value})
    assert page.status_code == 400
    errors = page.context["form"].errors
    assert list(errors) == [field]
    assert words in str(errors[field])
    assert not User.objects.exists()
    if field != "full_name":
        assert b"Alice Martin" in page.content
    assert PASSWORD.encode() not in page.content


def test_extra_keys_in_the_form_do_nothing() -> None:
    Browser().post(
        "/signup/",
        ALICE
        | {
            "is_staff": "1",
            "is_superuser": "1",
            "user_id": "1",
            "email_confirmed_at": "2026-01-01",
        },
    )
    alice = User.objects.get()
    assert (alice.is_staff, alice.is_superuser, alice.email_confirmed_at) == (False, False, None)


def test_a_phone_number_is_kept_as_e164() -> None:
    Browser().post("/signup/", ALICE | {"phone": "+33 6 12 34 56 78"})
    assert User.objects.get().phone == "+33612345678"
