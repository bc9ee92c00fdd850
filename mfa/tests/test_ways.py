"""Which ways are open."""

from typing import Any

import pytest

from mfa.results import Ways
from mfa.services import challenges, enrolment
from mfa.tests.helpers import phone, set_tally, statements
from mfaproject.lib.testing import FrozenClock


def ways(user: Any, **changes: Any) -> Ways:
    return challenges.ways(**({"user_id": user.pk, "lane": "other", "required": "weak", "purpose": "login", "browser": ""} | changes))


def test_somebody_new_has_the_mailbox(alice: Any) -> None:
    assert ways(alice) == Ways(push=False, devices=[], email="a•••e@example.org")


def test_a_device_comes_first_and_the_mailbox_stays(alice: Any) -> None:
    phone(alice)
    phone(alice, "iPad")
    with statements(1):
        assert ways(alice) == Ways(push=True, devices=["Pixel 8", "iPad"], email="a•••e@example.org")


def test_the_enrolled_mailbox_goes_before_the_address_of_the_account(alice: Any) -> None:
    enrolment.add_factor(alice.pk, "email", "other@example.org", added_by="")
    assert ways(alice).email == "o•••r@example.org"


@pytest.mark.parametrize("changes", [{"required": "strong"}, {"purpose": "reset"}])
def test_the_mailbox_is_not_enough_for_everything(alice: Any, changes: dict[str, str]) -> None:
    phone(alice)
    assert ways(alice, **changes) == Ways(push=True, devices=["Pixel 8"])


def test_a_device_that_nobody_confirmed_is_no_way(alice: Any) -> None:
    phone(alice, confirmed=False)
    assert not ways(alice).push


@pytest.mark.parametrize("columns", [{"off": "not_me", "off_until": 2**40}, {"off": "wrong_number", "off_until": 2**40}])
def test_while_push_rests_unknown_browsers_have_no_weak_way(alice: Any, columns: dict[str, Any]) -> None:
    phone(alice)
    set_tally(alice, "push", **columns)
    assert ways(alice) == Ways(push=False, devices=["Pixel 8"], push_off=True)
    assert ways(alice, lane="known") == Ways(push=True, devices=["Pixel 8"], email="a•••e@example.org")


def test_tired_push_leaves_the_mailbox(alice: Any) -> None:
    phone(alice)
    set_tally(alice, "push", unanswered=10)
    assert ways(alice) == Ways(push=False, devices=["Pixel 8"], email="a•••e@example.org", push_off=True)


def test_codes_that_are_off_are_no_way(alice: Any) -> None:
    set_tally(alice, "email", off="tries")
    assert ways(alice).email == ""


def test_while_the_password_is_out_only_strong_ways_are_open_to_strangers(alice: Any) -> None:
    phone(alice, "This browser", tied_browser="t" * 22)
    set_tally(alice, "email", only_strong=True)
    assert ways(alice) == Ways(push=False, devices=[])
    assert ways(alice, lane="known", browser="t" * 22).push


def test_a_kind_without_a_path_is_no_way(alice: Any, settings: Any) -> None:
    phone(alice)
    settings.MFA_FACTORS = {}
    assert ways(alice) == Ways(push=False, devices=["Pixel 8"])


def test_nobody_has_no_way(db: None, clock: FrozenClock) -> None:
    assert challenges.ways(user_id=0, lane="other", required="weak", purpose="login", browser="") == Ways(push=False, devices=[])


def test_has_strong(alice: Any) -> None:
    assert not challenges.has_strong(alice.pk)
    tied = phone(alice, tied_browser="t" * 22)
    assert [challenges.has_strong(alice.pk, browser) for browser in ("", "t" * 22, "o" * 22)] == [False, False, True]
    pixel = phone(alice)
    with statements(1):
        assert challenges.has_strong(alice.pk)
    enrolment.revoke_factor(alice.pk, tied)
    enrolment.revoke_factor(alice.pk, pixel)
    assert not challenges.has_strong(alice.pk)
