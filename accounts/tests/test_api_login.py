"""Signing in by the API: password, question, answer, token."""

from typing import Any
from unittest import mock

import pytest

from accounts.models import LoginAttempt, Session, User
from accounts.services import passwords
from accounts.tests.api import Program, attempt_of, phone_says, refusal
from accounts.tests.helpers import Browser, code_to, mails_to, phone
from mfaproject.lib.testing import PASSWORD, FrozenClock, person

pytestmark = pytest.mark.django_db
GONE = (401, "invalid_reference")


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    return user


def test_wrong_codes_are_refused_where_the_original_gave_a_private_key_for_any_code() -> None:
    program = Program()
    reference = program.begin()
    code = program.mailed(reference)
    for wrong in (
        "000000" if code != "000000" else "111111",
        "",
        "abc",
        code[:5],
        code + "0",
        "１２３４５６",
    ):
        answer = program.call("auth/verify-login-email-code", reference_id=reference, code=wrong)
        assert refusal(answer) == ((401, "invalid_code") if wrong else (400, "bad_request"))
        assert "private_key" not in answer.json()
    assert attempt_of(reference).private_key_digest == ""
    assert refusal(
        program.call("auth/login-with-mfa", reference_id=reference, private_key="x" * 43)
    ) == (401, "invalid_private_key")
    assert not Session.objects.exists()


def test_the_walk_with_a_code_by_mail_ends_with_a_token() -> None:
    program = Program()
    login = program.call("auth/login", username="alice", password=PASSWORD)
    assert login.status_code == 200
    assert login.json().keys() == {"required_mfa", "reference_id", "methods", "expires_at"}
    assert login.json()["methods"] == ["email"]
    reference = login.json()["reference_id"]
    sent = program.call("auth/send-login-email-code", reference_id=reference)
    assert sent.status_code == 202
    assert sent.json().keys() == {"sent_to", "expires_at", "resend_after"}
    assert sent.json()["sent_to"] == "a•••@e•••.org"
    assert 0 < sent.json()["resend_after"] <= 30
    verified = program.call(
        "auth/verify-login-email-code", reference_id=reference, code=code_to("alice@example.org")
    )
    assert verified.status_code == 200
    assert verified.json().keys() == {"reference_id", "private_key"}
    done = program.call("auth/login-with-mfa", **verified.json())
    assert done.status_code == 200
    assert done.json().keys() == {"token", "expires_at", "device_id"}
    program.token = done.json()["token"]
    assert program.get_page("me").json()["username"] == "alice"
    assert Session.objects.get().kind == "token"
    assert Session.objects.get().name == "curl/8.14.1"
    assert Session.objects.get().proof == "weak"


def test_the_walk_with_the_phone_ends_with_a_strong_token(alice: User) -> None:
    factor = phone(alice)
    program = Program()
    reference = program.begin()
    asked = program.call("auth/send-login-push", reference_id=reference)
    assert asked.status_code == 202
    assert asked.json()["number"].isdigit()
    assert asked.json()["poll_after"] == 2
    waiting = program.call("auth/verify-login-push", reference_id=reference)
    assert (waiting.status_code, waiting.json()) == (202, {"state": "pending", "poll_after": 2})
    assert phone_says(reference, factor) == "approved"
    verified = program.call("auth/verify-login-push", reference_id=reference)
    assert verified.status_code == 200
    assert program.call("auth/login-with-mfa", **verified.json()).status_code == 200
    assert Session.objects.get().proof == "strong"


def test_a_login_asks_nothing_before_the_program_has_chosen(alice: User) -> None:
    phone(alice)
    answer = Program().call("auth/login", username="alice", password=PASSWORD)
    assert answer.json()["methods"] == ["push", "email"]
    assert attempt_of(answer.json()["reference_id"]).push_id is None
    assert mails_to("alice@example.org") == []


@pytest.mark.parametrize("kind", ["wrong", "missing", "inactive", "no password", "waiting"])
def test_whoever_does_not_get_in_gets_one_answer(alice: User, kind: str) -> None:
    name, password = "alice", PASSWORD
    match kind:
        case "wrong":
            password = "wrong"
        case "missing":
            name = "nobody"
        case "inactive":
            User.objects.update(is_active=False)
        case "no password":
            alice.set_unusable_password()
            alice.save()
        case "waiting":
            for n in range(5):
                Program(ip=f"203.0.113.{n}").call("auth/login", username="alice", password="wrong")
    answer = Program().call("auth/login", username=name, password=password)
    assert refusal(answer) == (401, "invalid_credentials")
    told = answer.json() | {"request_id": ""}
    assert told == Program(ip="192.0.2.1").call(
        "auth/login", username="mallory", password="x"
    ).json() | {"request_id": ""}


def test_a_private_key_works_once() -> None:
    program = Program()
    reference = program.begin()
    key = program.key(reference)
    assert (
        program.call("auth/login-with-mfa", reference_id=reference, private_key=key).status_code
        == 200
    )
    assert (
        refusal(program.call("auth/login-with-mfa", reference_id=reference, private_key=key))
        == GONE
    )
    assert Session.objects.count() == 1


def test_a_private_key_works_for_two_minutes(clock: FrozenClock) -> None:
    program = Program()
    reference = program.begin()
    key = program.key(reference)
    clock.forward(seconds=120)
    assert refusal(
        program.call("auth/login-with-mfa", reference_id=reference, private_key=key)
    ) == (401, "invalid_private_key")
    assert not Session.objects.exists()


def test_who_verifies_again_gets_a_new_private_key_and_the_old_one_is_dead(
    clock: FrozenClock, alice: User
) -> None:
    factor = phone(alice)
    program = Program()
    reference = program.begin()
    program.call("auth/send-login-push", reference_id=reference)
    phone_says(reference, factor)
    first, second = (
        program.call("auth/verify-login-push", reference_id=reference).json() for _ in range(2)
    )
    assert first["private_key"] != second["private_key"]
    assert refusal(program.call("auth/login-with-mfa", **first)) == (401, "invalid_private_key")
    clock.forward(seconds=100)
    assert program.call("auth/login-with-mfa", **second).status_code == 200


def test_the_same_code_gives_one_private_key_and_another_code_another(clock: FrozenClock) -> None:
    program = Program()
    reference = program.begin()
    code = program.mailed(reference)
    first = program.call("auth/verify-login-email-code", reference_id=reference, code=code)
    assert first.status_code == 200
    assert refusal(
        program.call("auth/verify-login-email-code", reference_id=reference, code=code)
    ) == (410, "expired")
    clock.forward(seconds=31)
    newer = program.mailed(reference)
    second = program.call("auth/verify-login-email-code", reference_id=reference, code=newer)
    assert refusal(program.call("auth/login-with-mfa", **first.json())) == (
        401,
        "invalid_private_key",
    )
    assert program.call("auth/login-with-mfa", **second.json()).status_code == 200


def test_a_key_is_for_its_own_sign_in() -> None:
    person("bob")
    program = Program()
    alices, bobs = program.begin(), program.begin("bob")
    key = program.key(alices)
    assert refusal(program.call("auth/login-with-mfa", reference_id=bobs, private_key=key)) == (
        401,
        "invalid_private_key",
    )
    assert not Session.objects.exists()


def test_a_code_of_another_sign_in_is_wrong_here(clock: FrozenClock) -> None:
    program = Program()
    first = program.begin()
    code = program.mailed(first)
    clock.forward(seconds=31)
    second = program.begin()
    program.mailed(second)
    assert refusal(
        program.call("auth/verify-login-email-code", reference_id=second, code=code)
    ) == (401, "invalid_code")


def test_after_five_wrong_codes_the_right_one_is_refused_too() -> None:
    program = Program()
    reference = program.begin()
    code = program.mailed(reference)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert refusal(
            program.call("auth/verify-login-email-code", reference_id=reference, code=wrong)
        ) == (401, "invalid_code")
    answer = program.call("auth/verify-login-email-code", reference_id=reference, code=code)
    assert refusal(answer) == (429, "too_many_attempts")
    assert 0 < int(answer["Retry-After"]) <= 600


def test_another_code_within_thirty_seconds_is_refused_with_the_time_to_wait() -> None:
    program = Program()
    reference = program.begin()
    program.mailed(reference)
    answer = program.call("auth/send-login-email-code", reference_id=reference)
    assert refusal(answer) == (429, "rate_limited")
    assert 0 < int(answer["Retry-After"]) <= 30


def test_a_way_that_is_not_there_is_said_so() -> None:
    program = Program()
    assert refusal(program.call("auth/send-login-push", reference_id=program.begin())) == (
        409,
        "method_unavailable",
    )


@pytest.mark.parametrize("decision", [("deny", "not_me"), ("deny", "cancelled"), ("approve", None)])
def test_a_no_on_the_phone_is_told_to_who_polls_and_ends_every_other_call(
    alice: User, decision: tuple[str, str | None]
) -> None:
    factor = phone(alice)
    program = Program()
    reference = program.begin()
    code = program.mailed(reference)
    program.call("auth/send-login-push", reference_id=reference)
    phone_says(reference, factor, *decision, right=False)
    assert refusal(program.call("auth/verify-login-push", reference_id=reference)) == (
        403,
        "access_denied",
    )
    for path, more in (
        ("send-login-email-code", {}),
        ("send-login-push", {}),
        ("verify-login-email-code", {"code": code}),
        ("login-with-mfa", {"private_key": "x" * 43}),
    ):
        assert refusal(program.call(f"auth/{path}", reference_id=reference, **more)) == GONE, path


def test_a_no_after_the_key_was_given_still_ends_it(alice: User) -> None:
    factor = phone(alice)
    program = Program()
    reference = program.begin()
    program.call("auth/send-login-push", reference_id=reference)
    phone_says(reference, factor)
    key = program.call("auth/verify-login-push", reference_id=reference).json()
    assert phone_says(reference, factor, "deny", "not_me") == "not_me"
    assert refusal(program.call("auth/login-with-mfa", **key)) == GONE
    assert not Session.objects.exists()


def test_a_poll_that_comes_too_often_is_slowed_down(alice: User) -> None:
    phone(alice)
    program = Program()
    reference = program.begin()
    program.call("auth/send-login-push", reference_id=reference)
    answers = [program.call("auth/verify-login-push", reference_id=reference) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert refusal(answers[2]) == (429, "slow_down")


def test_a_question_that_nobody_answered_is_over_and_may_be_put_again(
    clock: FrozenClock, alice: User
) -> None:
    phone(alice)
    program = Program()
    reference = program.begin()
    program.call("auth/send-login-push", reference_id=reference)
    clock.forward(minutes=2)
    assert refusal(program.call("auth/verify-login-push", reference_id=reference)) == (
        410,
        "expired",
    )
    assert program.call("auth/send-login-push", reference_id=reference).status_code == 202


def changed_password(user: User) -> None:
    user.set_password("another one, quite long")
    User.objects.filter(pk=user.pk).update(password=user.password, auth_epoch=1)


def disabled(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("event", [changed_password, disabled])
def test_what_ends_the_account_ends_its_sign_ins_at_the_last_step_too(
    alice: User, event: Any
) -> None:
    program = Program()
    reference = program.begin()
    key = program.key(reference)
    event(alice)
    assert (
        refusal(program.call("auth/login-with-mfa", reference_id=reference, private_key=key))
        == GONE
    )
    assert not Session.objects.exists()


def test_a_sign_in_lives_for_ten_minutes(clock: FrozenClock) -> None:
    program = Program()
    reference = program.begin()
    clock.forward(minutes=10)
    assert refusal(program.call("auth/send-login-email-code", reference_id=reference)) == GONE


def test_references_of_one_door_do_not_work_at_the_other(alice: User) -> None:
    program, browser = Program(), Browser(ip="192.0.2.9")
    reference = program.begin()
    browser.cookies["nod_login"] = f"{reference}.{reference}"
    assert browser.get("/login/wait/").status_code == 410
    assert browser.post("/login/finish/").status_code == 410
    browser.sign_in()
    forms = browser.cookies["nod_login"].value.partition(".")[0]
    assert refusal(program.call("auth/send-login-email-code", reference_id=forms)) == GONE
    assert (
        refusal(
            program.call(
                "auth/verify-login-email-code",
                reference_id=forms,
                code=code_to("alice@example.org"),
            )
        )
        == GONE
    )


@pytest.mark.parametrize("reference", ["x" * 43, "x", "ü" * 43, "r" * 100])
def test_unknown_references_get_one_answer_everywhere(reference: str) -> None:
    for path, more in (
        ("send-login-email-code", {}),
        ("send-login-push", {}),
        ("verify-login-email-code", {"code": "123456"}),
        ("verify-login-push", {}),
        ("login-with-mfa", {"private_key": "x" * 43}),
    ):
        assert refusal(Program().call(f"auth/{path}", reference_id=reference, **more)) == GONE, path


def test_references_are_kept_as_digests() -> None:
    reference = Program().begin()
    row = LoginAttempt.objects.values().get()
    assert reference not in str(row)


def test_a_sixth_sign_in_supersedes_the_oldest() -> None:
    program = Program()
    references = [program.begin() for _ in range(6)]
    assert refusal(program.call("auth/send-login-email-code", reference_id=references[0])) == GONE
    assert program.call("auth/send-login-email-code", reference_id=references[5]).status_code == 202


def test_when_all_cores_are_hashing_the_answer_is_503_with_the_time_to_wait() -> None:
    with mock.patch("accounts.services.passwords.gate._enter", side_effect=passwords.Busy):
        answers = [
            Program().call("auth/login", username="alice", password=PASSWORD),
            Program().call(
                "auth/register",
                fullname="B",
                username="bob",
                password=PASSWORD,
                email="bob@example.org",
            ),
        ]
    assert [refusal(answer) for answer in answers] == [(503, "unavailable")] * 2


def test_a_network_that_guesses_waits() -> None:
    answers = [
        Program().call("auth/login", username=f"user{n}", password="wrong") for n in range(11)
    ]
    assert {refusal(answer) for answer in answers[:10]} == {(401, "invalid_credentials")}
    assert refusal(answers[10]) == (429, "rate_limited")


def test_an_authorization_header_before_the_login_says_nothing() -> None:
    program = Program()
    program.token = "<token>"
    assert program.begin()
    assert program.sign_in().status_code == 200
