"""What a refusal tells a program about its token (RFC 6750, section 3; RFC 9470 for a proof that is
too old).
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts import sessions
from accounts.models import Session, User
from accounts.services import security
from accounts.tests.api import Program, refusal
from mfaproject.lib import clock as time
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db
NOT_SENT = "This needs a token. Sign in, then send it as “Authorization: Bearer” and the token."
NOT_ALIVE = "This token does not work, or not any more. Sign in again."
# RFC 6750, section 3: what a description may hold
PARAMETER = re.compile(r'(\w+)="([\x20\x21\x23-\x5b\x5d-\x7e]*)"')


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    return user


def token_of(user: User) -> str:
    return sessions.open_session(
        user, sessions.Evidence("weak", token_name="curl"), epoch=user.auth_epoch
    )[1]


def challenged(answer: Any) -> dict[str, str]:
    """The parameters of the one Bearer challenge, after a look at its form."""
    scheme, _, rest = answer["WWW-Authenticate"].partition(" ")
    assert scheme == "Bearer"
    assert ", ".join(match.group() for match in PARAMETER.finditer(rest)) == rest
    return dict(PARAMETER.findall(rest))


def asked(header: str | None) -> Any:
    headers = {} if header is None else {"authorization": header.encode().decode("latin-1")}
    return Program().get("/v1/me", headers=headers)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "   ",
        "Basic YWxpY2U6eA==",
        "Nod x.1.y.z",
        "Token abc",
        "Digest username=alice",
        "bear er",
    ],
)
def test_where_no_token_was_sent_there_is_no_error_to_tell(header: str | None) -> None:
    answer = asked(header)
    assert refusal(answer) == (401, "unauthorized")
    assert challenged(answer) == {"realm": settings.PUBLIC_HOST}
    assert answer.json()["detail"] == NOT_SENT


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "bearer    ",
        "Bearer x",
        "BEARER " + "t" * 43,
        "Bearer " + "t" * 10_000,
        "Bearer {token} x",
        "Bearer x {token}",
        "Bearer {token},Bearer {token}",
        "Bearer {token}, Bearer {token}",
        "Bearer {token},",
        "Bearer Bearer {token}",
        "Bearer {token}=",
        "Bearer\t{token}",
        "Bearer tökén",
        "Bearer " + "é" * 43,
        "Bearer 日本",
        "tökén",
        "{token}x",
        '"{token}"',
    ],
)
def test_a_token_that_is_wrong_or_malformed_is_an_invalid_one(alice: User, header: str) -> None:
    answer = asked(header.replace("{token}", token_of(alice)))
    assert refusal(answer) == (401, "unauthorized")
    told = challenged(answer)
    assert told.keys() == {"realm", "error", "error_description"}
    assert told["error"] == "invalid_token"
    assert answer.json()["detail"] == NOT_ALIVE


def expired(_user: User) -> None:
    Session.objects.update(expires_at=time.now())


def idle(_user: User) -> None:
    Session.objects.update(last_seen_at=time.now() - timedelta(hours=24))


def ended(user: User) -> None:
    security.end_everything(user.pk)


def deactivated(_user: User) -> None:
    User.objects.update(is_active=False)


def of_a_browser(_user: User) -> None:
    Session.objects.update(kind=Session.Kind.BROWSER)


@pytest.mark.parametrize("event", [expired, idle, ended, deactivated, of_a_browser])
def test_a_token_that_was_right_once_is_an_invalid_one(alice: User, event: Any) -> None:
    token = token_of(alice)
    assert asked(f"Bearer {token}").status_code == 200
    event(alice)
    for header in (f"Bearer {token}", token):
        answer = asked(header)
        assert refusal(answer) == (401, "unauthorized")
        assert challenged(answer)["error"] == "invalid_token"
        assert answer.json()["detail"] == NOT_ALIVE


def test_the_sentence_is_in_the_readers_language_and_the_header_in_ascii() -> None:
    answer = Program().get("/v1/me", headers={"authorization": "Bearer x", "accept-language": "fr"})
    assert (
        answer.json()["detail"] == "Ce jeton ne fonctionne pas, ou plus. Connectez-vous à nouveau."
    )
    assert challenged(answer)["error"] == "invalid_token"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("logout", "DELETE"),
        ("auth/step-up", "POST"),
        ("send-email-verification", "POST"),
        ("sessions/x", "DELETE"),
    ],
)
def test_every_endpoint_for_who_is_in_says_so(path: str, method: str) -> None:
    assert challenged(Program().call(path, method)) == {"realm": settings.PUBLIC_HOST}
    assert (
        challenged(Program().call(path, method, headers={"authorization": "Bearer x"}))["error"]
        == "invalid_token"
    )


def test_a_refusal_before_a_sign_in_names_the_scheme_and_blames_no_token() -> None:
    answer = Program().call(
        "auth/login", headers={"authorization": "Bearer x"}, username="alice", password="wrong"
    )
    assert refusal(answer) == (401, "invalid_credentials")
    assert challenged(answer) == {"realm": settings.PUBLIC_HOST}


def test_a_proof_that_is_too_old_asks_for_another_and_leaves_the_token(alice: User) -> None:
    program = Program()
    program.token = token_of(alice)
    Session.objects.update(proven_at=time.now() - timedelta(minutes=10))
    answer = program.call("add-totp-method")
    assert refusal(answer) == (403, "proof_required")
    told = challenged(answer)
    assert told.keys() == {"realm", "error", "error_description", "max_age"}
    assert (told["error"], told["max_age"]) == ("insufficient_user_authentication", "600")
    assert program.get_page("me").status_code == 200
