"""The cookie `selector.validator`, who knows it, and its rotation."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from mfaproject.lib import tokens
from mfaproject.lib.testing import FrozenClock
from risk.login.context import Recognition
from risk.models import KnownBrowser
from risk.services import browsers, forget_all_browsers, forget_browser, recognise
from risk.services import known_browsers as service
from risk.tests.helpers import CHROME, HOME, login, sign_in

MALFORMED = [
    "x",
    "x.y",
    "." * 66,
    "a" * 22 + "." + "b" * 44,
    "a" * 22 + "." + "é" * 43,
    "a" * 22 + "." + "b" * 43 + "\n",
    "\0",
]


@pytest.mark.parametrize("cookie", [None, ""])
def test_no_cookie_costs_nothing(
    cookie: str | None, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        assert recognise(cookie).state == "absent"


@pytest.mark.parametrize("cookie", MALFORMED)
def test_a_malformed_cookie_is_invalid_without_a_look(
    cookie: str, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        assert recognise(cookie).state == "invalid"


def test_a_made_up_cookie_is_invalid(
    django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(1):
        recognition = recognise(f"{tokens.new_id()}.{tokens.new_token()}")
    assert (recognition.state, recognition.selector, recognition.users) == (
        "invalid",
        None,
        frozenset(),
    )


def test_a_browser_is_known_after_a_second_factor(
    alice: Any, bob: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _, cookie = sign_in(alice)
    assert cookie is not None
    with django_assert_num_queries(1):
        recognition = recognise(cookie)
    assert (recognition.state, recognition.selector) == ("known", cookie.partition(".")[0])
    assert recognition.knows(alice.pk)
    assert not recognition.knows(bob.pk)


def test_the_database_has_no_validator(alice: Any) -> None:
    _, cookie = sign_in(alice)
    assert cookie is not None
    assert cookie.partition(".")[2] not in str(KnownBrowser.objects.values().get())


def test_the_cookie_has_22_and_43_characters(alice: Any) -> None:
    _, cookie = sign_in(alice)
    assert [len(part) for part in (cookie or "").split(".")] == [22, 43]


def test_each_login_changes_the_value_and_keeps_the_browser(alice: Any) -> None:
    _, first = sign_in(alice)
    _, second = sign_in(alice, cookie=first, strength="password")
    assert first is not None
    assert second is not None
    assert first != second
    assert first.partition(".")[0] == second.partition(".")[0]
    assert KnownBrowser.objects.count() == 1


def test_the_value_before_is_good_for_thirty_seconds(alice: Any, clock: FrozenClock) -> None:
    _, first = sign_in(alice)
    _, second = sign_in(alice, cookie=first)
    clock.forward(seconds=30)
    recognition = recognise(first)
    assert recognition.state == "grace"
    assert recognition.knows(alice.pk)
    assert recognise(second).state == "known"


def test_in_the_grace_time_the_cookie_is_left_alone(alice: Any, clock: FrozenClock) -> None:
    _, first = sign_in(alice)
    _, second = sign_in(alice, cookie=first)
    _, late_tab = sign_in(alice, cookie=first)
    assert late_tab == first
    assert recognise(second).state == "known"


def test_after_that_it_is_theft_and_nobody_is_known_there_any_more(
    alice: Any, bob: Any, clock: FrozenClock
) -> None:
    _, first = sign_in(alice)
    sign_in(bob, cookie=first)
    _, second = sign_in(alice, cookie=first)
    clock.forward(seconds=31)
    recognition = recognise(first)
    assert (recognition.state, recognition.selector) == ("stolen", None)
    assert recognition.users == {alice.pk, bob.pk}
    assert not recognition.knows(alice.pk)
    assert recognise(second).state == "invalid"
    assert set(KnownBrowser.objects.values_list("revoked_why", flat=True)) == {"copied"}


def test_theft_is_told_once(alice: Any, clock: FrozenClock) -> None:
    _, first = sign_in(alice)
    sign_in(alice, cookie=first)
    clock.forward(seconds=31)
    assert [recognise(first).state for _ in range(3)] == ["stolen", "invalid", "invalid"]


def test_a_value_two_rotations_old_is_theft_at_once(alice: Any) -> None:
    _, first = sign_in(alice)
    _, second = sign_in(alice, cookie=first)
    sign_in(alice, cookie=second)
    assert recognise(first).state == "stolen"


def test_two_people_share_a_browser_and_its_cookie(alice: Any, bob: Any) -> None:
    _, cookie = sign_in(alice)
    _, same = sign_in(bob, cookie=cookie)
    assert same == cookie
    assert recognise(cookie).users == {alice.pk, bob.pk}
    _, cookie = sign_in(bob, cookie=cookie)
    assert cookie != same
    assert recognise(cookie).users == {alice.pk, bob.pk}


def test_a_password_alone_makes_no_browser_known(alice: Any, bob: Any) -> None:
    _, cookie = sign_in(alice, strength="password")
    assert cookie is None
    _, cookie = sign_in(bob)
    sign_in(alice, cookie=cookie, strength="password")
    assert not recognise(cookie).knows(alice.pk)


def test_a_browser_unused_for_half_a_year_is_forgotten(alice: Any, clock: FrozenClock) -> None:
    _, cookie = sign_in(alice)
    clock.forward(days=179)
    assert recognise(cookie).state == "known"
    clock.forward(days=1)
    assert recognise(cookie).state == "invalid"
    assert browsers(alice.pk) == []


def test_somebody_who_lags_behind_a_rotation_still_belongs_and_catches_up(
    alice: Any, bob: Any, clock: FrozenClock
) -> None:
    """Bob joined while another tab rotated: his row kept the value before."""
    _, first = sign_in(alice)
    clock.forward(seconds=1)
    _, second = sign_in(alice, cookie=first)
    row = KnownBrowser.objects.get()
    old = {
        "validator_digest": row.previous_digest,
        "previous_digest": "",
        "rotated_at": row.first_seen,
    }
    KnownBrowser.objects.create(
        selector=row.selector, user=bob, first_seen=row.first_seen, last_used=row.first_seen, **old
    )
    clock.forward(minutes=5)
    assert recognise(second).users == {alice.pk, bob.pk}
    _, third = sign_in(alice, cookie=second)
    assert third != second
    assert KnownBrowser.objects.values("validator_digest", "rotated_at").distinct().count() == 1
    assert recognise(third).users == {alice.pk, bob.pk}


def test_the_security_page_lists_them(alice: Any, clock: FrozenClock) -> None:
    start = clock.at
    _, cookie = sign_in(alice)
    clock.forward(days=1)
    sign_in(alice, user_agent=CHROME)
    chrome, firefox = browsers(alice.pk, this=(cookie or "").partition(".")[0])
    assert (firefox.label, firefox.ip, firefox.first_seen, firefox.last_used, firefox.this) == (
        "Firefox on Linux",
        HOME,
        start,
        start,
        True,
    )
    assert (chrome.label, chrome.this, chrome.added_by, chrome.place) == (
        "Chrome on Windows",
        False,
        "session",
        "",
    )


def test_the_last_use_of_one_person_is_not_anothers(
    alice: Any, bob: Any, clock: FrozenClock
) -> None:
    _, cookie = sign_in(alice)
    sign_in(bob, cookie=cookie)
    clock.forward(hours=1)
    sign_in(alice, cookie=cookie)
    assert browsers(alice.pk)[0].last_used == clock.at
    assert browsers(bob.pk)[0].last_used < clock.at


def test_forgetting_one_leaves_the_others(alice: Any, bob: Any) -> None:
    _, cookie = sign_in(alice)
    _, other = sign_in(alice)
    sign_in(bob, cookie=cookie)
    mine = next(
        view for view in browsers(alice.pk, this=(cookie or "").partition(".")[0]) if view.this
    )
    assert not forget_browser(bob.pk, mine.id)
    assert forget_browser(alice.pk, mine.id)
    assert not forget_browser(alice.pk, mine.id)
    assert not recognise(cookie).knows(alice.pk)
    assert recognise(cookie).knows(bob.pk)
    assert recognise(other).knows(alice.pk)


def test_forgetting_all_but_this_one(alice: Any, bob: Any) -> None:
    cookies = [sign_in(alice)[1] for _ in range(3)]
    sign_in(bob)
    assert forget_all_browsers(alice.pk, except_selector=(cookies[1] or "").partition(".")[0]) == 2
    assert [recognise(cookie).knows(alice.pk) for cookie in cookies] == [False, True, False]
    assert forget_all_browsers(alice.pk) == 1
    assert len(browsers(bob.pk)) == 1


def test_somebody_who_was_forgotten_can_be_known_again_in_the_same_browser(
    alice: Any, bob: Any
) -> None:
    _, cookie = sign_in(alice)
    sign_in(bob, cookie=cookie)
    forget_all_browsers(alice.pk)
    sign_in(alice, cookie=cookie)
    assert recognise(cookie).users == {alice.pk, bob.pk}
    assert KnownBrowser.objects.count() == 2


def test_a_revoked_browser_gets_a_new_cookie(alice: Any) -> None:
    _, cookie = sign_in(alice)
    forget_all_browsers(alice.pk)
    _, new = sign_in(alice, cookie=cookie)
    assert new is not None
    assert new.partition(".")[0] != (cookie or "").partition(".")[0]


@pytest.mark.parametrize("state", ["grace", "invalid", "absent", "stolen"])
def test_only_the_present_value_rotates(
    state: Any, alice: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    context = login(HOME, browser=Recognition("s" * 22, frozenset({alice.pk}), state))
    with django_assert_num_queries(0):
        assert service.rotate(context, alice.pk, 1) is None
