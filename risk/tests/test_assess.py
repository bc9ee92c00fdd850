"""How odd is this login: whole assessments from what is in the database."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from mfaproject.lib.testing import FrozenClock, person
from risk.login.attempt import Attempt
from risk.login.context import Assessment, Finding
from risk.login.history import History
from risk.models import LoginLog
from risk.scoring.model import Scored
from risk.services import assess, forget_all_browsers, recognise
from risk.tests.helpers import (
    CHROME,
    FAR,
    FARTHER,
    FIREFOX,
    FIREFOX_144,
    FIREFOX_146,
    HOME,
    LOOPBACK,
    PHONE,
    fail,
    login,
    sign_in,
)

UNPLACED = [
    LOOPBACK,
    "::1",
    "10.1.2.3",
    "192.168.1.9",
    "169.254.3.4",
    "100.64.7.8",
    "fe80::1",
    "fd00::1",
    None,
]


def judged(
    user: Any,
    ip: str | None = HOME,
    user_agent: str = FIREFOX,
    cookie: str | None = None,
    **facts: Any,
) -> Assessment:
    usual = {
        "user_id": user.pk,
        "is_staff": user.is_staff,
        "has_strong": True,
        "context": login(ip, user_agent, recognise(cookie)),
    }
    return assess(**(usual | facts))


def names(assessment: Assessment) -> set[str]:
    return {finding.name for finding in assessment.findings}


@pytest.fixture
def settled(alice: Any, clock: FrozenClock) -> str:
    """Alice has signed in at home with Firefox every day for two weeks; gives her cookie."""
    cookie = None
    for _ in range(14):
        _, cookie = sign_in(
            alice, cookie=cookie, strength="strong" if cookie is None else "password"
        )
        clock.forward(days=1)
    assert cookie is not None
    return cookie


@pytest.mark.parametrize("ip", [HOME, LOOPBACK, FARTHER, None])
def test_one_select_whatever_there_is(
    alice: Any, ip: str | None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for user_agent in (FIREFOX, ""):
        context = login(ip, user_agent)
        with django_assert_num_queries(1):
            assess(user_id=alice.pk, is_staff=False, has_strong=True, context=context)


def test_it_writes_nothing(alice: Any) -> None:
    judged(alice)
    assert not LoginLog.objects.exists()


def test_the_first_login_is_asked(alice: Any) -> None:
    assessment = judged(alice)
    assert (assessment.score, assessment.level, assessment.decision, assessment.required) == (
        50,
        "medium",
        "step_up",
        "weak",
    )


def test_the_same_browser_again_is_not_asked(alice: Any, settled: str) -> None:
    assessment = judged(alice, cookie=settled)
    assert (assessment.decision, assessment.required, assessment.level) == ("allow", "none", "low")


def test_even_right_after_signing_up(alice: Any) -> None:
    _, cookie = sign_in(alice, strength="weak", factor="email")
    assert judged(alice, cookie=cookie).decision == "allow"


def test_an_unknown_browser_is_asked_however_familiar_the_rest(alice: Any, settled: str) -> None:
    assessment = judged(alice)
    assert (assessment.score, assessment.decision) == (50, "step_up")
    assert "floor_browser" in names(assessment)


def test_a_copied_user_agent_from_elsewhere_is_asked(alice: Any, settled: str) -> None:
    assessment = judged(alice, FAR)
    assert assessment.decision == "step_up"
    assert {"browser_new", "network_new", "agent_known"} <= names(assessment)
    assert {finding.name: finding.points for finding in assessment.findings}["network_new"] > 15


def test_three_browsers_on_one_machine_are_each_asked(alice: Any) -> None:
    for user_agent in (FIREFOX, CHROME, FIREFOX):
        assert judged(alice, LOOPBACK, user_agent).decision == "step_up"
        _, cookie = sign_in(alice, LOOPBACK, user_agent)
        assert judged(alice, LOOPBACK, user_agent, cookie).decision == "allow"


@pytest.mark.parametrize("ip", UNPLACED)
def test_addresses_that_say_nothing_give_neither_trust_nor_points(
    alice: Any, ip: str | None, settled: str
) -> None:
    found = {finding.name: finding.points for finding in judged(alice, ip).findings}
    assert found["address_unknown"] == 0


def test_private_addresses_collect_no_failures(alice: Any) -> None:
    for _ in range(30):
        fail(None, LOOPBACK, "unknown_user", name="somebody")
    assert not {"failures_source", "failures_subnet", "accounts_at_source", "burst_source"} & names(
        judged(alice, LOOPBACK)
    )


def test_a_known_browser_on_a_new_network_travels_freely(alice: Any, settled: str) -> None:
    assessment = judged(alice, FAR, cookie=settled)
    assert assessment.decision == "allow"
    assert "network_new" in names(assessment)


@pytest.mark.parametrize("user_agent", [CHROME, PHONE, "curl/8.5.0"])
def test_a_cookie_that_moved_to_another_browser_is_asked(
    alice: Any, settled: str, user_agent: str
) -> None:
    assessment = judged(alice, user_agent=user_agent, cookie=settled)
    assert assessment.decision == "step_up"
    assert "browser_changed" in names(assessment)


def test_an_update_of_the_browser_is_expected(alice: Any, settled: str) -> None:
    assert judged(alice, user_agent=FIREFOX_146, cookie=settled).decision == "allow"
    assert "version_newer" in names(judged(alice, user_agent=FIREFOX_146, cookie=settled))


def test_an_older_version_is_odd(alice: Any, settled: str) -> None:
    older = judged(alice, user_agent=FIREFOX_144, cookie=settled)
    found = {finding.name: finding.points for finding in older.findings}
    assert found["version_older"] > 10
    assert older.score > judged(alice, cookie=settled).score


def test_a_browser_of_somebody_else_is_unknown_to_me(alice: Any, bob: Any) -> None:
    _, cookie = sign_in(alice)
    assessment = judged(bob, cookie=cookie)
    assert assessment.decision == "step_up"
    assert "browser_of_others" in names(assessment)


def test_a_forgotten_browser_is_asked_again(alice: Any, settled: str) -> None:
    forget_all_browsers(alice.pk)
    assert judged(alice, cookie=settled).decision == "step_up"


def test_a_replayed_old_cookie_scores_higher_than_none(alice: Any, settled: str) -> None:
    _, newer = sign_in(alice, cookie=settled)
    sign_in(alice, cookie=newer)
    stolen = judged(alice, FAR, CHROME, cookie=settled)
    assert "browser_copied" in names(stolen)
    assert stolen.score > judged(alice, FAR, CHROME).score


@pytest.mark.parametrize("has_strong", [True, False])
def test_staff_always_step_up_with_a_strong_factor(
    clock: FrozenClock, has_strong: bool, db: None
) -> None:
    root = person("root", is_staff=True)
    _, cookie = sign_in(root)
    assessment = judged(root, cookie=cookie, has_strong=has_strong)
    assert (assessment.decision, assessment.required, assessment.level) == (
        "step_up",
        "strong",
        "low",
    )


def test_failures_at_the_account_raise_and_fade(alice: Any, clock: FrozenClock) -> None:
    sign_in(alice)
    for _ in range(9):
        fail(alice, FAR)
    found = {finding.name: finding for finding in judged(alice).findings}
    most = found["failures_account"].points
    assert most > 10
    assert found["failures_account"].sentence == "9 sign-ins to this account failed lately."
    clock.forward(hours=1)
    faded = {finding.name: finding for finding in judged(alice).findings}
    assert 0 < faded["failures_account"].points < most
    clock.forward(hours=3)
    assert "failures_account" not in names(judged(alice))


def test_two_mistyped_passwords_are_a_morning(alice: Any, settled: str) -> None:
    for _ in range(2):
        fail(alice)
    assert "failures_account" not in names(judged(alice, cookie=settled))


def test_strangers_cannot_make_a_known_browser_need_a_strong_factor(
    alice: Any, settled: str
) -> None:
    for number in range(60):
        fail(
            alice if number % 2 else None,
            HOME,
            "wrong_password" if number % 2 else "unknown_user",
            name=f"guess{number}",
        )
    for ip in (HOME, FAR):
        assessment = judged(alice, ip, cookie=settled)
        assert assessment.level != "high"
        assert assessment.decision != "block"


def test_a_burst_from_one_address_is_refused_to_unknown_browsers_only(
    alice: Any, settled: str, settings: Any
) -> None:
    for number in range(25):
        fail(None, FAR, "unknown_user", name=f"guess{number}")
    refused = judged(alice, FAR)
    assert (refused.decision, refused.required, refused.level) == ("block", "none", "high")
    assert judged(alice, HOME).decision == "step_up"
    assert judged(alice, FAR, cookie=settled).decision in ("allow", "step_up")
    settings.RISK_NEVER_LOCK_OUT = ["Alice"]
    assert judged(alice, FAR, username="alice").decision == "step_up"
    settings.RISK_NEVER_LOCK_OUT = [str(alice.pk)]
    assert judged(alice, FAR).decision == "step_up"


def test_a_burst_is_forgiven_after_a_day(alice: Any, clock: FrozenClock) -> None:
    for number in range(64):
        fail(None, FAR, "unknown_user", name=f"guess{number}")
    clock.forward(hours=23, minutes=59)
    assert judged(alice, FAR).decision == "block"
    clock.forward(minutes=2)
    assert judged(alice, FAR).decision == "step_up"


@pytest.mark.parametrize("outcome", ["blocked", "pending"])
def test_a_burst_cannot_be_washed_clean_by_one_account(alice: Any, bob: Any, outcome: str) -> None:
    for number in range(25):
        fail(None, FAR, "unknown_user", name=f"guess{number}")
        fail(bob, FAR, outcome)
    assert judged(alice, FAR).decision == "block"


def test_stuffing_from_a_subnet_is_seen_next_door(alice: Any) -> None:
    for number in range(20):
        fail(None, f"203.119.40.{number}", "unknown_user", name=f"guess{number}")
    assert "failures_subnet" in names(judged(alice, "203.119.40.200"))


def test_one_user_agent_that_fails_everywhere_is_seen(alice: Any) -> None:
    for number in range(12):
        fail(None, f"81.{number}.1.1", "unknown_user", "EvilBot/1.0", name=f"guess{number}")
    assert "failures_agent" in names(judged(alice, user_agent="EvilBot/1.0"))
    assert "failures_agent" not in names(judged(alice))


def test_an_ipv6_household_is_one_source(alice: Any) -> None:
    for number in range(9):
        fail(alice, f"2a02:c7f:1234:5600::{number}")
    assert "failures_source" in names(judged(alice, "2a02:c7f:1234:5600:aaaa::1"))


def test_what_it_costs_does_not_grow_with_the_attack(
    alice: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(140):
        fail(None, FAR, "unknown_user", name=f"guess{number}")
    context = login(FAR)
    with django_assert_num_queries(1):
        found = assess(user_id=alice.pk, is_staff=False, has_strong=True, context=context)
    evidence = {finding.name: finding.evidence for finding in found.findings}
    assert evidence["burst_source"]["accounts"] == 128


def test_the_assessment_shows_what_people_may_read(alice: Any) -> None:
    shown = judged(alice).shown
    assert (shown.browser, shown.os, shown.label, shown.place, shown.ip) == (
        "Firefox 145",
        "Linux",
        "Firefox on Linux",
        "",
        HOME,
    )


class AlwaysFine:
    """A model that sees no risk anywhere."""

    name, version = "fine", "7"

    def score(self, attempt: Attempt, history: History) -> Scored:
        assert not hasattr(attempt, "ip")
        return Scored(0, (Finding("fine", 0, "All is well."),), self.name, self.version)

    def update(self, attempt: Attempt, outcome: str) -> None:
        raise AssertionError("nobody asked")


def test_another_model_by_dotted_path_cannot_let_an_unknown_browser_in(
    alice: Any, settled: str, settings: Any
) -> None:
    settings.RISK_MODEL = f"{__name__}.AlwaysFine"
    assert (judged(alice, cookie=settled).model, judged(alice, cookie=settled).model_version) == (
        "fine",
        "7",
    )
    assert judged(alice, cookie=settled).decision == "allow"
    assert judged(alice).decision == "step_up"


def test_a_policy_out_of_order_stops_everything(alice: Any, settings: Any) -> None:
    settings.RISK_POLICY = {"name": "wrong", "version": 1, "challenge": 95, "strict": 90}
    with pytest.raises(ValueError, match="RISK_POLICY"):
        judged(alice)
