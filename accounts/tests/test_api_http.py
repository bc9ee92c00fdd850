"""HTTP itself below /v1: what a client may take and send, methods, addresses. Every refusal is a
problem document, whoever makes it.
"""

import json
from typing import Any

import pytest
from django.test import Client

from accounts import sessions
from accounts.models import User
from accounts.tests import contract
from accounts.tests.api import Program, refusal
from accounts.tests.document import METHODS, OPERATIONS, filled
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db
LOGIN = "/v1/auth/login"
RIGHT = b'{"username": "alice", "password": "x"}'
EVERY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
ACCEPT = [
    "*/*",
    "application/json",
    "application/problem+json",
    "application/json, application/problem+json",
    "application/*",
    "application/*; q=0.5, */*; q=0.1",
    "application/json;q=0",
    "application/json; indent=8",
    "Application/JSON",
    "text/html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "application/vnd.api+json",
    "image/png",
    "json",
    "",
    ";",
    ",,,",
    "*",
    "*/json",
    "application/",
    "/json",
    "application/json;q=high",
    "application/json;;;=",
    "tökén/ü",
    "a/b;" + "c=d;" * 5_000,
    "a/b," * 5_000,
]


@pytest.fixture
def alice() -> User:
    user: User = person()
    return user


def post(raw: bytes, content_type: str = "application/json", **headers: str) -> Any:
    return Program().generic("POST", LOGIN, raw, content_type, headers=headers)


# What a client takes


@pytest.mark.parametrize("accept", ACCEPT)
def test_json_is_sent_whatever_a_client_says_it_takes(alice: User, accept: str) -> None:
    """There is nothing else; RFC 9110 lets a server send it all the same."""
    program = Program()
    program.token = sessions.open_session(
        alice, sessions.Evidence("weak", token_name="curl"), epoch=alice.auth_epoch
    )[1]
    headers = {
        "accept": accept.encode().decode("latin-1"),
        "authorization": f"Bearer {program.token}",
    }
    answer = program.get("/v1/me", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.content.startswith(b'{"id":')
    assert refusal(post(RIGHT, accept=headers["accept"])) == (401, "invalid_credentials")
    assert refusal(
        Program().post("/v1/authenticator/inbox", b"{}", "application/json", headers=headers)
    ) == (401, "unauthorized")


# What a client sends


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json ; charset="utf-8"; profile=x',
        "Application/JSON",
        "APPLICATION/JSON; CHARSET=UTF-8",
        " application/json ",
        "application/json;",
        "application/json;;",
    ],
)
def test_json_is_taken_by_its_name_in_any_case_and_with_any_parameter(content_type: str) -> None:
    assert refusal(post(RIGHT, content_type)) == (401, "invalid_credentials")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/*",
        "*/*",
        "application/jsonp",
        "application/problem+json",
        "text/json",
        "json",
        "x" * 5_000,
        "application/json, application/json",
    ],
)
def test_another_content_type_is_415(content_type: str) -> None:
    assert refusal(post(RIGHT, content_type)) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
    ],
)
def test_no_body_at_all_names_the_fields(content_type: str) -> None:
    answer = post(b"", content_type)
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {"username", "password"}


@pytest.mark.parametrize("content_type", ["application/json", "", "text/plain"])
def test_where_no_body_is_wanted_none_is_looked_at(alice: User, content_type: str) -> None:
    token = sessions.open_session(
        alice, sessions.Evidence("weak", token_name="curl"), epoch=alice.auth_epoch
    )[1]
    answer = Program().generic(
        "DELETE", "/v1/logout", b"", content_type, headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 204


READING = [
    (path, method)
    for path, method in OPERATIONS
    if method != "get" and "/authenticator/" not in path
]


@pytest.mark.parametrize(
    ("path", "method"), READING, ids=[f"{method} {path}" for path, method in READING]
)
def test_too_much_is_413_wherever_something_is_read(alice: User, path: str, method: str) -> None:
    """And where nothing is read, nothing is too much."""
    token = sessions.open_session(
        alice, sessions.Evidence("weak", token_name="curl"), epoch=alice.auth_epoch
    )[1]
    large = json.dumps({"more": "x" * 66_000}).encode()
    headers = {"authorization": f"Bearer {token}"}
    answer = Program().generic(
        method.upper(), filled(path), large, "application/json", headers=headers
    )
    if "requestBody" in (contract.operation_of(method, filled(path)) or {}):
        assert refusal(answer) == (413, "payload_too_large")
    else:
        assert answer.status_code != 413


# Methods and addresses


@pytest.mark.parametrize("path", METHODS)
def test_a_method_that_is_not_there_is_405_with_those_that_are(alice: User, path: str) -> None:
    token = sessions.open_session(
        alice, sessions.Evidence("weak", token_name="curl"), epoch=alice.auth_epoch
    )[1]
    there = METHODS[path] | ({"HEAD"} if "GET" in METHODS[path] else set())
    for method in sorted(set(EVERY) - there):
        answer = Program().generic(
            method, filled(path), headers={"authorization": f"Bearer {token}"}
        )
        assert set(answer["Allow"].split(", ")) == there, method
        if method == "HEAD":
            assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
        else:
            assert refusal(answer) == (405, "method_not_allowed"), method


@pytest.mark.parametrize("path", ["/v1/schema", "/v1/schema/", "/v1/docs", "/v1/docs/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_what_is_only_read_says_so(path: str, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, path)
    assert refusal(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/v1/schema", "/v1/docs"])
def test_the_document_and_its_page_are_there_with_and_without_a_slash(path: str) -> None:
    assert Client().get(path).content == Client().get(f"{path}/").content
    assert Client().head(path).status_code == 200


@pytest.mark.parametrize("method", EVERY)
@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/auth/nothing",
        "/v1//me",
        "/v1/me/",
        "/v1/auth/login/",
        "/v1/sessions/x/",
        "/v1/me.json",
        "/v1/me%0a",
        "/v1/authenticator/",
        "/v1/authenticator/pair/",
        "/v1/schema/x",
        "/v1/%00",
        "/v1/ü",
    ],
)
def test_an_unknown_address_is_404_by_any_method(path: str, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, path, b"{}", "application/json")
    if method == "HEAD":
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    else:
        assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize(
    "path", ["/v1/me", "/v1/sessions", "/v1/login-history", "/v1/list-mfa-methods"]
)
def test_head_is_get_without_the_body(alice: User, path: str) -> None:
    token = sessions.open_session(
        alice, sessions.Evidence("weak", token_name="curl"), epoch=alice.auth_epoch
    )[1]
    headers = {"authorization": f"Bearer {token}"}
    head, got = Program().head(path, headers=headers), Program().get(path, headers=headers)
    assert (head.status_code, head.content, head["Content-Type"]) == (200, b"", got["Content-Type"])
    assert Program().head(path).status_code == 401
