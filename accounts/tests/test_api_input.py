"""What clients send that nobody should: always 4xx with a problem document, never a crash."""

import json
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.api import Program, refusal
from mfaproject.lib.testing import PASSWORD, person

pytestmark = pytest.mark.django_db
LOGIN = "/v1/auth/login"


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    return user


def post(raw: bytes, content_type: str = "application/json", **headers: str) -> Any:
    return Program().generic("POST", LOGIN, raw, content_type, headers=headers)


BAD = {
    "nothing": b" ",
    "no JSON": b"{",
    "a form": b"username=alice",
    "keys twice": b'{"username": "alice", "username": "bob", "password": "x"}',
    "keys twice inside": b'{"username": "alice", "password": "x", "more": {"a": 1, "a": 2}}',
    "NaN": b'{"username": "alice", "password": NaN}',
    "Infinity": b'{"username": "alice", "password": -Infinity}',
    "beyond a float": b'{"username": "alice", "password": 1e999}',
    "5,000 digits": b'{"username": "alice", "password": ' + b"9" * 5_000 + b"}",
    "deep arrays": b"[" * 60_000,
    "deep objects": b'{"a":' * 10_000,
    "a lone surrogate": b'{"username": "\\ud800", "password": "x"}',
    "a lone surrogate in a key": b'{"username": "alice", "password": "x", "\\udc00": 1}',
    "a surrogate in UTF-8": b'{"username": "\xed\xa0\x80", "password": "x"}',
    "NUL": b'{"username": "alice\\u0000", "password": "x"}',
    "a raw NUL": b'{"username": "alice\x00", "password": "x"}',
    "not UTF-8": b'{"username": "\xff", "password": "x"}',
    "UTF-16": '{"username": "alice", "password": "x"}'.encode("utf-16"),
    "an array": b'["alice", "x"]',
    "a string": b'"alice"',
    "null": b"null",
    "a byte order mark": b'\xef\xbb\xbf{"username": "alice", "password": "x"}',
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD.keys())
def test_bad_json_is_400(raw: bytes) -> None:
    assert refusal(post(raw)) == (400, "bad_request")


def test_arrays_100_000_deep_are_too_large_before_anybody_counts_them() -> None:
    assert refusal(post(b"[" * 100_000)) == (413, "payload_too_large")


@pytest.mark.parametrize("value", [7, 1.5, True, None, [], {}, ["alice"], {"$ne": ""}])
@pytest.mark.parametrize("field", ["username", "password"])
def test_wrong_types_are_named(field: str, value: object) -> None:
    answer = post(json.dumps({"username": "alice", "password": PASSWORD} | {field: value}).encode())
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {field}


def test_every_field_that_is_missing_is_named() -> None:
    answer = post(b"{}")
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {"username", "password"}


def test_no_body_names_the_fields_too() -> None:
    answer = Program().post(LOGIN, content_type="application/json")
    assert refusal(answer) == (400, "bad_request")


def test_a_body_of_64_kib_is_read_and_one_more_byte_is_413() -> None:
    frame = b'{"username": "alice", "password": "x", "more": "%s"}'
    fits = frame % (b"m" * (65_536 - len(frame) + 2))
    assert len(fits) == 65_536
    assert refusal(post(fits)) == (401, "invalid_credentials")
    assert refusal(post(fits + b" ")) == (413, "payload_too_large")


def test_no_query_makes_it_something_else() -> None:
    answer = Program().generic("POST", LOGIN + "?format=html&format=api", b"{}", "application/json")
    assert refusal(answer) == (400, "bad_request")


@pytest.mark.parametrize("password", ["x" * 1025, "x" * 60_000])
def test_a_password_that_nobody_would_hash_is_refused_before(password: str) -> None:
    answer = Program().call("auth/login", username="alice", password=password)
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {"password"}


@pytest.mark.parametrize("code", [123456, None, True, [], "", "1" * 101, "1" * 60_000])
def test_a_code_is_a_short_text(code: object) -> None:
    program = Program()
    reference = program.begin()
    program.mailed(reference)
    answer = program.call("auth/verify-login-email-code", reference_id=reference, code=code)
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {"code"}


def test_extra_keys_do_nothing() -> None:
    program = Program()
    assert program.begin(is_staff="true", user_id="1", required_mfa="false", state="proven")


def test_answers_are_not_kept_by_anybody() -> None:
    answer = Program().call("auth/login", username="alice", password=PASSWORD)
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
