"""All frozen vectors of nod-push-v1, in JavaScript: the module that signs in people's browsers, in
a real browser.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

ROOT = Path(__file__).resolve().parent.parent
ORIGIN = "http://localhost:1"  # a secure context that no server has to answer for
SUITE: dict[str, Any] = json.loads(
    (ROOT / "authenticator/tests/vectors/nod-push-v1.json").read_text()
)


def serve_file(route: Route) -> None:
    """Our own files, straight from the tree."""
    path = ROOT / route.request.url.removeprefix(f"{ORIGIN}/")
    if path == ROOT:
        route.fulfill(body="<!doctype html><title>vectors</title>", content_type="text/html")
    else:
        route.fulfill(body=path.read_text(), content_type="text/javascript")


@pytest.fixture
def page(new_browser: Callable[..., BrowserContext]) -> Page:
    page = new_browser().new_page()
    page.route(f"{ORIGIN}/**", serve_file)
    page.goto(ORIGIN)
    return page


def run(page: Page, suite: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = page.evaluate(
        "async (suite) => (await import('/authenticator/tests/js/vectors.js')).run(suite)", suite
    )
    return result


def vector(suite: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in suite["vectors"] if one["id"] == name)
    return found


def test_all_253_vectors_hold_in_the_browser(page: Page) -> None:
    result = run(page, SUITE)
    assert result["failed"] == []
    assert result["held"] == 253
    assert result["signed"] > 50, "our own signatures were put through the same checks"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("pair-plain", {"expect": "bad_signature"}),
        ("pair-plain", {"bytes": "bm9kLXB1c2gtdjE6cGFpcgo"}),
        ("pair-plain", {"digest": "A" * 43}),
        ("pair-plain", {"server": {"aud": "https://evil.example"}}),
        ("pair-plain", {"server": {"now": 1_800_000_061}}),
    ],
)
def test_the_suite_notices_a_fault(page: Page, name: str, change: dict[str, Any]) -> None:
    broken = copy.deepcopy(SUITE)
    broken["vectors"] = [vector(broken, name) | change]
    assert run(page, broken)["failed"] != []
