"""Sign-ins as the person reads them."""

from typing import Any

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from mfaproject.lib.testing import FrozenClock
from risk.models import LoginLog
from risk.services import assess, describe, login_views, recent_logins, record_login, record_outcome
from risk.services.description import label, versioned
from risk.tests.helpers import CHROME, FAR, HOME, LOOPBACK, fail, login, sign_in


def test_newest_first_with_what_people_ask(alice: Any, clock: FrozenClock) -> None:
    first, cookie = sign_in(alice)
    clock.forward(hours=1)
    second, _ = sign_in(alice, cookie=cookie, strength="password", factor="password")
    newest, oldest = recent_logins(alice.pk)
    assert (newest.id, oldest.id) == (second, first)
    assert (oldest.browser_label, oldest.ip, oldest.place, oldest.outcome, oldest.factor) == (
        "Firefox on Linux",
        HOME,
        "",
        "admitted",
        "push",
    )
    assert (newest.known_browser, oldest.known_browser) == (True, False)


def test_guesses_of_strangers_do_not_push_real_sign_ins_out(alice: Any) -> None:
    log_id, _ = sign_in(alice)
    for outcome in ("wrong_password", "throttled", "inactive", "admin_act"):
        fail(alice, FAR, outcome)
    assert [view.id for view in recent_logins(alice.pk)] == [log_id]


@pytest.mark.parametrize(
    "outcome", ["pending", "denied", "not_me", "wrong_number", "expired", "blocked"]
)
def test_whoever_had_the_password_is_shown(alice: Any, outcome: str) -> None:
    fail(alice, FAR, outcome)
    assert [view.outcome for view in recent_logins(alice.pk)] == [outcome]


def test_as_many_as_wanted_of_this_person(
    alice: Any, bob: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        sign_in(alice)
    sign_in(bob)
    with django_assert_num_queries(1):
        assert len(recent_logins(alice.pk, limit=2)) == 2


def test_rows_by_their_ids(alice: Any) -> None:
    log_id, _ = sign_in(alice)
    assert login_views([log_id, 0])[log_id].browser_label == "Firefox on Linux"
    assert login_views([]) == {}


def careful(user: Any, ip: str = HOME, user_agent: str = CHROME) -> str:
    context = login(ip, user_agent)
    assessment = assess(user_id=user.pk, is_staff=False, has_strong=True, context=context)
    record_login(
        context=context, outcome="pending", assessment=assessment, user_id=user.pk, typed_name=""
    )
    return recent_logins(user.pk, limit=1)[0].careful


def test_careful_says_why_in_one_sentence(alice: Any) -> None:
    sign_in(alice)
    assert careful(alice) == "A browser you have not used before."
    assert careful(alice, FAR) == "New browser, and a network you have not used before."
    for _ in range(9):
        fail(alice, HOME)
    assert careful(alice) == "New browser, after several sign-ins that failed."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "change_password",
            "New browser, shortly after your password or a second factor was changed.",
        ),
        (
            "change_factor",
            "New browser, shortly after your password or a second factor was changed.",
        ),
        ("travel", "New browser, and too far from your last sign-in to have travelled there."),
        ("networks_tor", "New browser, on a network that hides where people are."),
        ("away", "New browser, after a long time without a sign-in."),
    ],
)
def test_what_a_person_would_want_to_know_comes_with_the_new_browser(
    alice: Any, name: str, sentence: str
) -> None:
    sign_in(alice)
    log_id = fail(alice, FAR, "pending")
    found = [{"name": each, "points": 9, "sentence": "."} for each in ("browser_new", name)]
    LoginLog.objects.filter(pk=log_id).update(findings=found, decision="step_up", level="medium")
    assert login_views([log_id])[log_id].careful == sentence
    LoginLog.objects.filter(pk=log_id).update(findings=[{**each, "points": 0} for each in found])
    assert login_views([log_id])[log_id].careful == "A browser you have not used before."


def test_the_first_sign_in_is_no_reason_to_be_careful(alice: Any) -> None:
    assert careful(alice) == ""


def test_an_ordinary_sign_in_needs_no_note(alice: Any) -> None:
    _, cookie = sign_in(alice)
    sign_in(alice, FAR, cookie=cookie, strength="password")
    assert recent_logins(alice.pk, limit=1)[0].careful == ""


def test_the_detail_of_the_factor_is_told(alice: Any) -> None:
    log_id = fail(alice, FAR, "pending")
    record_outcome(log_id, "denied", factor="push", detail="Pixel 8")
    assert recent_logins(alice.pk)[0].detail == "Pixel 8"


def test_without_an_address_there_is_none_to_show(alice: Any) -> None:
    fail(alice, None, "denied")
    assert recent_logins(alice.pk)[0].ip is None


def test_describe_is_what_prompts_and_mails_show() -> None:
    shown = describe(login(LOOPBACK, CHROME))
    assert (shown.browser, shown.os, shown.label, shown.place, shown.ip) == (
        "Chrome 145",
        "Windows",
        "Chrome on Windows",
        "",
        LOOPBACK,
    )
    assert describe(login(None, "")).ip == ""


@pytest.mark.parametrize(
    ("browser", "system", "words"),
    [
        ("Firefox", "Linux", "Firefox on Linux"),
        ("", "Linux", "A browser on Linux"),
        ("curl", "", "curl"),
        ("", "", "Unknown browser"),
    ],
)
def test_labels_are_whole_phrases(browser: str, system: str, words: str) -> None:
    with translation.override("en"):
        assert label(browser, system) == words


@pytest.mark.parametrize(("version", "words"), [("145.0.3", "Firefox 145"), ("", "Firefox")])
def test_only_the_main_version_is_shown(version: str, words: str) -> None:
    assert versioned("Firefox", version) == words


def test_the_views_open_no_row_of_others(alice: Any, bob: Any) -> None:
    sign_in(bob)
    assert recent_logins(alice.pk) == []
    assert LoginLog.objects.count() == 1
