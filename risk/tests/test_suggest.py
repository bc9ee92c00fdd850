"""From a wish to a threshold: "at most so many asked", "so many attackers stopped"."""

from typing import Any

import pytest

from risk.backtest.limits import Limits
from risk.backtest.suggest import Curve, Point, at_most, between, curves, stop, thresholds
from risk.backtest.tally import Totals
from risk.backtest.targets import suggested
from risk.policy.rules import Policy
from risk.tests.made import ASK, draw, totals

POLICY = Policy("default", 0, 40, 80)


def good(*highest: int, each: int = 1, knows: bool = True) -> Totals:
    """Good sign-ins that are asked by thresholds as high as these and lower ones."""
    found = totals()
    for number in highest:
        for _ in range(each):
            found.mark(Limits(number, number), knows=knows)
    return found


@pytest.mark.parametrize(("mark", "first", "last"), [("challenge", 1, 79), ("strict", 41, 100)])
def test_a_threshold_stays_on_its_side_of_the_other(mark: Any, first: int, last: int) -> None:
    assert (thresholds(mark, POLICY)[0], thresholds(mark, POLICY)[-1]) == (first, last)


@pytest.mark.parametrize(
    ("share", "threshold", "asked"),
    [
        (1.0, 1, 1.0),
        (0.75, 11, 0.75),
        (0.74, 21, 0.5),
        (0.5, 21, 0.5),
        (0.25, 31, 0.25),
        (0.24, None, 0.25),
        (0.0, None, 0.25),
    ],
)
def test_the_lowest_threshold_that_asks_no_more(
    share: float, threshold: int | None, asked: float
) -> None:
    """Of four sign-ins one is asked whatever the threshold is: that is the rules' doing."""
    found = at_most(good(10, 20, 30, 100), "challenge", POLICY, share, "all")
    assert found
    assert (found.threshold, found.good, found.stopped) == (threshold, asked, None)


def test_where_no_threshold_keeps_the_promise_the_nearest_is_told() -> None:
    found = at_most(good(100, 100, 10), "challenge", POLICY, 0.5, "known")
    assert found
    assert found.threshold is None
    assert found.good == pytest.approx(2 / 3)


def test_of_nothing_nothing_is_promised() -> None:
    assert at_most(totals(), "challenge", POLICY, 0.5, "all") is None
    assert at_most(good(10, knows=False), "challenge", POLICY, 0.5, "known") is None
    assert at_most(good(10, knows=False), "challenge", POLICY, 0.5, "all") is not None


@pytest.mark.parametrize(
    ("share", "threshold", "stopped"),
    [(0.2, 70, 0.5), (0.5, 70, 0.5), (0.51, 50, 1.0), (1.0, 50, 1.0)],
)
def test_the_highest_threshold_that_stops_as_many(
    share: float, threshold: int, stopped: float
) -> None:
    found = good(*range(60), each=1)
    draw(found, "thief", 25, highest=50)
    draw(found, "thief", 25, highest=70)
    told = stop(found, "challenge", POLICY, share, "thief")
    assert told
    assert (told.threshold, told.stopped) == (threshold, stopped)
    assert told.good == pytest.approx(sum(each >= threshold for each in range(60)) / 60)


def test_what_nothing_stops_is_told_with_the_most_that_can_be_had() -> None:
    found = good(60)
    draw(found, "vpn", 30, highest=60)
    draw(found, "vpn", 30, highest=0)
    told = stop(found, "strict", POLICY, 0.6, "vpn")
    assert told
    assert (told.threshold, told.stopped) == (None, 0.5)


@pytest.mark.parametrize(("number", "is_told"), [(49, False), (50, True)])
def test_few_attackers_promise_nothing(number: int, is_told: bool) -> None:
    found = good(10)
    draw(found, "thief", number)
    assert bool(stop(found, "challenge", POLICY, 0.5, "thief")) is is_told
    told = at_most(found, "challenge", POLICY, 1.0, "all")
    assert told
    assert (told.stopped is not None) is is_told


def test_attackers_of_another_past_than_the_sites_promise_nothing() -> None:
    found = good(*[10] * 60)
    draw(found, "thief", 60)
    assert curves(found, "challenge", POLICY)
    found.agreed = 7  # of ten
    assert curves(found, "challenge", POLICY) == ()
    assert stop(found, "challenge", POLICY, 0.5, "thief") is None


def test_thieves_are_for_the_challenge_and_targeted_ones_for_the_strong_factor() -> None:
    found = good(10)
    draw(found, "thief", 50, highest=79)
    draw(found, "targeted", 50, highest=0)
    challenge, strict = (at_most(found, mark, POLICY, 1.0, "all") for mark in MARKS)
    assert challenge
    assert strict
    assert (challenge.stopped, strict.stopped) == (1.0, 0.0)


MARKS: tuple[Any, ...] = ("challenge", "strict")


def test_a_curve_goes_from_the_highest_threshold_down() -> None:
    found = good(*[10] * 25, *[30] * 25)
    draw(found, "thief", 50, highest=20)
    (curve,) = curves(found, "challenge", POLICY)
    assert (curve.kind, len(curve.points)) == ("thief", 79)
    assert [curve.at(t) for t in (79, 30, 20, 10)] == [
        Point(79, 0.0, 0.0),
        Point(30, 0.5, 0.0),
        Point(20, 0.5, 1.0),
        Point(10, 1.0, 1.0),
    ]
    assert curve.at(99) == curve.points[0]


def test_for_the_strong_factor_each_kind_has_its_curve() -> None:
    found = good(*[10] * 50)
    for kind, number in (("naive", 50), ("vpn", 49), ("targeted", 51), ("thief", 50)):
        draw(found, kind, number)
    assert [each.kind for each in curves(found, "strict", POLICY)] == ["naive", "targeted", "thief"]
    assert all(isinstance(each, Curve) for each in curves(found, "challenge", POLICY))


@pytest.mark.parametrize(
    ("at_most_share", "stop_share", "asked"),
    [
        (None, None, []),
        (0.1, None, ["challenge all", "challenge known", "strict all"]),
        (
            None,
            0.5,
            [
                "challenge thief",
                "strict naive",
                "strict vpn",
                "strict targeted",
                "strict thief",
            ],
        ),
    ],
)
def test_a_wish_is_several_thresholds(
    at_most_share: float | None, stop_share: float | None, asked: list[str]
) -> None:
    found = good(*[10] * 60)
    for kind in found.drawn:
        draw(found, kind, 50, ASK)
    told = suggested(found, POLICY, at_most_share, stop_share)
    assert [f"{each.mark} {each.of}" for each in told] == asked
    assert {each.wanted for each in told} <= {0.1, 0.5}


@pytest.mark.parametrize("total", [1, 10, 1000])
def test_more_draws_tell_more(total: int) -> None:
    """Both ends stay within what can be, around what was seen."""
    for hits in range(0, total + 1, max(1, total // 5)):
        low, high = between(hits, total)
        more_low, more_high = between(10 * hits, 10 * total)
        assert 0.0 <= low <= hits / total + 1e-9
        assert hits / total - 1e-9 <= high <= 1.0
        assert more_high - more_low < high - low
