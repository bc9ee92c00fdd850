"""`X-Device-ID`, the verifier, and from where a sign-in may be finished."""

import pytest
from django.test import RequestFactory

from accounts.api.fields import s256
from accounts.context import arrival
from accounts.models import Session, User
from accounts.tests.api import CURL, Program, attempt_of, refusal
from accounts.tests.helpers import FIREFOX, Browser
from mfaproject.lib.testing import PASSWORD, FrozenClock, person

pytestmark = pytest.mark.django_db
GONE = (401, "invalid_reference")
VERIFIER = "a-verifier-of-43-characters-or-more-012345678"


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    return user


def device_of(program: Program) -> dict[str, str]:
    return {"x-device-id": program.sign_in().json()["device_id"]}


def test_a_device_that_we_know_is_let_in_with_the_password_alone() -> None:
    program = Program()
    device = device_of(program)
    answer = program.call("auth/login", headers=device, username="alice", password=PASSWORD)
    assert answer.json().keys() == {"required_mfa", "token", "expires_at"}
    assert answer.json()["required_mfa"] is False
    assert Session.objects.filter(proof="password").get().kind == "token"


def test_a_device_id_stays_the_same_however_often_it_is_used(clock: FrozenClock) -> None:
    program = Program()
    device = device_of(program)
    for _ in range(4):
        clock.forward(minutes=5)
        answer = program.call("auth/login", headers=device, username="alice", password=PASSWORD)
        assert answer.json()["required_mfa"] is False


def test_a_device_id_that_is_used_does_not_grow_old(clock: FrozenClock) -> None:
    program = Program()
    device = device_of(program)
    for _ in range(4):
        clock.forward(days=60)
        assert (
            program.call(
                "auth/login", headers=device, username="alice", password=PASSWORD
            ).status_code
            == 200
        )
    known = program.call("auth/login", headers=device, username="alice", password=PASSWORD).json()
    assert known["required_mfa"] is False


@pytest.mark.parametrize(
    "sent", ["", "my-laptop", "x" * 66, f"{'x' * 22}.{'x' * 43}", "x" * 5000, "a'; --"]
)
def test_any_other_value_is_a_hint_worth_nothing(sent: str) -> None:
    person("bob")
    bare, hinting = (
        Program(ip=ip).call("auth/login", headers=h, username=n, password=PASSWORD).json()
        for ip, h, n in (
            ("203.0.113.1", {}, "alice"),
            ("203.0.113.2", {"x-device-id": sent}, "bob"),
        )
    )
    assert bare["required_mfa"] is hinting["required_mfa"] is True
    assert bare["methods"] == hinting["methods"]


@pytest.mark.parametrize(
    "sent",
    [
        "my-laptop",
        "x" * 66,
        f"{'x' * 22}.{'x' * 44}",
        f"{'x' * 22}.{'x' * 43} ",
        f"{'ü' * 22}.{'x' * 43}",
    ],
)
def test_what_has_not_the_shape_of_ours_does_not_even_count_as_a_bad_one(sent: str) -> None:
    request = RequestFactory().post("/v1/auth/login", headers={"x-device-id": sent})
    assert arrival(request, "api").browser_cookie is None


def test_the_device_of_one_person_says_nothing_of_another() -> None:
    person("mallory")
    device = device_of(Program())
    assert Program().begin("mallory", headers=device)


def test_the_cookie_of_a_browser_is_not_looked_at() -> None:
    browser = Browser(user_agent=CURL)
    device = device_of(Program())["x-device-id"]
    browser.cookies["nod_kb"] = device
    answer = browser.post(
        "/v1/auth/login",
        {"username": "alice", "password": PASSWORD},
        content_type="application/json",
    )
    assert answer.json()["required_mfa"] is True


def test_a_changed_password_makes_the_device_unknown(alice: User) -> None:
    program = Program()
    device = device_of(program)
    program.call("me", "DELETE")
    user = person()
    assert user.pk != alice.pk
    assert program.begin(headers=device)


def test_what_was_begun_with_a_challenge_goes_on_with_its_verifier_alone() -> None:
    program = Program()
    reference = program.begin(client_challenge=s256(VERIFIER))
    for wrong in (
        {},
        {"client_verifier": VERIFIER + "x"},
        {"client_verifier": s256(VERIFIER)},
        {"client_verifier": "short"},
    ):
        assert (
            refusal(program.call("auth/send-login-email-code", reference_id=reference, **wrong))
            == GONE
        )
    key = program.key(reference, client_verifier=VERIFIER)
    assert (
        refusal(program.call("auth/login-with-mfa", reference_id=reference, private_key=key))
        == GONE
    )
    done = program.call(
        "auth/login-with-mfa", reference_id=reference, private_key=key, client_verifier=VERIFIER
    )
    assert done.status_code == 200


def test_a_verifier_where_no_challenge_was_given_fits_nothing() -> None:
    program = Program()
    reference = program.begin()
    assert (
        refusal(
            program.call(
                "auth/send-login-email-code", reference_id=reference, client_verifier=VERIFIER
            )
        )
        == GONE
    )


@pytest.mark.parametrize(
    "challenge", ["short", "x" * 42, "x" * 44, "=" * 43, "x" * 43 + "\n", 7, None, ["x" * 43]]
)
def test_a_challenge_of_the_wrong_shape_is_named(challenge: object) -> None:
    answer = Program().call(
        "auth/login", username="alice", password=PASSWORD, client_challenge=challenge
    )
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {"client_challenge"}


def test_another_network_and_another_program_end_the_sign_in() -> None:
    program = Program()
    reference = program.begin()
    key = program.key(reference)
    thief = Program(ip="203.0.113.66", user_agent="python-requests/2")
    assert (
        refusal(thief.call("auth/login-with-mfa", reference_id=reference, private_key=key)) == GONE
    )
    assert attempt_of(reference).state == "locked"
    assert (
        refusal(program.call("auth/login-with-mfa", reference_id=reference, private_key=key))
        == GONE
    )
    assert not Session.objects.exists()


@pytest.mark.parametrize(("ip", "agent"), [("203.0.113.66", CURL), ("198.51.100.7", FIREFOX)])
def test_one_of_the_two_may_change(ip: str, agent: str) -> None:
    program = Program()
    reference = program.begin()
    key = program.key(reference)
    assert (
        Program(ip=ip, user_agent=agent)
        .call("auth/login-with-mfa", reference_id=reference, private_key=key)
        .status_code
        == 200
    )


def test_with_a_verifier_both_may_change() -> None:
    program = Program()
    reference = program.begin(client_challenge=s256(VERIFIER))
    key = program.key(reference, client_verifier=VERIFIER)
    elsewhere = Program(ip="203.0.113.66", user_agent=FIREFOX)
    assert (
        elsewhere.call(
            "auth/login-with-mfa", reference_id=reference, private_key=key, client_verifier=VERIFIER
        ).status_code
        == 200
    )
