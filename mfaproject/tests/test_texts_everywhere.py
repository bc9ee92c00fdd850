"""Texts that grow, hide, end early or are none, through every door that takes one: a clear answer,
and no column holds what it cannot.

PostgreSQL refuses what is too long for a column, and NUL; SQLite takes all of it. So what is stored
is looked at, whatever the database.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import models
from django.db.models.functions import Length
from django.test import Client

from accounts import sessions
from accounts.api import schema
from accounts.models import User
from accounts.tests.helpers import Browser, phone
from mfaproject.lib.testing import PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("messages_in_memory")]

TEXTS = {
    "grows to three": "\ufb03" * 40,
    "grows to eighteen": "\ufdfa" * 40,
    "grows as a name's key": "\u0130" * 40,
    "shrinks": "e\u0301" * 40,
    "as long as a column, in full width": "\uff41" * 254,
    "far too long": "x" * 10_000,
    "NUL": "alice\0bob",
    "half of a character": "alice\ud800",
    "nothing to see": "\u200b\u2060\ufeff",
    "an invisible letter": "\u3164",
    "turned around": "\u202ealice\u2066",
    "controls": "alice\x01\x1b[2J\x7f\x85",
    "two lines": "alice\r\nBcc: mallory@example.org",
    "a pile of accents": "a" + "\u0305" * 60,
    "beyond 16 bits": "\U0001d49c" * 40,
    "a mail address of all these": "\ufb03\u200b@\ufdfa.example",
    "a huge number": "9" * 400,
}
SIGN_UP = {
    "full_name": "Alice",
    "username": "alice2",
    "email": "alice2@example.org",
    "password": PASSWORD,
    "phone": "",
}
POLICY = {"name": "default", "challenge": "50", "strict": "90", "note": "n"}
PAGES: dict[str, dict[str, str]] = {
    "/signup/": SIGN_UP,
    "/login/": {"username": "alice", "password": PASSWORD, "next": "/"},
    "/login/code/": {"code": "123456"},
    "/login/choose/": {"way": "email"},
    "/reset/": {"email": "alice@example.org"},
    "/disavow/": {"answer": "mine"},
    "/undo/": {"answer": "mine"},
    "/security/prove/": {"password": PASSWORD, "next": "/"},
    "/security/password/": {"password": PASSWORD},
    "/security/authenticators/confirm/": {"pairing": "x" * 22},
    "/security/authenticators/refuse/": {"pairing": "x" * 22},
    "/security/authenticators/{device}/": {"name": "Pixel"},
    "/security/authenticators/{device}/revoke/": {"sure": "1"},
    "/admin/auth/group/add/": {"name": "staff"},
    "/admin/risk/riskpolicy/add/": POLICY,
    "/admin/risk/loginlog/backtest/": {"challenge": "50", "strict": "90", "days": "30"},
    "/admin/accounts/user/": {
        "action": "end_everything",
        "_selected_action": "1",
        "select_across": "0",
    },
}
QUERIES: dict[str, tuple[str, ...]] = {
    "/": ("lang",),
    "/login/": ("next", "lang"),
    "/security/history/": ("page",),
    "/security/prove/": ("next",),
    "/security/authenticators/state/": ("id",),
    "/outbox/": ("key", "channel"),
    "/v1/hacked/disavow": ("ref",),
    "/v1/login-history": ("page", "per_page", "cursor"),
    "/v1/sessions": ("page",),
    "/metrics": ("name[]",),
}
PATHS = (
    "/link/reset/{}/",
    "/security/browsers/{}/forget/",
    "/security/sessions/{}/end/",
    "/security/sign-ins/{}/disavow/",
    "/security/authenticators/{}/",
    "/v1/sessions/{}",
    "/v1/authenticator/challenges/{}/answer",
    "/admin/accounts/user/{}/change/",
    "/admin/risk/riskpolicy/{}/active/",
)
HEADERS = (
    "User-Agent",
    "Accept-Language",
    "X-Device-ID",
    "Authorization",
    "Cookie",
    "Referer",
    "Content-Type",
    "Accept",
)


def encoded(fields: dict[str, str]) -> str:
    """As a form is sent, with what no browser would send."""
    return urlencode(
        {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}
    )


@pytest.fixture
def alice() -> User:
    """A superuser, so that she may see every page."""
    user: User = person(is_staff=True, is_superuser=True)
    phone(user)
    return user


def signed_in(user: User, number: int) -> Client:
    """A browser of its own network, so that no limit stands before what is looked at."""
    user.refresh_from_db()
    key = sessions.open_session(user, sessions.Evidence("strong"), epoch=user.auth_epoch)[1]
    browser = Browser(ip=f"198.51.{number // 200}.{number % 200 + 1}")
    browser.cookies["nod_session"] = key
    return browser


def doors(fields: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    return [(path, name) for path, given in fields.items() for name in given]


@pytest.fixture(autouse=True)
def _nothing_too_long_is_kept() -> Iterator[None]:
    yield
    assert list(overflowing()) == []


def overflowing() -> Iterator[str]:
    """Columns with more in them than they may have, or with what PostgreSQL does not take."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField) and field.max_length:
                rows = model._default_manager.annotate(_length=Length(field.name)).filter(
                    _length__gt=field.max_length
                )
                yield from (
                    f"{field} has {length}" for length in rows.values_list("_length", flat=True)
                )
            if isinstance(field, models.CharField | models.TextField):
                yield from (
                    f"{field} has NUL"
                    for text in model._default_manager.values_list(field.name, flat=True)
                    if "\0" in str(text)
                )


@pytest.mark.parametrize(("path", "name"), doors(PAGES))
def test_a_form_takes_any_text(alice: User, path: str, name: str) -> None:
    device = alice.mfa_factors.get(kind="push").pk
    for number, text in enumerate(TEXTS.values()):
        cache.clear()
        browser = signed_in(alice, number)
        page = browser.post(
            path.format(device=device),
            encoded(PAGES[path] | {name: text}),
            "application/x-www-form-urlencoded",
        )
        assert page.status_code < 500, text


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in QUERIES.items() for name in names]
)
def test_a_query_takes_any_text(alice: User, path: str, name: str) -> None:
    for number, text in enumerate(TEXTS.values()):
        page = signed_in(alice, number).get(f"{path}?{encoded({name: text})}")
        assert page.status_code < 500, text


@pytest.mark.parametrize("path", PATHS)
def test_an_address_takes_any_text(alice: User, path: str) -> None:
    for number, text in enumerate(TEXTS.values()):
        browser = signed_in(alice, number)
        for method in ("GET", "POST", "DELETE"):
            page = browser.generic(
                method,
                path.format(quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")),
            )
            assert page.status_code < 500, (method, text)


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_takes_any_text(alice: User, name: str) -> None:
    for number, text in enumerate(TEXTS.values()):
        cache.clear()
        value = text.encode("utf-8", "surrogatepass").decode("latin-1")  # as a server hands it on
        browser = Browser(ip=f"198.51.100.{number + 1}")
        for path, body in (
            ("/login/", SIGN_UP | {"username": "alice"}),
            ("/v1/auth/login", {"username": "alice", "password": PASSWORD}),
        ):
            page = (
                browser.post(path, body, headers={name: value})
                if path == "/login/"
                else api(browser, path, body, {name: value})
            )
            assert page.status_code < 500, (path, text)


def api(
    browser: Client, path: str, body: Any, headers: dict[str, str], method: str = "POST"
) -> Any:
    return browser.generic(method, path, json.dumps(body), "application/json", headers=headers)


def operations() -> list[tuple[str, str, str]]:
    """Every field of every operation that takes JSON."""
    found = []
    for path, methods in schema.document()["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                example = next(
                    iter(
                        operation["requestBody"]["content"]["application/json"]["examples"].values()
                    )
                )["value"]
                found += [(method, path, name) for name in example] + [(method, path, "")]
    return found


def body_of(method: str, path: str) -> dict[str, Any]:
    content = schema.document()["paths"][path][method]["requestBody"]["content"]["application/json"]
    return dict(next(iter(content["examples"].values()))["value"])


def test_the_api_takes_any_text(alice: User) -> None:
    document = schema.document()
    for method, path, name in operations():
        content = document["paths"][path][method]["requestBody"]["content"]["application/json"]
        example = next(iter(content["examples"].values()))["value"]
        alice.refresh_from_db()
        token = sessions.open_session(
            alice, sessions.Evidence("strong", token_name="t"), epoch=alice.auth_epoch
        )[1]
        for number, text in enumerate(TEXTS.values()):
            cache.clear()
            browser = Browser(ip=f"198.51.{number}.{len(path)}")
            body = example | ({name: text} if name else {text: text})
            answer = api(
                browser,
                path.format(challenge_id="x" * 22),
                body,
                {"Authorization": f"Bearer {token}"},
                method.upper(),
            )
            assert answer.status_code < 500, (path, name, text)
