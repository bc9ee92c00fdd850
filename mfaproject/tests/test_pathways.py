"""Password alone never yields an authenticated answer where more was asked: every address, as
everybody, against a golden table.

A new route must be listed here, or the first test fails.
"""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import sessions
from accounts.models import User
from accounts.tests.helpers import Browser, phone
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db

# What GET answers: 200 shows, 302> where to, 4xx. For nobody; with a right password and an open
# question (pending); for somebody signed in; for staff with a password only; for staff with a
# strong proof.
LOGIN, ADD = "302>/login/", "302>/security/authenticators/add/"
OPEN = ("200", "200", "200", "302>add", "200")
MEMBERS = ("302>login", "302>login", "200", "302>add", "200")
PROVED = ("302>login", "302>login", "302>prove", "302>add", "200")
POST_ONLY = ("405", "405", "405", "302>add", "405")
GONE = ("410", "410", "410", "302>add", "410")
MACHINE = ("200", "200", "200", "200", "200")
STAFF = ("302>login", "302>login", "302>login", "302>add", "200")

TABLE: dict[str, tuple[str, str, str, str, str]] = {
    "/": MEMBERS,
    "/signup/": ("200", "200", "302>/", "302>add", "302>/"),
    "/login/": ("200", "200", "302>/", "302>add", "302>/"),
    "/login/wait/": ("410", "200", "200", "302>add", "200"),
    "/login/state/": ("200", "200", "200", "302>add", "200"),
    "/login/events/": ("204", "204", "204", "302>add", "204"),
    "/login/code/": ("410", "200", "200", "302>add", "200"),
    "/.well-known/change-password": ("302>/security/password/",) * 5,
    "/.well-known/security.txt": ("404",) * 5,
    "/login/choose/": POST_ONLY,
    "/login/finish/": POST_ONLY,
    "/login/cancel/": POST_ONLY,
    "/logout/": ("200", "200", "200", "200", "200"),
    "/link/reset/token/": (
        "302>reset_new",
        "302>reset_new",
        "302>reset_new",
        "302>add",
        "302>reset_new",
    ),
    "/reset/": OPEN,
    "/reset/sent/": OPEN,
    "/reset/new/": GONE,
    "/disavow/": GONE,
    "/undo/": GONE,
    "/enrol/": GONE,
    "/security/": MEMBERS,
    "/security/prove/": MEMBERS,
    "/security/password/": PROVED,
    "/security/history/": MEMBERS,
    "/security/factors/999/remove/": ("302>login", "302>login", "302>prove", "302>add", "404"),
    "/security/sign-ins/999/disavow/": ("302>login", "302>login", "302>prove", "302>add", "410"),
}
V1: dict[str, str] = {
    "/v1/auth/register": "405",
    "/v1/auth/login": "405",
    "/v1/auth/step-up": "401",
    "/v1/auth/send-login-email-code": "405",
    "/v1/auth/verify-login-email-code": "405",
    "/v1/auth/send-login-push": "405",
    "/v1/auth/verify-login-push": "405",
    "/v1/auth/login-with-mfa": "405",
    "/v1/auth/send-login-phone-code": "405",
    "/v1/auth/verify-login-phone-code": "405",
    "/v1/auth/verify-totp-code": "405",
    "/v1/auth/verify-recovery-code": "405",
    "/v1/schema/": "200",
    "/v1/schema": "200",
    "/v1/docs/": "200",
    "/v1/docs": "200",
    "/v1/hacked/disavow": "401",
    "/v1/logout": "401",
    "/v1/send-email-verification": "401",
    "/v1/verify-email-verification": "401",
    "/v1/send-phone-verification": "401",
    "/v1/verify-phone-verification": "401",
    "/v1/add-totp-method": "401",
    "/v1/confirm-totp-method": "401",
    "/v1/delete-totp-method": "401",
    "/v1/list-mfa-methods": "401",
    "/v1/me": "401",
    "/v1/login-history": "401",
    "/v1/sessions": "401",
    "/v1/sessions/x": "401",
}
"""Under /v1 a cookie opens nothing: whoever comes sees what nobody sees."""
TABLE |= {path: (answer, answer, answer, answer, answer) for path, answer in V1.items()}
"""The routes of accounts; those of the other apps are walked by their prefixes below."""

OTHER_PREFIXES = (
    "security/authenticators/",
    "authenticator/",
    "v1/authenticator/",
    "outbox/",
    "admin/",
)
PLAIN = {"/help/": MACHINE, "/healthz": MACHINE, "/readyz": MACHINE, "/metrics": ("401",) * 5}
POSTS = (
    "/security/browsers/1/forget/",
    "/security/sessions/x/end/",
    "/security/sessions/end-others/",
)
NAMES = {
    "/login/": "login",
    "/security/authenticators/add/": "add",
    "/security/prove/": "prove",
    "/reset/new/": "reset_new",
}


def pending() -> Client:
    browser = Browser()
    browser.sign_in()
    return browser


def signed_in(proof: str, **flags: bool) -> Client:
    user = User.objects.get(username="alice")
    User.objects.filter(pk=user.pk).update(**flags)
    user.refresh_from_db()
    _, key = sessions.open_session(user, sessions.Evidence(proof), epoch=user.auth_epoch)
    browser = Browser()
    browser.cookies["nod_session"] = key
    return browser


VISITORS: list[Callable[[], Client]] = [
    Browser,
    pending,
    lambda: signed_in("password"),
    lambda: signed_in("password", is_staff=True, is_superuser=True),
    lambda: signed_in("strong", is_staff=True, is_superuser=True),
]


def seen(browser: Client, path: str) -> str:
    page = browser.get(path)
    if page.status_code not in (301, 302):
        return str(page.status_code)
    target = page.headers["Location"].partition("?")[0]
    return "302>" + NAMES.get(target, target)


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    phone(user)
    return user


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def filled(route: str) -> str:
    for converter, value in (
        ("<slug:purpose>", "reset"),
        ("<slug:token>", "token"),
        ("<row:browser_id>", "1"),
        ("<slug:public_id>", "x"),
        ("<row:log_id>", "999"),
        ("<row:factor_id>", "999"),
    ):
        route = route.replace(converter, value)
    return "/" + route


def test_every_route_is_in_the_table() -> None:
    found = {
        filled(route)
        for route in routes(get_resolver().url_patterns)
        if not route.startswith(OTHER_PREFIXES)
    }
    assert found == TABLE.keys() | PLAIN.keys() | set(POSTS)


@pytest.mark.parametrize("path", TABLE | PLAIN)
def test_everybody_sees_what_the_table_says(path: str) -> None:
    expected = (TABLE | PLAIN)[path]
    assert tuple(seen(visitor(), path) for visitor in VISITORS) == expected


@pytest.mark.parametrize("path", POSTS)
def test_changes_are_for_who_is_signed_in(path: str) -> None:
    assert [
        visitor().post(path).headers.get("Location", "").partition("?")[0]
        for visitor in VISITORS[:2]
    ] == ["/login/"] * 2


def admin_paths() -> set[str]:
    """Every address of the admin, with an object that does not exist where it wants one."""
    plain = (
        route
        for route in routes(get_resolver().url_patterns)
        if route.startswith("admin/") and "(?P" not in route
    )
    return {
        "/" + route.replace("<path:object_id>", "1").replace("<path:content_type_id>", "1")
        for route in plain
    }


@pytest.mark.parametrize(
    "visitor", VISITORS[:4], ids=["nobody", "pending", "member", "staff without strong proof"]
)
def test_the_admin_opens_for_a_strong_proof_alone(visitor: Callable[[], Client]) -> None:
    browser = visitor()
    # which sends everybody who is not in to the front
    for path in sorted(admin_paths() - {"/admin/logout/"}):
        page = browser.get(path)
        target = page.headers.get("Location", "")
        assert page.status_code in (302, 403), (path, page.status_code)
        assert not target.startswith("/admin/") or target.startswith("/admin/login/"), (
            path,
            target,
        )


def test_who_may_not_open_the_admin_is_told_so_and_not_sent_round_in_circles() -> None:
    page = signed_in("password").get("/admin/", follow=True)
    assert page.status_code == 403
    assert len(page.redirect_chain) <= 2


def test_the_admin_opens_for_staff_with_a_strong_proof() -> None:
    assert signed_in("strong", is_staff=True, is_superuser=True).get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        filled(route)
        for route in routes(get_resolver().url_patterns)
        if route.startswith("security/authenticators/") and "(?P" not in route
    ],
)
def test_pairing_pages_are_for_who_is_signed_in(path: str) -> None:
    for visitor in VISITORS[:2]:
        page = visitor().get(path)
        assert page.status_code in (302, 405), path
        assert page.headers.get("Location", "/login/").startswith("/login/")
