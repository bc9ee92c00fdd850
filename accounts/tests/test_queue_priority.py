"""Known browsers are first in line for a hash, for the name typed and no other."""

import json
from urllib.parse import urlencode

import pytest
from django.conf import settings

from accounts.queue_priority import LONGEST, goes_first
from accounts.services.priority_cookie import remembered
from mfaproject.front import site
from mfaproject.front.messages import Request
from mfaproject.front.threads import Lane
from mfaproject.lib.testing import FrozenClock

pytestmark = pytest.mark.usefixtures("clock")


def request(body: bytes, kind: str, cookie: str | None = None) -> Request:
    value = remembered("", "alice") if cookie is None else cookie
    fields = [("content-type", kind), ("cookie", f"x=y; {settings.FIRST_COOKIE_NAME}={value}; z=1")]
    peer = ("192.0.2.1", ("localhost", 80), "http", 0.0, True, body)
    return Request("POST", b"/login/", b"", "1.1", fields, *peer)


def form(name: str) -> bytes:
    return urlencode({"csrfmiddlewaretoken": "x" * 64, "username": name, "password": "y"}).encode()


FORM, JSON = "application/x-www-form-urlencoded", "application/json; charset=utf-8"


@pytest.mark.parametrize("name", ["alice", "Alice", "ALICE"])
def test_whoever_is_known_for_the_name_typed_is_first(name: str) -> None:
    assert goes_first(request(form(name), FORM))
    assert goes_first(request(json.dumps({"username": name, "password": "y"}).encode(), JSON))
    assert site.lane(request(form(name), FORM)) is Lane.FIRST


@pytest.mark.parametrize("name", ["bob", "", "alice2"])
def test_for_any_other_name_she_stands_in_line(name: str) -> None:
    assert not goes_first(request(form(name), FORM))
    assert site.lane(request(form(name), FORM)) is Lane.HASH


def test_of_two_names_the_one_counts_that_signs_in() -> None:
    assert not goes_first(request(form("alice") + b"&username=bob", FORM))
    assert goes_first(request(form("bob") + b"&username=alice", FORM))


@pytest.mark.parametrize("cookie", ["", "x", "~", "20000:forged", "\x00", "é" * 300])
def test_what_was_not_made_by_us_is_worth_nothing(cookie: str) -> None:
    assert not goes_first(request(form("alice"), FORM, cookie))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"\xff\xfe", FORM),
        (b"username", FORM),
        (b"&" * LONGEST, FORM),
        (b"username=alice&" + b"x" * LONGEST, FORM),
        (b"", JSON),
        (b"[" * 3000, JSON),
        (b'["username"]', JSON),
        (b'{"username": ["alice"]}', JSON),
        (b'{"username": 1e999}', JSON),
        (b"username=alice", JSON),
    ],
)
def test_nonsense_is_not_first_and_raises_nothing(body: bytes, kind: str) -> None:
    assert not goes_first(request(body, kind))


def test_it_is_forgotten_in_time(clock: FrozenClock) -> None:
    asked = request(form("alice"), FORM)
    clock.forward(days=91)
    assert not goes_first(asked)
