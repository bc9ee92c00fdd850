"""The page that shows the API, as its readers use it; and every line and example on it, sent to a
real server.
"""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.http import HttpResponse
from playwright.sync_api import Locator, expect

from accounts.api import reference
from accounts.tests import contract
from e2e.looks import Look
from e2e.pages import Laptop
from e2e.people import People
from e2e.server import Nod
from mfaproject.lib.patience import PATIENCE

BODIES = {"POST", "PATCH", "PUT"}
REFUSED = (400, 404, 405, 406, 411, 413, 415, 422, 500)
"""What an example must never be answered with: it is wrong in itself."""


@pytest.fixture
def laptop(people: People) -> Laptop:
    return people.laptop()


def call(laptop: Laptop, path: str, method: str = "POST") -> Locator:
    """The part of the page about one call."""
    return laptop.page.locator("details").filter(
        has=laptop.page.get_by_role("heading", name=f"{method} {path}", exact=True)
    )


def test_everybody_can_read_it(laptop: Laptop, look: Look) -> None:
    page = laptop.open("/v1/docs/")
    look.at(page, "API")
    for each in page.locator("details").all():
        each.evaluate("(one) => { one.open = true; }")
    look.at(page, "API")


def test_a_call_opens_by_keyboard_and_by_its_place_in_the_list(laptop: Laptop) -> None:
    page = laptop.open("/v1/docs/")
    login = call(laptop, "/v1/auth/login")
    inside = login.get_by_text("Name and password: a token where they are enough")
    expect(inside).to_be_hidden()
    login.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(inside).to_be_visible()
    page.keyboard.press("Enter")
    expect(inside).to_be_hidden()
    page.get_by_role("navigation", name="All calls").get_by_role(
        "link", name="POST /v1/auth/login", exact=True
    ).focus()
    page.keyboard.press("Enter")
    expect(inside).to_be_visible()
    expect(inside).to_be_in_viewport()


def test_it_asks_for_nothing_from_elsewhere_and_works_without_a_script(people: People) -> None:
    laptop, asked = people.laptop(java_script_enabled=False), []
    laptop.page.on("request", lambda request: asked.append(request.url))
    laptop.open("/v1/docs/")
    me = call(laptop, "/v1/me", "GET")
    me.locator("summary").click()
    expect(me.get_by_text('"email_verified": true')).to_be_visible()
    assert {url for url in asked if not url.startswith((laptop.nod.origin, "data:"))} == set()


# Every line and every example


@pytest.fixture
def document(nod: Nod) -> dict[str, Any]:
    told: dict[str, Any] = (
        httpx.get(f"{nod.origin}/v1/schema/", timeout=PATIENCE).raise_for_status().json()
    )
    return told


def sent(document: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every operation with each of its examples: method, address, body."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            values = {
                one["name"]: next(iter(one["examples"].values()))["value"]
                for one in said.get("parameters", [])
            }
            examples = (
                said.get("requestBody", {})
                .get("content", {})
                .get("application/json", {})
                .get("examples", {"none": {"value": None}})
            )
            for example in examples.values():
                yield method.upper(), path.format_map(values), example["value"]


def told(answer: httpx.Response) -> HttpResponse:
    """As the contract reads it."""
    return HttpResponse(
        answer.content,
        status=answer.status_code,
        headers={name.title(): value for name, value in answer.headers.items()},
    )


@pytest.mark.parametrize(
    "separators", [(",", ":"), (", ", ": ")], ids=["as JSON.stringify writes it", "with spaces"]
)
def test_no_example_is_refused_for_what_it_is(
    nod: Nod, document: dict[str, Any], separators: tuple[str, str]
) -> None:
    """With nobody's token and nobody's reference most come to nothing. None is
    one that could not have worked."""
    for method, path, body in sent(document):
        raw = (
            b""
            if body is None
            else json.dumps(body, separators=separators, ensure_ascii=False).encode()
        )
        headers = {"Content-Type": "application/json"} if raw else {}
        answer = httpx.request(
            method, nod.origin + path, content=raw, headers=headers, timeout=PATIENCE
        )
        where = f"{method} {path}: {answer.text}"
        if "username" in where and "taken" in where:  # the same example twice
            continue
        assert answer.status_code not in REFUSED, where
        assert contract.faults(method, path, raw, told(answer)) == []


def test_every_line_for_curl_reaches_its_call(nod: Nod, document: dict[str, Any]) -> None:
    lines = [
        call.curl
        for section in reference.sections(document, nod.origin)
        for call in section.operations
        if call.curl
    ]
    assert len(lines) > 20
    for line in lines:
        quiet = line.replace(
            "curl ", "curl --silent --show-error --write-out '\\n%{http_code}' ", 1
        )
        done = subprocess.run(
            ["sh", "-c", quiet], capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        body, _, status = done.stdout.rpartition("\n")
        if not ("username" in body and "taken" in body):
            assert int(status) not in REFUSED, (line, done.stdout)
