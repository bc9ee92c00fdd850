"""Every answer carries the same headers, whoever made it."""

from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from mfaproject import middleware
from mfaproject.tests import site

pytestmark = [pytest.mark.urls(site.__name__), pytest.mark.django_db]

ANSWERS = [
    "/help/",
    "/test/forbid",
    "/test/suspect",
    "/test/crash",
    "/test/database",
    "/v1/test/crash",
    "/healthz",
    "/readyz",
    "/metrics",
    "/nowhere",
]
DIRECTIVES = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
TRUSTED = {"require-trusted-types-for 'script'", "trusted-types 'none'"}
WORKER = {
    "require-trusted-types-for 'script'",
    "trusted-types nod-sw",
    "worker-src 'self'",
    "manifest-src 'self'",
}


def directives(policy: str) -> set[str]:
    return {part.strip() for part in policy.split(";")}


@pytest.fixture
def quiet(client: Client) -> Client:
    """Gives a 500 instead of raising."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_has_the_headers_error_pages_included(quiet: Client, path: str) -> None:
    answer = quiet.get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert directives(answer["Content-Security-Policy"]) == DIRECTIVES | TRUSTED
    assert answer["X-Request-ID"]


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("/", TRUSTED),
        ("/login/", TRUSTED),
        ("/v1/authenticator/inbox", TRUSTED),
        ("/authenticator/", WORKER),
        ("/authenticator/sw.js", WORKER),
        ("/admin/", set()),
        ("/admin/risk/loginlog/", set()),
        ("/v1/docs/", TRUSTED),
        ("/administration/", TRUSTED),
    ],
)
def test_the_policy_differs_only_for_the_authenticator_and_for_pages_by_others(
    path: str, extra: set[str]
) -> None:
    assert directives(middleware.policy(path)) == DIRECTIVES | extra


def test_hsts_is_sent_when_the_site_is_https(client: Client, settings: Settings) -> None:
    assert "Strict-Transport-Security" not in client.get("/help/")
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert client.get("/help/")["Strict-Transport-Security"] == "max-age=31536000"


def test_a_page_may_be_stricter_about_the_referrer(client: Client) -> None:
    assert client.get("/test/strict")["Referrer-Policy"] == "no-referrer"


def test_a_page_cannot_make_itself_cacheable(client: Client) -> None:
    assert client.get("/test/cached")["Cache-Control"] == "no-store"


def test_the_shell_of_the_authenticator_says_itself_how_long_it_keeps(client: Client) -> None:
    assert client.get("/authenticator/test/cached")["Cache-Control"] == "max-age=600"


def test_a_missing_static_file_is_not_cached(client: Client) -> None:
    answer = client.get("/static/none.css")
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/static/css/nod.css", 200, True),
        ("/static/css/nod.css", 304, True),
        ("/authenticator/sw.js", 200, True),
        ("/authenticator/", 404, False),
        ("/static/css/nod.css", 500, False),
        ("/login/", 200, False),
        ("/v1/authenticator/inbox", 200, False),
    ],
)
def test_only_files_and_the_shell_may_be_cached_and_no_error(
    path: str, status: int, expected: bool
) -> None:
    assert middleware.may_be_cached(path, status) is expected


def test_static_files_have_the_headers_and_may_be_cached(settings: Settings) -> None:
    kept = Path(settings.STATIC_ROOT) / "test-headers.css"
    kept.write_text("a { color: red }")
    try:
        serve = middleware.HeadersMiddleware(
            WhiteNoiseMiddleware(lambda request: pytest.fail("not served"))
        )
        answer = serve(RequestFactory().get("/static/test-headers.css"))
        answer.close()
    finally:
        kept.unlink()
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "public" in answer["Cache-Control"]
    assert directives(answer["Content-Security-Policy"]) == DIRECTIVES | TRUSTED
