"""The ledger moves forward only."""

import itertools

import pytest

from risk import outcomes
from risk.models import LoginLog


def test_the_model_offers_exactly_these_outcomes() -> None:
    assert set(LoginLog.Outcome.values) == outcomes.OUTCOMES


@pytest.mark.parametrize(("before", "after"), list(itertools.product(sorted(outcomes.OUTCOMES), repeat=2)))
def test_every_pair_moves_as_the_table_says(before: str, after: str) -> None:
    allowed = after in outcomes.TRANSITIONS.get(before, ())
    assert (before in outcomes.sources(after)) is allowed


def test_nothing_leads_back() -> None:
    assert outcomes.sources("pending") == ()
    assert outcomes.sources("disavowed") == ("admitted",)
    assert outcomes.sources("no such word") == ()


def test_failed_guesses_can_never_become_a_login() -> None:
    assert not outcomes.PASSWORD_FAILED & set(outcomes.sources("admitted"))
