"""After a full success."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from risk.login.context import Strength
from risk.models import FeatureCount, KnownBrowser, LoginLog
from risk.services import NotPending, admit, recognise, record_login, record_outcome
from risk.tests.helpers import FAR, HOME, LOOPBACK, PHONE, login, sign_in


def pending(user: Any, **facts: Any) -> tuple[int, Any]:
    context = login(**facts)
    return record_login(
        context=context, outcome="pending", assessment=None, user_id=user.pk, typed_name=""
    ), context


@pytest.mark.parametrize(
    ("knows", "strength", "statements"),
    [
        (False, "strong", 3),
        (False, "weak", 3),
        (True, "strong", 3),
        (True, "password", 3),
        (False, "password", 1),
    ],
)
def test_three_statements_at_most(
    alice: Any,
    knows: bool,
    strength: Strength,
    statements: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cookie = sign_in(alice)[1] if knows else None
    log_id, context = pending(alice, browser=recognise(cookie))
    with django_assert_num_queries(statements):
        admit(
            log_id=log_id,
            user_id=alice.pk,
            context=context,
            factor="push",
            strength=strength,
            added_by="s",
        )


def test_joining_a_browser_of_somebody_else_takes_no_more(
    alice: Any, bob: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _, cookie = sign_in(alice)
    log_id, context = pending(bob, browser=recognise(cookie))
    with django_assert_num_queries(3):
        admit(
            log_id=log_id,
            user_id=bob.pk,
            context=context,
            factor="push",
            strength="strong",
            added_by="s",
        )


def test_the_ledger_says_how(alice: Any) -> None:
    log_id, context = pending(alice)
    admit(
        log_id=log_id,
        user_id=alice.pk,
        context=context,
        factor="push",
        strength="strong",
        added_by="s",
        detail="Pixel 8",
    )
    row = LoginLog.objects.get(pk=log_id)
    assert (row.outcome, row.factor, row.detail) == ("admitted", "push", "Pixel 8")
    assert row.ended_at is not None
    assert (row.learned or {})["weight"] == 1.0


def test_the_browser_remembers_who_added_it(alice: Any) -> None:
    log_id, _ = sign_in(alice)
    row = KnownBrowser.objects.get()
    assert (row.added_by, row.last_log_id, row.browser, row.system) == (
        "session",
        log_id,
        "Firefox",
        "Linux",
    )


@pytest.mark.parametrize("outcome", ["denied", "expired", "superseded"])
def test_a_login_that_ended_admits_nobody(alice: Any, outcome: str) -> None:
    log_id, context = pending(alice)
    record_outcome(log_id, outcome)
    with pytest.raises(NotPending):
        admit(
            log_id=log_id,
            user_id=alice.pk,
            context=context,
            factor="push",
            strength="strong",
            added_by="s",
        )
    assert not KnownBrowser.objects.exists()
    assert not FeatureCount.objects.exists()


def test_nobody_is_admitted_twice_on_one_row(alice: Any) -> None:
    log_id, context = pending(alice)
    admit(
        log_id=log_id,
        user_id=alice.pk,
        context=context,
        factor="push",
        strength="strong",
        added_by="s",
    )
    with pytest.raises(NotPending):
        admit(
            log_id=log_id,
            user_id=alice.pk,
            context=context,
            factor="push",
            strength="strong",
            added_by="s",
        )


def test_a_password_alone_in_an_unknown_browser_teaches_nothing(alice: Any) -> None:
    log_id, cookie = sign_in(alice, strength="password")
    assert cookie is None
    assert not FeatureCount.objects.exists()
    assert LoginLog.objects.get(pk=log_id).learned is None


def test_a_password_in_a_known_browser_brings_in_no_new_address(alice: Any) -> None:
    _, cookie = sign_in(alice, HOME)
    sign_in(alice, FAR, cookie=cookie, strength="password")
    assert FeatureCount.objects.filter(level="address").count() == 1
    root = FeatureCount.objects.get(chain="cookie", level="all")
    assert root.times == 2
    assert root.n == pytest.approx(1.5)


def test_loopback_teaches_no_address(alice: Any) -> None:
    sign_in(alice, LOOPBACK)
    assert not FeatureCount.objects.filter(chain="address").exists()
    assert FeatureCount.objects.filter(chain="agent").count() == 5


def test_the_habit_of_showing_a_known_browser_is_learned(alice: Any) -> None:
    _, cookie = sign_in(alice)
    sign_in(alice, cookie=cookie)
    sign_in(alice, user_agent=PHONE)
    shown = (
        FeatureCount.objects.filter(chain="cookie", level="shown")
        .values_list("times", flat=True)
        .order_by("id")
    )
    assert list(shown) == [2, 1]
