"""Surprise, decay and shares."""

import pytest

from risk.history.types import HALF_LIFE, Count, Tally, decayed, surprise
from risk.tests.helpers import seen


@pytest.mark.parametrize(
    ("parent", "bits"),
    [
        (Count(), 0.0),
        (seen(1, 1), 1.0),
        (seen(3, 1), 2.0),
        (seen(31, 1), 5.0),
        (seen(32, 32), 1.0),  # always somewhere else: a new place is hardly news
    ],
)
def test_a_new_value_surprises_by_how_settled_the_person_is(parent: Count, bits: float) -> None:
    assert surprise(parent) == pytest.approx(bits)


def test_a_sign_in_counts_half_after_ninety_days() -> None:
    assert decayed(8.0, HALF_LIFE) == pytest.approx(4.0)
    assert decayed(8.0, 0) == 8.0


def test_a_clock_that_was_set_back_makes_nothing_grow() -> None:
    assert decayed(8.0, -HALF_LIFE) == 8.0


def test_rows_of_one_node_under_two_keys_are_one_count() -> None:
    assert Count(1.5, 2, 1, 145).plus(Count(0.5, 1, 2, 144)) == Count(2.0, 3, 3, 145)


def test_a_share_of_nothing_is_nothing() -> None:
    assert Tally().share == 0.0
    assert Tally(2.0, 3, 4).share == 0.75
