"""What the ledger tells of an account's newest rows, in the one SELECT."""

from typing import Any

import pytest

from mfaproject.lib.testing import FrozenClock
from risk.geo import lists
from risk.history import lookup, recent_events
from risk.login.history import History, Lately, Success
from risk.services import assess, assessing, note_act, recognise, record_outcome
from risk.tests.helpers import FAR, HOME, fail, login, sign_in


def past(user: Any) -> History:
    context = login()
    return lookup.read(
        assessing.attempt(context, user.pk),
        user_id=user.pk,
        ip=context.ip,
        user_agent=context.user_agent,
    )[0]


def names(user: Any, ip: str, cookie: str | None = None) -> set[str]:
    found = assess(
        user_id=user.pk,
        is_staff=False,
        has_strong=True,
        context=login(ip, browser=recognise(cookie)),
    )
    return {finding.name for finding in found.findings if finding.points > 0}


def test_nothing_of_an_empty_ledger(alice: Any) -> None:
    assert (past(alice).lately, past(alice).last_at) == (Lately(), None)


@pytest.mark.usefixtures("places")
def test_successes_newest_first_with_where_they_came_from(
    alice: Any, bob: Any, clock: FrozenClock
) -> None:
    lists.install("vpn", "exits", [FAR], source="exits.txt")
    first = clock.at.timestamp()
    sign_in(alice, HOME)
    clock.forward(hours=1)
    sign_in(alice, FAR)
    sign_in(bob, HOME)
    for outcome in ("wrong_password", "denied", "pending", "blocked"):
        fail(alice, HOME, outcome)
    found = past(alice)
    assert found.lately == Lately(
        (
            Success(int(first) + 3600.0, "JP", listed=True, placed=True),
            Success(float(int(first)), "GB", placed=True),
        )
    )
    assert found.last_at == int(first) + 3600


def test_without_files_a_success_has_no_place(alice: Any) -> None:
    sign_in(alice)
    assert [(each.country, each.listed, each.placed) for each in past(alice).lately.successes] == [
        ("", False, False)
    ]


@pytest.mark.parametrize(
    ("act", "field"),
    [
        ("password_reset", "password_at"),
        ("enrolment", "password_at"),
        ("factor_changed", "factor_at"),
    ],
)
def test_changes_are_told_with_their_time(
    alice: Any, clock: FrozenClock, act: str, field: str
) -> None:
    note_act(alice.pk, act)
    at = int(clock.at.timestamp())
    clock.forward(hours=2)
    found = past(alice).lately
    assert {name: getattr(found, name) for name in ("password_at", "factor_at")} == {
        "password_at": None,
        "factor_at": None,
        field: at,
    }


def test_an_act_of_an_admin_is_none(alice: Any) -> None:
    note_act(alice.pk, "admin_act")
    assert past(alice).lately == Lately()


def test_only_so_many_are_looked_at_and_told(
    alice: Any, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_events, "LOOKED_AT", 4)
    monkeypatch.setattr(recent_events, "TOLD", 2)
    for _ in range(3):
        sign_in(alice)
        clock.forward(minutes=1)
    assert len(past(alice).lately.successes) == 2
    for _ in range(4):
        fail(alice)
    assert past(alice).lately == Lately()
    assert past(alice).last_at is not None, (
        "the counts do not forget because somebody guesses passwords"
    )


@pytest.mark.usefixtures("places")
def test_a_stranger_from_the_other_end_of_the_world_within_the_hour(
    alice: Any, clock: FrozenClock
) -> None:
    _, cookie = sign_in(alice, HOME)
    clock.forward(hours=1)
    assert "travel" in names(alice, FAR)
    assert "travel" not in names(alice, FAR, cookie)
    clock.forward(hours=12)
    assert "travel" not in names(alice, FAR)


@pytest.mark.usefixtures("places")
def test_a_stranger_from_a_cloud_on_the_day_of_a_new_password(
    alice: Any, clock: FrozenClock
) -> None:
    lists.install("hosting", "clouds", ["AS24940"], source="clouds.txt")
    for _ in range(5):
        sign_in(alice, HOME)
        clock.forward(days=1)
    note_act(alice.pk, "password_reset")
    clock.forward(hours=3)
    assert {"networks_hosting", "change_password"} <= names(alice, "5.9.1.2")
    assert not {"networks_hosting", "change_password"} & names(alice, HOME)


def test_a_pending_login_that_ends_well_is_a_success(alice: Any) -> None:
    log_id = fail(alice, HOME, "pending")
    assert past(alice).lately.successes == ()
    record_outcome(log_id, "admitted")
    assert len(past(alice).lately.successes) == 1
