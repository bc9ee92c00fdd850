"""Who is first in line: whoever was known for the name typed, and nobody else. Nothing that is sent
can break the judge.
"""

from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounts.models import User
from accounts.services import priority_cookie
from accounts.services.priority_cookie import is_first
from accounts.tests.helpers import Browser, answer_newest, phone
from mfaproject.lib import seal
from mfaproject.lib.testing import FrozenClock, person
from risk import services as risk

COOKIE = "nod_first"


def test_a_browser_is_first_for_the_name_it_was_known_for_and_for_no_other() -> None:
    cookie = priority_cookie.remembered("", "Alice")
    assert is_first(cookie, "alice")
    assert not is_first(cookie, "bob")


@pytest.mark.parametrize("spelling", ["ALICE", "ａｌｉｃｅ", "al\u200bice", " alice "])
def test_every_spelling_that_signs_in_is_the_name(spelling: str) -> None:
    assert is_first(priority_cookie.remembered("", "alice"), spelling)


def test_the_newest_four_are_remembered() -> None:
    cookie = ""
    for name in ("one", "two", "three", "four", "two", "five"):
        cookie = priority_cookie.remembered(cookie, name)
    assert [name for name in ("one", "two", "three", "four", "five") if is_first(cookie, name)] == [
        "two",
        "three",
        "four",
        "five",
    ]
    assert len(cookie) <= priority_cookie.LONGEST


def test_who_is_forgotten_leaves_the_others() -> None:
    cookie = priority_cookie.remembered(priority_cookie.remembered("", "alice"), "bob")
    cookie = priority_cookie.forgotten(cookie, "alice")
    assert (is_first(cookie, "alice"), is_first(cookie, "bob")) == (False, True)
    assert priority_cookie.forgotten(cookie, "Bob") == ""


def test_after_some_months_without_a_sign_in_it_says_nothing(clock: FrozenClock) -> None:
    cookie = priority_cookie.remembered("", "alice")
    clock.forward(days=priority_cookie.GOOD_FOR)
    assert is_first(cookie, "alice")
    clock.forward(days=1)
    assert not is_first(cookie, "alice")


def test_nobody_makes_an_entry_younger_or_of_another_name(clock: FrozenClock) -> None:
    cookie = priority_cookie.remembered("", "alice")
    day, _, mac = cookie.partition(":")
    clock.forward(days=1)
    assert not is_first(f"{int(day) + 1}:{mac}", "alice")
    assert not is_first(f"{int(day) + 2}:{mac}", "alice"), "nor one of tomorrow"
    assert not is_first(f"{day}:{mac[:-1]}{'A' if mac[-1] != 'A' else 'B'}", "alice")


def test_what_an_older_key_wrote_still_counts(settings: Any) -> None:
    cookie = priority_cookie.remembered("", "alice")
    settings.ROOT_KEYS = ["a new root key of many characters", *settings.ROOT_KEYS]
    assert is_first(cookie, "alice")
    settings.ROOT_KEYS = settings.ROOT_KEYS[:1]
    assert not is_first(cookie, "alice")


def test_the_name_cannot_be_read() -> None:
    assert "alice" not in priority_cookie.remembered("", "alice")


@given(cookie=some.text(), name=some.text())
def test_whatever_is_sent_gets_a_no(cookie: str, name: str) -> None:
    assert is_first(cookie, name) is False


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "~",
        "~~~~~",
        ":",
        "20000:",
        ":x",
        "٢٠٠٠٠:x",
        "²:x",
        "9" * 5_000 + ":x",
        "x" * 100_000,
        "20000:é",
        "20000:\ud800",
        "20000:x~" * 40,
    ],
)
def test_hostile_cookies_are_no_good_and_are_not_written_back(cookie: str) -> None:
    assert not is_first(cookie, "alice")
    written = priority_cookie.remembered(cookie, "alice")
    assert is_first(written, "alice")
    assert len(written) <= priority_cookie.LONGEST


@pytest.mark.parametrize("name", ["", "\ud800", "\x00", "ﷺ" * 150, "a" * 151, "a" * 1_000_000])
def test_hostile_names_are_nobodys(name: str) -> None:
    assert not is_first(priority_cookie.remembered("", "alice"), name)


def test_the_cost_is_bounded_however_much_is_sent() -> None:
    entry = priority_cookie.remembered("", "bob") + "~"
    with mock.patch.object(seal, "mac_matches", wraps=seal.mac_matches) as looked_at:
        assert not is_first(entry * 4, "alice")
        assert not is_first(entry * 5, "alice")
        assert not is_first(entry * 1_000, "alice")
    assert looked_at.call_count <= 2 * priority_cookie.MOST


# The cookie itself


@pytest.fixture
def alice(db: None) -> User:
    user: User = person()
    return user


def known(user: User) -> Browser:
    """A browser in which the person has just given a second factor."""
    browser, factor = Browser(), phone(user)
    browser.sign_in(user.username)
    answer_newest(user, factor)
    assert browser.post("/login/finish/").headers["Location"] == "/"
    return browser


def test_a_browser_that_becomes_known_is_first_from_then_on(alice: User) -> None:
    browser = known(alice)
    cookie = browser.cookies[COOKIE]
    assert is_first(cookie.value, "alice")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_each_sign_in_renews_it(alice: User) -> None:
    browser = known(alice)
    browser.cookies.pop(COOKIE)
    browser.cookies.pop("nod_session")
    assert browser.sign_in().headers["Location"] == "/"
    assert is_first(browser.cookies[COOKIE].value, "alice")


def test_a_password_alone_makes_nobody_first(alice: User) -> None:
    phone(alice)
    browser = Browser()
    assert browser.sign_in().status_code == 302
    assert COOKIE not in browser.cookies


def test_a_browser_that_its_owner_forgets_is_not_first_any_more(alice: User) -> None:
    browser, other = known(alice), known(alice)
    second, first = (each.id for each in risk.browsers(alice.pk))
    browser.post(f"/security/browsers/{second}/forget/")
    assert is_first(browser.cookies[COOKIE].value, "alice"), "another one was forgotten, not this"
    browser.post(f"/security/browsers/{first}/forget/")
    assert not browser.cookies[COOKIE].value
    assert is_first(other.cookies[COOKIE].value, "alice"), (
        "nobody can take it from a browser that is elsewhere: it only orders a queue"
    )
