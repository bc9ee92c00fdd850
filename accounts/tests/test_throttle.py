"""Wrong passwords cost time; counting them cannot be raced, forgotten or used to lock somebody else
out.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from accounts.models import Failures
from accounts.services import throttle
from accounts.services.throttle import Record
from mfaproject.lib.limits import Limit
from mfaproject.lib.testing import frozen

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TWO = Limit("two", 2, 60)
pytestmark = pytest.mark.django_db


ROW = re.compile(
    r"^\| .+ \| `([A-Z_]+)` \| ([0-9]+ in [0-9]+ s(?:, [0-9]+ in [0-9]+ s)*) \|$", re.MULTILINE
)


def test_the_page_and_the_limits_agree() -> None:
    page = (settings.BASE_DIR / "docs" / "limits.md").read_text()
    found = {
        name: (value,) if isinstance(value, Limit) else value
        for name, value in vars(throttle).items()
        if name.isupper()
    }
    limits = {
        name: value
        for name, value in found.items()
        if isinstance(value, tuple) and isinstance(value[0], Limit)
    }
    assert dict(ROW.findall(page)) == {
        name: ", ".join(f"{one.rate} in {one.per} s" for one in each)
        for name, each in limits.items()
    }


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (500, 3600)],
)
def test_from_the_fifth_failure_on_the_wait_doubles_up_to_an_hour(
    failures: int, seconds: int
) -> None:
    assert throttle.wait_after(failures) == seconds


@pytest.mark.parametrize(
    ("record", "after", "seconds"),
    [
        (Record(), 0, 0),
        (Record(4, NOON, NOON), 0, 0),
        (Record(5, NOON, NOON), 29, 1),
        (Record(5, NOON, NOON), 29.5, 1),
        (Record(5, NOON, NOON), 30, 0),
        (Record(12, NOON, NOON), 0, 3600),
        (Record(12, NOON, NOON), 3599, 1),
    ],
)
def test_waiting_follows_from_count_and_last_moment(
    record: Record, after: float, seconds: int
) -> None:
    assert throttle.name_wait(record, NOON + timedelta(seconds=after)) == seconds


@pytest.mark.parametrize(
    ("count", "after", "seconds"), [(9, 0, 0), (10, 0, 60), (10, 59, 1), (10, 60, 0), (10, 61, 0)]
)
def test_a_network_is_heard_again_when_its_minute_is_over(
    count: int, after: int, seconds: int
) -> None:
    assert (
        throttle.address_wait(Record(count, NOON, NOON), NOON + timedelta(seconds=after)) == seconds
    )


@pytest.mark.parametrize("spelling", ["Admin", "ADMIN", "ａｄｍｉｎ", "ad\u200bmin", " admin "])
def test_all_spellings_of_a_name_share_one_counter(spelling: str) -> None:
    assert throttle.name_row(spelling, "other") == throttle.name_row("admin", "other")


def test_composed_and_decomposed_letters_share_one_counter() -> None:
    assert throttle.name_row("andr\u00e9", "other") == throttle.name_row("andre\u0301", "other")


def test_the_two_lanes_of_a_name_are_counted_apart() -> None:
    assert throttle.name_row("alice", "known") != throttle.name_row("alice", "other")


def test_nobody_reads_a_name_from_its_row() -> None:
    assert "alice" not in throttle.name_row("alice", "other")


def test_five_failures_in_five_minutes_add_up_and_spread_out_ones_do_not() -> None:
    with frozen(NOON) as clock:
        for _ in range(3):
            throttle.name_failed("row")
        clock.forward(minutes=6)
        throttle.name_failed("row")
        assert throttle.read({"x": "row"})["x"].count == 1
        for _ in range(4):
            throttle.name_failed("row")
        clock.forward(minutes=6)
        throttle.name_failed("row")
        assert throttle.read({"x": "row"})["x"].count == 6, (
            "past five, minutes of silence do not help"
        )
        clock.forward(hours=25)
        throttle.name_failed("row")
        assert throttle.read({"x": "row"})["x"].count == 1, "a day of silence does"


def test_a_right_password_clears_its_lane_alone() -> None:
    throttle.name_failed("mine")
    throttle.name_failed("other")
    throttle.succeeded("mine")
    assert {row.key: row.count for row in Failures.objects.all()} == {"mine": 0, "other": 1}


def test_a_tally_admits_so_many_in_its_window_and_says_when_it_ends() -> None:
    with frozen(NOON) as clock:
        assert [throttle.tally("a", TWO), throttle.tally("a", TWO)] == [0, 0]
        clock.forward(seconds=20)
        assert throttle.tally("a", TWO) == 40
        assert throttle.tally("b", TWO) == 0
        clock.forward(seconds=39)
        assert throttle.tally("a", TWO) == 1
        clock.forward(seconds=1)
        assert throttle.tally("a", TWO) == 0, "what was told was true"


def test_pruning_removes_only_what_no_longer_counts() -> None:
    with frozen(NOON) as clock:
        throttle.tally("a", TWO)
        throttle.name_failed("row")
        clock.forward(hours=23)
        throttle.tally("b", TWO)
        throttle.prune()
        assert throttle.read({"x": "row"})["x"].count == 1
        clock.forward(hours=2)
        throttle.prune()
        assert not Failures.objects.exists()
