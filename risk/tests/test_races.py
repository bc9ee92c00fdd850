"""Many at once against one row."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import pytest
from django.db import OperationalError, connection, transaction

from mfaproject.lib.racing import at_once
from mfaproject.lib.testing import person
from risk.geo.places import Place
from risk.history import aggregate, counts, expire, failure_reputation, locks, rebuild
from risk.login import chains
from risk.models import FeatureCount, KnownBrowser, LoginLog
from risk.services import NotPending, admit, recognise, record_login, record_outcome
from risk.tests.helpers import HOME, login, sign_in, stopped

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
Result = TypeVar("Result")
TRIALS, AT_ONCE = 5, 8


@pytest.fixture
def user(transactional_db: None) -> Any:
    return person("alice")


def eight(work: Callable[[int], Result]) -> list[Result]:
    """All of them at the same moment."""
    return at_once(*[partial(work, number) for number in range(AT_ONCE)])


def one_login(user: Any, cookie: str | None, _number: int = 0) -> str | None:
    """As accounts does it; gives the cookie set by this answer, if any."""
    context = login(HOME, browser=recognise(cookie))
    with transaction.atomic():
        log_id = record_login(
            context=context, outcome="pending", assessment=None, user_id=user.pk, typed_name=""
        )
        return admit(
            log_id=log_id,
            user_id=user.pk,
            context=context,
            factor="push",
            strength="strong",
            added_by="s",
        )


def test_tabs_that_rotate_together_raise_no_false_alarm(user: Any) -> None:
    _, cookie = sign_in(user)
    for _ in range(TRIALS):
        shown = cookie
        given = [new for new in eight(partial(one_login, user, shown)) if new]
        assert len(given) == 1
        cookie = given[0]
        assert recognise(shown).state == "grace"
        assert recognise(cookie).state == "known"
    assert KnownBrowser.objects.filter(revoked_at=None).count() == 1


def test_parallel_logins_of_one_person_are_all_counted_and_never_wait_in_a_circle(
    user: Any,
) -> None:
    for _ in range(TRIALS):
        eight(partial(one_login, user, None))
    root = FeatureCount.objects.get(chain="cookie", level="all")
    assert root.times == TRIALS * AT_ONCE
    assert root.n == pytest.approx(TRIALS * AT_ONCE, rel=1e-3)


def test_confirming_and_teaching_at_once_never_wait_in_a_circle(user: Any) -> None:
    given = (chains.address(HOME), chains.cookie(True))
    counts.learn(counts.lesson(user.pk, given, "strong"), 1)

    def work(number: int) -> None:
        with transaction.atomic():
            counts.learn(counts.lesson(user.pk, given, "strong" if number % 2 else "password"), 2)

    for _ in range(TRIALS):
        eight(work)
    assert set(FeatureCount.objects.values_list("times", flat=True)) == {1 + TRIALS * AT_ONCE}


def test_one_ledger_row_ends_once(user: Any) -> None:
    for _ in range(TRIALS):
        context = login()
        log_id = record_login(
            context=context, outcome="pending", assessment=None, user_id=user.pk, typed_name=""
        )

        def work(number: int, log_id: int = log_id, context: Any = context) -> bool:
            if number % 2:
                return record_outcome(log_id, "denied")
            try:
                with transaction.atomic():
                    admit(
                        log_id=log_id,
                        user_id=user.pk,
                        context=context,
                        factor="push",
                        strength="strong",
                        added_by="s",
                    )
            except NotPending:
                return False
            return True

        assert sum(eight(work)) == 1
        assert LoginLog.objects.get(pk=log_id).outcome in ("admitted", "denied")


def test_second_factors_that_fail_at_once_name_a_place_once_and_never_wait_in_a_circle(
    user: Any,
) -> None:
    other = person("bob")
    for trial in range(TRIALS):
        # the provider and the network are new
        ip, place = f"81.{trial}.16.7", Place("GB", 20712 + trial)
        waiting = [
            stopped(who, ip, "pending", place=place)
            for who in (user, other)
            for _ in range(AT_ONCE // 2)
        ]

        def work(number: int, waiting: Any = waiting) -> bool:
            return record_outcome(waiting[number], "denied")

        assert eight(work) == [True] * AT_ONCE
        aggregate.share(login().at + aggregate.WAIT)
    rows = FeatureCount.objects.filter(chain=chains.NAMED)
    assert set(rows.filter(account__gt=0).values_list("times", "n")) == {(1, 1.0)}
    assert set(rows.filter(account=0).values_list("times", flat=True)) == {2}


def test_names_during_a_rebuilding_are_all_there(user: Any) -> None:
    sign_in(user)
    until = int(login().at.timestamp())
    for trial in range(TRIALS):
        waiting = [
            stopped(user, f"81.{trial}.{16 * number}.7", "pending") for number in range(AT_ONCE)
        ]

        def work(number: int, waiting: Any = waiting) -> Any:
            return (
                record_outcome(waiting[number], "denied")
                if number % 4
                else rebuild.rebuild_account(user.pk, until)
            )

        eight(work)
    named = FeatureCount.objects.filter(account=user.pk, chain=chains.NAMED, level="network")
    assert (
        named.count() == LoginLog.objects.filter(outcome="denied").count() == TRIALS * (AT_ONCE - 2)
    )


def test_sweepers_that_meet_tell_each_value_once(user: Any) -> None:
    eight(
        lambda number: counts.learn(counts.lesson(number + 1, (chains.address(HOME),), "strong"), 1)
    )
    told = eight(lambda _number: aggregate.share(login().at))
    assert sum(told) == 3 * AT_ONCE
    assert set(FeatureCount.objects.filter(account=0).values_list("times", flat=True)) == {AT_ONCE}


def test_sign_ins_during_a_rebuilding_are_all_counted(user: Any) -> None:
    for _ in range(3):
        sign_in(user)
    until = int(login().at.timestamp())

    def work(number: int) -> None:
        if number % 4 == 0:
            rebuild.rebuild_account(user.pk, until)
        else:
            one_login(user, None)

    for _ in range(TRIALS):
        eight(work)
    expected = 3 + TRIALS * (AT_ONCE - 2)
    assert LoginLog.objects.filter(outcome="admitted").count() == expected
    assert FeatureCount.objects.get(account=user.pk, chain="cookie", level="all").times == expected
    assert set(
        FeatureCount.objects.filter(account=user.pk, chain="address").values_list(
            "times", flat=True
        )
    ) == {expected}


@pytest.mark.parametrize("what", ["new values", "values seen before", "taking back", "naming"])
def test_who_teaches_waits_for_a_rebuilding_before_any_row(user: Any, what: str) -> None:
    lesson = counts.lesson(
        user.pk, (chains.address(HOME),), "password" if what == "values seen before" else "strong"
    )
    counts.learn(counts.lesson(user.pk, (chains.address(HOME),), "strong"), 1)

    def work() -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                if what == "taking back":
                    expire.unlearn(user.pk, lesson.noted(1))
                elif what == "naming":
                    failure_reputation.name(
                        user.pk, failure_reputation.noted((chains.address(HOME),)), 1
                    )
                else:
                    counts.learn(lesson, 2)
        except OperationalError:
            return True
        return False

    with transaction.atomic():
        locks.only_one_for(user.pk)
        assert at_once(work, work) == [True, True]
    assert at_once(work) == [False]
