"""What a request may wait for the database, and who is let through after a failure."""

import math
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from unittest import mock

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from mfaproject.lib import deadlines
from mfaproject.lib.breaker import Turnstile
from mfaproject.lib.racing import at_once
from mfaproject.middleware import DeadlineMiddleware


class Seconds:
    """`time.monotonic` that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Iterator[Seconds]:
    passed = Seconds()
    where = (
        "time.monotonic",
        "mfaproject.lib.deadlines.monotonic",
        "mfaproject.middleware.monotonic",
    )
    with ExitStack() as patches:
        for each in where:
            patches.enter_context(mock.patch(each, passed))
        yield passed


def wait(budget: deadlines.Budget, seconds: Seconds, span: float) -> None:
    began = seconds.now
    seconds.now += span
    budget.waited(began)


def test_outside_of_a_request_nothing_has_a_deadline() -> None:
    assert deadlines.remaining() is None
    with deadlines.request(0.0):
        assert deadlines.remaining() is not None
    assert deadlines.remaining() is None


def test_what_is_left_shrinks_until_the_deadline_whatever_was_done_meanwhile(
    seconds: Seconds,
) -> None:
    with deadlines.request(seconds.now + 2.0, grace=0.5) as budget:
        assert budget.left() == 2.5
        seconds.now += 1.5  # hashing, say
        assert budget.left() == 1.0


def test_who_comes_late_has_the_grace_in_all_and_not_each_time(seconds: Seconds) -> None:
    with deadlines.request(seconds.now + 2.0, grace=0.5) as budget:
        seconds.now += 30.0
        assert budget.left() == 0.5
        wait(budget, seconds, 0.2)
        assert budget.left() == pytest.approx(0.3)
        seconds.now += 30.0  # not a wait for the database, so it costs nothing
        assert budget.left() == pytest.approx(0.3)
        wait(budget, seconds, 0.4)
        assert budget.left() == 0.0


def test_a_wait_over_the_deadline_takes_only_its_late_part_from_the_grace(seconds: Seconds) -> None:
    with deadlines.request(seconds.now + 1.0, grace=0.5) as budget:
        wait(budget, seconds, 1.2)
        assert budget.left() == pytest.approx(0.3)


def test_a_shorter_deadline_inside_is_paid_by_the_one_outside(seconds: Seconds) -> None:
    with deadlines.request(seconds.now, grace=0.5) as budget:
        with deadlines.within(0.3):
            assert deadlines.remaining() == pytest.approx(0.3)
            seconds.now += 0.3
            assert deadlines.remaining() == 0.0
        assert budget.left() == pytest.approx(0.2)
        with deadlines.within(0.3):
            assert deadlines.remaining() == pytest.approx(0.2), "never longer than the one outside"


def test_a_page_that_asks_much_gets_longer_but_no_single_wait_does(
    seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "BUDGET", 2.0)
    deadlines.lengthen(10.0)  # outside of a request: nothing
    with deadlines.request(seconds.now + 2.0, grace=0.5) as budget:
        deadlines.lengthen(10.0)
        for _ in range(5):
            assert budget.left() == 2.0
            wait(budget, seconds, 1.9)
        assert budget.left() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("arrived", "left"),
    [(None, 2.5), (99.0, 1.5), (10.0, 0.5), ("99.0", 2.5)],
    ids=["says nothing", "queued", "queued for long", "nonsense"],
)
def test_the_deadline_begins_with_the_arrival_wherever_the_request_waited(
    arrived: object, left: float, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "BUDGET", 2.0)
    seen: list[float | None] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.append(deadlines.remaining())
        return HttpResponse()

    request = RequestFactory().get("/", **({} if arrived is None else {"nod.arrived": arrived}))  # type: ignore[arg-type]
    DeadlineMiddleware(answer)(request)
    assert seen == [pytest.approx(left)]
    assert deadlines.remaining() is None


def test_no_client_can_say_when_it_arrived() -> None:
    """Headers have other names in there."""
    request = RequestFactory().get("/", headers={"nod.arrived": "1.0"})
    assert DeadlineMiddleware.ARRIVED not in request.META


# After a failure


def turnstile() -> Turnstile:
    return Turnstile(rest=0.5, patience=0.0, longest=3.0)


def test_a_turnstile_lets_everybody_through_until_something_fails(seconds: Seconds) -> None:
    assert all(turnstile().admit() for _ in range(3))


def test_after_a_failure_nobody_asks_and_then_one_at_a_time(seconds: Seconds) -> None:
    gate = turnstile()
    gate.trip()
    assert not gate.admit()
    seconds.now += 0.5
    assert [gate.admit() for _ in range(3)] == [True, False, False], "one probes"
    gate.trip()
    assert not gate.admit()


def test_one_success_opens_it_for_everybody(seconds: Seconds) -> None:
    gate = turnstile()
    gate.trip()
    seconds.now += 0.5
    assert gate.admit()
    gate.succeeded()
    assert all(gate.admit() for _ in range(3))


def test_a_probe_of_which_nothing_is_heard_makes_room(seconds: Seconds) -> None:
    gate = turnstile()
    gate.trip()
    seconds.now += 0.5
    assert gate.admit()
    seconds.now += 2.9
    assert not gate.admit()
    seconds.now += 0.2
    assert gate.admit()


def test_a_wait_in_which_others_were_answered_says_nothing_of_the_database(
    seconds: Seconds,
) -> None:
    gate, began = turnstile(), seconds.now
    seconds.now += 1.0
    gate.succeeded()
    seconds.now += 1.0
    gate.failed(began)
    assert gate.admit(), "one slow statement is no outage"
    assert gate.failed_at == -math.inf
    gate.failed(seconds.now)
    assert not gate.admit()


def test_who_comes_with_the_probe_waits_for_what_it_finds() -> None:
    """When the database is back it is back for all who ask at that moment, and
    not for the first alone."""
    gate = Turnstile(rest=0.0, patience=20.0, longest=60.0)
    gate.trip()
    assert gate.admit()
    with mock.patch.object(
        threading.Condition, "wait", side_effect=lambda _seconds: gate.succeeded()
    ):
        assert gate.admit()


def test_of_many_at_once_one_probes_and_all_get_through_when_it_finds_that_all_is_well() -> None:
    gate = Turnstile(rest=0.0, patience=20.0, longest=60.0)
    gate.trip()
    probes: list[bool] = []

    def ask() -> bool:
        if not gate.admit():
            return False
        probes.append(True)
        gate.succeeded()
        return True

    assert all(at_once(*[ask] * 12))
