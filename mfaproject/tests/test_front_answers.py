"""Answers for which Django is not asked look like all others; and which requests
hash a password.
"""

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from prometheus_client import REGISTRY

from mfaproject.front import site
from mfaproject.front.messages import Request
from mfaproject.front.refusals import Refusals
from mfaproject.front.threads import Lane

STATUSES = (400, 405, 408, 413, 414, 417, 431, 500, 503, 505)


def request(path: str = "/login/", method: str = "GET", **fields: str) -> Request:
    named = [(name.replace("_", "-"), value) for name, value in fields.items()]
    return Request(
        method, path.encode(), b"", "1.1", named, "192.0.2.1", ("", 0), "http", 0.0, True
    )


def refused(
    status: int, asked: Request | None, *, begun: bool = False
) -> tuple[dict[str, str], str]:
    answer = Refusals()(status, asked, begun)
    assert answer.status == status
    return {name.lower(): value for name, value in answer.fields}, answer.body.decode()


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("path", ["/login/", "/v1/auth/login"])
def test_it_has_the_headers_of_every_answer(client: Client, status: int, path: str) -> None:
    ours = {name.lower(): value for name, value in client.get("/nowhere/").headers.items()}
    fields, _body = refused(status, request(path))
    told = {"content-type", "content-language", "x-request-id", "vary", "content-length"}
    for name in ours.keys() - told:
        assert fields[name] == ours[name], name
    assert ("retry-after" in fields) == (status == 503)


@pytest.mark.parametrize("status", STATUSES)
def test_a_page_names_its_request(status: int) -> None:
    refusals = Refusals()
    ids = set()
    for _each in range(2):
        answer = refusals(status, request(), False)
        (identifier,) = (value for name, value in answer.fields if name == "X-Request-ID")
        assert identifier in answer.body.decode()
        ids.add(identifier)
    assert len(ids) == 2, "kept pages have new ids"


@pytest.mark.parametrize("status", STATUSES)
def test_a_program_gets_a_problem_document(status: int) -> None:
    fields, body = refused(status, request("/v1/auth/login"))
    assert fields["content-type"] == "application/problem+json"
    problem = json.loads(body)
    assert (problem["status"], problem["request_id"]) == (status, fields["x-request-id"])
    assert problem["code"]
    assert problem["detail"]


def test_before_anything_was_read_it_is_a_page() -> None:
    fields, body = refused(400, None)
    assert fields["content-type"].startswith("text/html")
    assert "<!doctype html>" in body


@pytest.mark.parametrize(
    ("fields", "language"),
    [
        ({}, "en"),
        ({"accept_language": "fr-CH, en;q=0.5"}, "fr"),
        ({"accept_language": "de"}, "en"),
        ({"accept_language": "en", "cookie": f"x=y; {settings.LANGUAGE_COOKIE_NAME}=fr"}, "fr"),
        ({"accept_language": "fr", "cookie": "\x00;;=;"}, "fr"),
    ],
)
def test_it_speaks_the_readers_language(fields: dict[str, str], language: str) -> None:
    told, body = refused(503, request(**fields))
    assert told["content-language"] == language
    assert f'<html lang="{language}"' in body


def test_what_was_begun_is_not_called_undone() -> None:
    for path in ("/login/", "/v1/auth/login"):
        before = refused(503, request(path))[1]
        begun = refused(503, request(path), begun=True)[1]
        assert ("cannot say" in before.lower(), "cannot say" in begun.lower()) == (False, True)


@pytest.mark.parametrize(("status", "body"), [(200, "ok\n"), (503, "ending\n")])
def test_healthz_is_a_word(status: int, body: str) -> None:
    fields, said = refused(status, request("/healthz"))
    assert (fields["content-type"], said) == ("text/plain", body)


def test_they_are_counted() -> None:
    labels = {"method": "other", "view": "front", "status": "408"}
    before = REGISTRY.get_sample_value("nod_http_requests_total", labels) or 0.0
    refused(408, request(method="BREW"))
    assert REGISTRY.get_sample_value("nod_http_requests_total", labels) == before + 1


class TestLanes:
    def test_the_paths_that_hash_a_password(self) -> None:
        pages = {"/login/", "/signup/", "/enrol/", "/reset/new/", "/security/prove/"}
        pages |= {"/security/password/"}
        assert site.hashing() == pages | {"/v1/auth/login", "/v1/auth/register"}

    def test_every_module_that_hashes_is_behind_one_of_them(self) -> None:
        """Whoever enters the gate of hashes is called by a view that says so."""
        services = Path(settings.BASE_DIR, "accounts", "services").glob("*.py")
        enters = {path.stem for path in services if "gate.slot(" in path.read_text()}
        assert enters == {"enrol", "login", "proof", "reset", "security", "signup"}

    @pytest.mark.parametrize(
        ("method", "path", "lane"),
        [
            ("POST", "/login/", Lane.HASH),
            ("POST", "/v1/auth/login", Lane.HASH),
            ("POST", "/%6Cogin/", Lane.HASH),
            ("POST", "/v1/auth%2flogin", Lane.HASH),
            ("POST", "/logi%6E/", Lane.HASH),
            ("POST", "/v1/%61uth/login", Lane.HASH),
            ("GET", "/login/", Lane.USUAL),
            ("POST", "/login/choose/", Lane.USUAL),
            ("POST", "/login", Lane.USUAL),
            ("POST", "/login/\xff", Lane.USUAL),
        ],
    )
    def test_of_a_request(self, method: str, path: str, lane: Lane) -> None:
        assert site.lane(request(path, method)) is lane

    def test_reports_have_more_time(self) -> None:
        usual = site.patience(request("/login/"))
        assert site.patience(request("/admin/risk/")) > usual
        assert site.patience(request("/%61dmin/risk/")) > usual


@pytest.mark.parametrize(
    ("proxies", "count", "peer", "forwarded", "counted"),
    [
        ([], 0, "192.0.2.1", ("198.51.100.1",), "192.0.2.1"),
        (["192.0.2.0/24"], 0, "192.0.2.1", ("198.51.100.1",), "198.51.100.1"),
        (["192.0.2.0/24"], 0, "192.0.2.1", ("203.0.113.9", "198.51.100.1"), "198.51.100.1"),
        (["192.0.2.0/24"], 0, "192.0.2.1", ("rubbish",), "192.0.2.1"),
        (["192.0.2.0/24"], 0, "203.0.113.1", ("198.51.100.1",), "203.0.113.1"),
        ([], 1, "192.0.2.1", ("198.51.100.1", "[2001:db8::7]:443"), "2001:db8::/64"),
        ([], 0, "2001:db8::7%eth0", (), "2001:db8::/64"),
        ([], 0, "", (), "unknown"),
    ],
)
def test_whose_turn_it_is(
    settings: Any,
    proxies: list[str],
    count: int,
    peer: str,
    forwarded: tuple[str, ...],
    counted: str,
) -> None:
    settings.TRUSTED_PROXIES, settings.TRUSTED_PROXY_COUNT = (
        [ip_network(each) for each in proxies],
        count,
    )
    fields = [("x-forwarded-for", each) for each in forwarded]
    asked = Request("GET", b"/", b"", "1.1", fields, peer, ("", 0), "http", 0.0, True)
    assert site.whose(asked) == counted
