"""Which ways are open."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mfa.factors.recovery import enrolment as paper
from mfa.factors.totp import enrolment as apps
from mfa.models import Factor, RecoveryCode
from mfa.services import challenges, enrolment
from mfa.tests.helpers import Ways, app_of, phone, set_budget, statements, texting
from mfa.tests.helpers import ways as open_ways
from mfaproject.lib.testing import FrozenClock


def ways(user: Any, **changes: Any) -> Ways:
    return open_ways(
        **(
            {
                "user_id": user.pk,
                "lane": "other",
                "required": "weak",
                "purpose": "login",
                "browser": "",
            }
            | changes
        )
    )


def test_somebody_new_has_the_mailbox(alice: Any) -> None:
    assert ways(alice) == Ways(push=False, devices=[], email="a•••e@example.org")


def test_a_device_comes_first_and_the_mailbox_stays(alice: Any) -> None:
    phone(alice)
    phone(alice, "iPad")
    with statements(1):
        assert ways(alice) == Ways(
            push=True, devices=["Pixel 8", "iPad"], email="a•••e@example.org"
        )


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


@pytest.mark.parametrize(
    "columns", [{"off": "not_me", "off_until": 2**40}, {"off": "wrong_number", "off_until": 2**40}]
)
def test_while_push_rests_unknown_browsers_have_no_weak_way(
    alice: Any, columns: dict[str, Any]
) -> None:
    phone(alice)
    set_budget(alice, "push", **columns)
    assert ways(alice) == Ways(push=False, devices=["Pixel 8"], push_off=True)
    assert ways(alice, lane="known") == Ways(
        push=True, devices=["Pixel 8"], email="a•••e@example.org"
    )


def test_tired_push_leaves_the_mailbox(alice: Any) -> None:
    phone(alice)
    set_budget(alice, "push", unanswered=10)
    assert ways(alice) == Ways(
        push=False, devices=["Pixel 8"], email="a•••e@example.org", push_off=True
    )


def test_codes_that_are_off_are_no_way(alice: Any) -> None:
    set_budget(alice, "email", off="tries")
    assert ways(alice).email == ""


def test_while_the_password_is_out_only_strong_ways_are_open_to_strangers(alice: Any) -> None:
    phone(alice, "This browser", tied_browser="t" * 22)
    set_budget(alice, "email", only_strong=True)
    assert ways(alice) == Ways(push=False, devices=[])
    assert ways(alice, lane="known", browser="t" * 22).push


def test_a_kind_without_a_path_is_no_way(alice: Any, settings: Any) -> None:
    phone(alice)
    settings.MFA_FACTORS = {}
    assert ways(alice) == Ways(push=False, devices=["Pixel 8"])


def test_nobody_has_no_way(db: None, clock: FrozenClock) -> None:
    assert open_ways(user_id=0, lane="other", required="weak", purpose="login", browser="") == Ways(
        push=False, devices=[]
    )


@pytest.fixture
def well_equipped(alice: Any) -> Any:
    """Alice with a device, an app, codes on paper and a number."""
    phone(alice)
    app_of(alice)
    paper.new_codes(alice.pk, "")
    texting(alice)
    return alice


EVERY = Ways(
    push=True,
    devices=["Pixel 8"],
    email="a•••e@example.org",
    sms="+33•••42",
    totp=True,
    recovery=True,
)


def test_who_has_everything_may_choose(well_equipped: Any) -> None:
    with statements(1):
        assert ways(well_equipped) == EVERY


@pytest.mark.parametrize(
    ("changes", "closed"),
    [
        ({"required": "strong"}, {"email": "", "sms": ""}),
        # both are younger than the device
        ({"purpose": "reset"}, {"email": "", "totp": False, "recovery": False}),
        ({"purpose": "proof"}, {"totp": False, "recovery": False}),
    ],
)
def test_not_every_way_is_enough_for_everything(
    well_equipped: Any, clock: FrozenClock, changes: dict[str, str], closed: dict[str, Any]
) -> None:
    Factor.objects.filter(kind="push").update(confirmed_at=clock.at - timedelta(days=3))
    assert ways(well_equipped, **changes) == replace(EVERY, **closed)


@pytest.mark.parametrize(
    ("kind", "closed"),
    [("totp", {"totp": False}), ("recovery", {"recovery": False}), ("sms", {"sms": ""})],
)
def test_what_is_off_is_off_in_its_lane(
    well_equipped: Any, kind: str, closed: dict[str, Any]
) -> None:
    set_budget(well_equipped, kind, off="tries")
    assert ways(well_equipped) == replace(EVERY, **closed)
    assert ways(well_equipped, lane="known") == EVERY


def test_while_push_rests_unknown_browsers_keep_the_strong_ways(well_equipped: Any) -> None:
    set_budget(well_equipped, "push", off="not_me", off_until=2**40)
    assert ways(well_equipped) == replace(EVERY, push=False, push_off=True, email="", sms="")


def test_what_was_never_proved_is_no_way(alice: Any) -> None:
    apps.begin(alice.pk, "")
    enrolment.add_factor(alice.pk, "sms", "+33612345642", added_by="", confirmed=False)
    enrolment.add_factor(alice.pk, "email", "new@example.org", added_by="", confirmed=False)
    assert ways(alice) == Ways(push=False, devices=[], email="a•••e@example.org")
    assert not challenges.has_strong(alice.pk)


def test_paper_counts_as_strong_while_a_code_is_left(alice: Any) -> None:
    paper.new_codes(alice.pk, "")
    assert challenges.has_strong(alice.pk)
    RecoveryCode.objects.all().delete()
    assert not challenges.has_strong(alice.pk)
    assert not ways(alice).recovery


def test_has_strong(alice: Any) -> None:
    assert not challenges.has_strong(alice.pk)
    tied = phone(alice, tied_browser="t" * 22)
    assert [challenges.has_strong(alice.pk, browser) for browser in ("", "t" * 22, "o" * 22)] == [
        False,
        False,
        True,
    ]
    pixel = phone(alice)
    with statements(1):
        assert challenges.has_strong(alice.pk)
    enrolment.revoke_factor(alice.pk, tied)
    enrolment.revoke_factor(alice.pk, pixel)
    assert not challenges.has_strong(alice.pk)
