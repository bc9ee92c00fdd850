"""Decay and shares."""

import pytest

from risk.login.history import HALF_LIFE, Count, FailureCount, decayed


def test_a_sign_in_counts_half_after_ninety_days() -> None:
    assert decayed(8.0, HALF_LIFE) == pytest.approx(4.0)
    assert decayed(8.0, 0) == 8.0


def test_a_clock_that_was_set_back_makes_nothing_grow() -> None:
    assert decayed(8.0, -HALF_LIFE) == 8.0


def test_rows_of_one_node_under_two_keys_are_one_count() -> None:
    assert Count(1.5, 2, 1, 145).plus(Count(0.5, 1, 2, 144)) == Count(2.0, 3, 3, 145)


def test_a_share_of_nothing_is_nothing() -> None:
    assert FailureCount().share == 0.0
    assert FailureCount(2.0, 3, 4).share == 0.75
