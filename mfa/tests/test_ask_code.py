"""Sending a code."""

from datetime import timedelta
from typing import Any

import pytest

from mfa import limits
from mfa.models import Challenge
from mfa.results import NotAsked, Right, Wrong
from mfa.services import challenges, enrolment
from mfa.tests.helpers import (
    OTHER_JOURNEY,
    answer,
    ask_code,
    ask_push,
    check,
    code_of,
    delivered,
    opened,
    phone,
    refused,
    set_budget,
    state,
    statements,
    wrong_code,
)
from mfaproject.lib.testing import FrozenClock


def test_a_code_goes_to_the_mailbox_and_only_its_mac_stays(alice: Any, clock: FrozenClock) -> None:
    asked = opened(ask_code(alice))
    code = code_of(asked)
    assert (asked.sent_to, asked.expires_at, asked.resend_after) == (
        "a•••e@example.org",
        clock.at + timedelta(minutes=10),
        clock.at + timedelta(seconds=30),
    )
    assert code not in " ".join(str(value) for value in Challenge.objects.values().get().values())
    (parcel,) = delivered()
    assert parcel.to == "alice@example.org"
    assert code in parcel.text
    assert code in parcel.html
    assert code not in parcel.subject


def test_the_enrolled_mailbox_is_the_factor(alice: Any) -> None:
    factor_id = enrolment.add_factor(alice.pk, "email", alice.email, added_by="")
    assert Challenge.objects.get(pk=opened(ask_code(alice)).challenge_id).factor_id == factor_id


def test_an_address_that_is_not_enrolled_has_no_factor(alice: Any) -> None:
    enrolment.add_factor(alice.pk, "email", alice.email, added_by="")
    assert (
        Challenge.objects.get(
            pk=opened(ask_code(alice, destination="new@example.org")).challenge_id
        ).factor_id
        is None
    )


def test_a_mail_about_a_used_address_carries_no_code(alice: Any) -> None:
    asked = opened(ask_code(alice, mail="address_in_use"))
    with pytest.raises(KeyError):
        code_of(asked)


@pytest.mark.parametrize(
    "changes",
    [{"destination": ""}, {"purpose": "reset"}, {"kind": "sms"}, {"kind": "push"}, {"user_id": 0}],
)
def test_no_code_without_a_mailbox_nor_for_a_new_password_nor_in_a_way_that_is_off(
    alice: Any, changes: dict[str, Any]
) -> None:
    assert ask_code(alice, **changes) == NotAsked("method_unavailable", 0)


def test_one_code_in_thirty_seconds(alice: Any, clock: FrozenClock) -> None:
    opened(ask_code(alice))
    assert ask_code(alice, OTHER_JOURNEY) == NotAsked("rate_limited", 30)
    clock.forward(seconds=29.5)
    assert refused(ask_code(alice, OTHER_JOURNEY)).retry_after >= 1
    clock.forward(seconds=1)
    opened(ask_code(alice, OTHER_JOURNEY))


def test_three_codes_for_one_journey(alice: Any, clock: FrozenClock) -> None:
    ends = clock.at + timedelta(minutes=10)
    for _ in range(3):
        asked = opened(ask_code(alice, expires_at=ends))
        clock.forward(seconds=30)
    assert asked.resend_after is None
    assert ask_code(alice, expires_at=ends) == NotAsked("rate_limited", 600 - 90)


def test_ten_codes_in_a_day(alice: Any, clock: FrozenClock) -> None:
    for n in range(10):
        opened(ask_code(alice, f"login:{n}"))
        clock.forward(minutes=5)
    assert ask_code(alice, "login:10") == NotAsked("rate_limited", limits.DAY - 50 * 60)
    opened(ask_code(alice, "login:10", lane="known"))


def test_a_new_code_ends_the_old_one(alice: Any, clock: FrozenClock) -> None:
    first = opened(ask_code(alice))
    code = code_of(first)
    clock.forward(seconds=30)
    second = opened(ask_code(alice))
    assert (state(first), state(second)) == ("superseded", "pending")
    assert check(first, code) == challenges.Dead("expired")


def test_a_new_code_gives_no_new_tries(alice: Any, clock: FrozenClock) -> None:
    first = opened(ask_code(alice))
    for _ in range(3):
        check(first, wrong_code(first))
    clock.forward(seconds=30)
    second = opened(ask_code(alice))
    assert check(second, wrong_code(second)) == Wrong(1)
    assert check(second, wrong_code(second)) == Wrong(0)
    assert check(second, code_of(second)) == challenges.Dead("too_many_attempts")


def test_after_five_wrong_tries_no_code_is_sent_in_that_journey(
    alice: Any, clock: FrozenClock
) -> None:
    first = opened(ask_code(alice))
    for _ in range(5):
        check(first, wrong_code(first))
    clock.forward(seconds=30)
    assert ask_code(alice) == NotAsked("method_unavailable", 0)
    assert isinstance(check(opened(ask_code(alice, OTHER_JOURNEY)), "x", OTHER_JOURNEY), Wrong)


def test_codes_that_are_off_are_not_sent_in_their_lane(alice: Any) -> None:
    set_budget(alice, "email", off="tries")
    assert ask_code(alice) == NotAsked("off", 0)
    opened(ask_code(alice, lane="known"))


def test_binding_the_mailbox_again_switches_codes_on(alice: Any) -> None:
    set_budget(alice, "email", off="tries", in_a_row=100, failures=50)
    enrolment.rebound(alice.pk, "email")
    asked = opened(ask_code(alice))
    assert check(asked, wrong_code(asked)) == Wrong(4)


@pytest.mark.parametrize("reason", ["not_me", "wrong_number"])
def test_no_downgrade_while_push_rests(alice: Any, clock: FrozenClock, reason: str) -> None:
    phone(alice)
    set_budget(alice, "push", off=reason, off_until=int(clock.at.timestamp()) + 1800)
    assert ask_code(alice) == NotAsked("off", 1800)
    opened(ask_code(alice, lane="known"))
    clock.forward(minutes=30)
    opened(ask_code(alice))


def test_after_not_me_an_unknown_browser_gets_no_code(alice: Any) -> None:
    pixel = phone(alice)
    assert answer(opened(ask_push(alice)), alice, pixel, "deny", "not_me") == "not_me"
    assert refused(ask_code(alice)).code == "off"


def test_an_old_rest_is_no_downgrade_without_a_device_either(
    alice: Any, clock: FrozenClock
) -> None:
    pixel = phone(alice)
    answer(opened(ask_push(alice)), alice, pixel, "deny", "not_me")
    enrolment.revoke_factor(alice.pk, pixel)
    assert refused(ask_code(alice)).code == "off"


def test_while_the_password_is_out_unknown_browsers_get_no_code(alice: Any) -> None:
    set_budget(alice, "email", only_strong=True)
    assert ask_code(alice) == NotAsked("off", 0)
    enrolment.password_changed(alice.pk)
    opened(ask_code(alice))


def test_a_code_costs_four_statements(alice: Any) -> None:
    with statements(4):
        asked = opened(ask_code(alice))
    assert isinstance(check(asked, code_of(asked)), Right)
    with statements(4):
        opened(ask_code(alice, OTHER_JOURNEY, lane="known"))


def test_another_may_be_sent_after_half_a_minute(alice: Any, clock: FrozenClock) -> None:
    assert opened(ask_code(alice)).resend_after == clock.at + timedelta(seconds=30)
