"""What surrounds the API: other sites' pages, and the schema."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client

from accounts.api import schema
from accounts.tests import contract
from accounts.tests.api import Program
from accounts.tests.document import OPERATIONS, filled
from mfaproject.lib.testing import PASSWORD

pytestmark = pytest.mark.django_db
APP = "https://app.example.org"
LOGIN = "/v1/auth/login"
ASK = {
    "origin": APP,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
}


def cors_headers(answer: Any) -> dict[str, str]:
    return {
        name: value
        for name, value in answer.headers.items()
        if name.lower().startswith("access-control")
    }


def test_no_page_of_another_site_may_call_unless_it_is_named() -> None:
    answer = Program().call(
        "auth/login", headers={"origin": APP}, username="alice", password=PASSWORD
    )
    assert cors_headers(answer) == {}
    asked = Client().options(LOGIN, headers=ASK)
    assert asked.status_code == 405
    assert cors_headers(asked) == {}


def test_a_page_that_is_named_may(settings: Any) -> None:
    settings.API_CORS_ORIGINS = [APP]
    asked = Client().options(LOGIN, headers=ASK)
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Origin"] == APP
    assert "POST" in asked["Access-Control-Allow-Methods"]
    answer = Program().call(
        "auth/login", headers={"origin": APP}, username="alice", password=PASSWORD
    )
    assert answer.status_code == 401
    assert answer["Access-Control-Allow-Origin"] == APP
    assert "Origin" in answer["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_browser_asks_before_it_has_shown_any_token(settings: Any) -> None:
    settings.API_CORS_ORIGINS = [APP]
    for path, method in (
        ("/v1/me", "PATCH"),
        ("/v1/logout", "DELETE"),
        ("/v1/add-totp-method", "POST"),
    ):
        asked = Client().options(path, headers=ASK | {"access-control-request-method": method})
        assert asked.status_code == 204, path
        assert method in asked["Access-Control-Allow-Methods"]
    assert Client().get("/v1/me", headers={"origin": APP}).status_code == 401


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://app.example.org.evil.example",
        "http://app.example.org",
        "",
    ],
)
def test_any_other_page_still_may_not(settings: Any, origin: str) -> None:
    settings.API_CORS_ORIGINS = [APP]
    asked = Client().options(LOGIN, headers=ASK | {"origin": origin})
    assert asked.status_code == 405
    assert cors_headers(asked) == {}


def test_the_schema_is_served_as_it_is_written() -> None:
    answer = Client().get("/v1/schema/")
    assert answer.status_code == 200
    assert answer.json() == schema.document()
    assert answer.json()["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    ("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS]
)
def test_the_document_says_who_may_call(path: str, method: str) -> None:
    """`security: []` where nobody is asked who they are; else nothing is done
    for who does not say."""
    operation = contract.operation_of(method, filled(path))
    assert operation is not None
    answer = Program().generic(method.upper(), filled(path), b"{}", "application/json")
    asked = answer.status_code == 401 and answer.json()["code"] == "unauthorized"
    assert operation["security"] == (
        [] if not asked else [{"device": []}] if "/authenticator/" in path else [{"token": []}]
    )


def shapes(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema anywhere in the document."""
    if isinstance(part, list):
        for one in part:
            yield from shapes(one)
    elif isinstance(part, dict):
        yield part
        for one in part.values():
            yield from shapes(one)


def test_a_default_is_a_value_that_may_be_sent() -> None:
    """Generated clients send it."""
    document = contract.document()
    found = [
        shape
        for shape in shapes([document["components"], document["paths"]])
        if "default" in shape and {"type", "$ref"} & shape.keys()
    ]
    assert found, "the pages of lists have some"
    for shape in found:
        jsonschema.validate(shape["default"], shape | {"components": document["components"]})


def contents(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every place of the schema that holds a body, requests and answers alike."""
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            places = {"request": operation.get("requestBody", {}), **operation["responses"]}
            found += [
                (f"{method} {path} {status}", content)
                for status, place in places.items()
                for content in place.get("content", {}).values()
            ]
    return found


def test_every_answer_has_an_example_and_every_example_fits_its_shape() -> None:
    document = schema.document()
    for where, content in contents(document):
        assert content.get("examples"), f"{where} has no example"
        shape = content["schema"] | {"components": document["components"]}
        for example in content["examples"].values():
            jsonschema.validate(example["value"], shape)
