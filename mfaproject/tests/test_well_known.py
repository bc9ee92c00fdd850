"""What programs look for on every site, hosts that are none of ours, and HEAD."""

import http.client
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts import sessions
from accounts.models import User
from accounts.tests.helpers import Browser, phone
from mfaproject import errors
from mfaproject.lib.patience import PATIENCE
from mfaproject.lib.testing import FrozenClock, person
from mfaproject.tests.serving import Served
from mfaproject.tests.test_pathways import admin_paths, filled, routes

pytestmark = pytest.mark.django_db

PATHS = ("/favicon.ico", "/robots.txt", "/.well-known/change-password", "/.well-known/security.txt")
CONTACTS = ["mailto:security@example.org", "https://example.org/report"]


def signed_in(**flags: Any) -> Client:
    user: User = person(**flags)
    phone(user)
    browser = Browser()
    browser.cookies["nod_session"] = sessions.open_session(
        user, sessions.Evidence("strong"), epoch=user.auth_epoch
    )[1]
    return browser


def ended(answer: Any) -> Any:
    """The answer, read to its end: files are sent in pieces and stay open until then.

    Not `close()`: it says that the request is over, and Django gives back the connection on which
    the test's own transaction is open.
    """
    answer.body = b"".join(answer)
    for close in answer._resource_closers:
        close()
    return answer


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_programs_find_it_without_cookies_or_database(
    settings: Any, path: str, method: str
) -> None:
    settings.SECURITY_CONTACT = CONTACTS
    browser = signed_in()
    browser.cookies["nod_lang"] = "fr"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = ended(getattr(browser, method)(path))
    assert answer.status_code in (200, 302)
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "no-store" not in answer["Cache-Control"]
    assert len(queries) == 0


def test_password_managers_are_led_to_the_page() -> None:
    browser = signed_in()
    answer = browser.get("/.well-known/change-password")
    assert answer["Location"] == "/security/password/"
    assert browser.get(answer["Location"]).status_code == 200


def test_they_can_tell_that_we_mean_it() -> None:
    """By asking for what cannot be there: W3C, A Well-Known URL for Changing Passwords, 3."""
    assert (
        Client()
        .get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200")
        .status_code
        == 404
    )


def test_crawlers_are_sent_away_and_browsers_get_an_icon() -> None:
    robots, icon = ended(Client().get("/robots.txt")), ended(Client().get("/favicon.ico"))
    assert robots.body == b"User-agent: *\nDisallow: /\n"
    assert robots["Content-Type"].startswith("text/plain")
    assert icon["Content-Type"] in ("image/x-icon", "image/vnd.microsoft.icon")
    assert icon.body.startswith(b"\0\0\1\0")


def test_whom_to_tell_of_a_weakness(settings: Any, clock: FrozenClock) -> None:
    assert Client().get("/.well-known/security.txt").status_code == 404, "nobody is made up"
    settings.SECURITY_CONTACT, settings.PUBLIC_ORIGIN = CONTACTS, "https://login.example.org"
    settings.ALLOWED_HOSTS = ["testserver"]
    answer = Client().get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
    assert [value for name, value in fields if name == "Contact"] == CONTACTS
    (expires,) = [datetime.fromisoformat(value) for name, value in fields if name == "Expires"]
    assert timedelta(days=100) < expires.astimezone(UTC) - clock.at < timedelta(days=365)
    assert ["Canonical", "https://login.example.org/.well-known/security.txt"] in fields


def test_the_authenticators_host_has_it_too_and_no_page(settings: Any) -> None:
    settings.SECURITY_CONTACT, settings.PUBLIC_ORIGIN, settings.AUTHENTICATOR_ORIGIN = (
        CONTACTS,
        "https://login.example.org",
        "https://auth.example.org",
    )
    settings.AUTHENTICATOR_HAS_OWN_ORIGIN, settings.ALLOWED_HOSTS = (
        True,
        ["login.example.org", "auth.example.org"],
    )
    answers = {
        path: ended(Client().get(path, headers={"Host": "auth.example.org"})).status_code
        for path in PATHS
    }
    assert answers == {
        "/favicon.ico": 200,
        "/robots.txt": 200,
        "/.well-known/change-password": 404,
        "/.well-known/security.txt": 200,
    }


@pytest.fixture
def unheard() -> None:
    errors._scanned.reset()


@pytest.mark.usefixtures("unheard")
class TestAHostThatIsNotOurs:
    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "203.0.113.9",
            "login.example.org.evil.example",
            "a b",
            "[::1",
            "",
            "localhost:port",
        ],
    )
    @pytest.mark.parametrize("path", ["/", "/login/", "/nowhere", "/admin/"])
    def test_gets_a_page_that_names_the_right_address(
        self, settings: Any, host: str, path: str
    ) -> None:
        settings.PUBLIC_ORIGIN = "https://login.example.org"
        with CaptureQueriesContext(connection) as queries:
            page = Client().get(path, headers={"Host": host, "Cookie": "nod_session=" + "x" * 43})
        assert page.status_code == 400
        assert 'href="https://login.example.org/"' in page.content.decode()
        assert page["X-Request-ID"] in page.content.decode()
        assert not page.cookies
        assert len(queries) == 0

    def test_in_the_language_of_who_asks(self) -> None:
        assert (
            "Mauvaise adresse"
            in Client()
            .get("/", headers={"Host": "evil.example", "Accept-Language": "fr"})
            .content.decode()
        )

    def test_gets_a_problem_document_below_v1(self) -> None:
        told = Client().post(
            "/v1/auth/login", "{}", "application/json", headers={"Host": "evil.example"}
        )
        assert (told.status_code, told["Content-Type"]) == (400, "application/problem+json")
        assert json.loads(told.content)["detail"] == "This site is at http://localhost:8000."

    def test_is_told_once_a_minute_and_as_no_error(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO):
            for number in range(50):
                Client().get("/", headers={"Host": f"{number}.evil.example\x1b[2J"})
        assert [(record.name, record.levelname) for record in caplog.records] == [
            ("nod.errors", "WARNING")
        ]
        assert "\x1b" not in str(vars(caplog.records[0])["host"])

    def test_our_own_host_is_let_through_in_any_spelling(self) -> None:
        for host in (
            "localhost",
            "LOCALHOST:8000",
            "localhost.",
            "127.0.0.1:1",
            "[::1]:8000",
            "testserver",
        ):
            assert Client().get("/help/", headers={"Host": host}).status_code == 200, host


def pages() -> list[str]:
    """Every address that a GET may be sent to, and those of the admin."""
    plain = [
        filled(route)
        for route in routes(get_resolver().url_patterns)
        if "(?P" not in route and "<" not in filled(route)
    ]
    lists = [
        f"/{route}"
        for route in routes(get_resolver().url_patterns)
        if route.startswith("security/authenticators/") and "(?P" not in route
    ]
    return sorted(
        {*plain, *lists, *admin_paths(), "/", "/favicon.ico", "/robots.txt"} - {"/admin/logout/"}
    )


def test_head_is_answered_wherever_get_is() -> None:
    for browser in (Browser(), signed_in(is_staff=True, is_superuser=True)):
        for path in pages():
            got = ended(browser.get(path))
            if got.status_code == 405:
                continue
            head = ended(browser.head(path))
            assert head.status_code == got.status_code, path
            assert head.get("Content-Type") == got.get("Content-Type"), path
            assert (
                head.get("Location", "").partition("?")[0]
                == got.get("Location", "").partition("?")[0]
            ), path
            assert head.body == b"", path


def test_head_changes_nothing(settings: Any) -> None:
    browser = signed_in()
    device = User.objects.get().mfa_factors.get(kind="push")
    for path in (
        f"/security/authenticators/{device.pk}/revoke/",
        f"/security/authenticators/{device.pk}/",
        "/logout/",
    ):
        browser.head(path)
    device.refresh_from_db()
    assert device.revoked_at is None
    assert browser.get("/").status_code == 200


@pytest.mark.embedded
def test_a_served_head_has_no_body(tmp_path: Path) -> None:
    served = Served(
        tmp_path, "--no-delivery", SECURITY_CONTACT="mailto:security@example.org"
    ).start()
    try:
        for path in ("/", "/login/", "/help/", "/v1/schema/", *PATHS):
            connected = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
            connected.request("HEAD", path, headers={"Host": f"localhost:{served.port}"})
            answer = connected.getresponse()
            assert answer.status in (200, 302), path
            assert answer.read() == b""
            connected.request("GET", "/healthz")
            assert connected.getresponse().status == 200, "the connection is still in step"
            connected.close()
    finally:
        served.kill()
