"""The ledger moves forward only."""

from typing import Any

import pytest

from risk.login import outcomes
from risk.models import LoginLog
from risk.services import record_outcome
from risk.tests.helpers import fail, sign_in

LEADS_TO = {
    "pending": "admitted cancelled denied expired failed locked not_me superseded wrong_number",
    "admitted": "disavowed",
}
"""All else is how a row stays: from each outcome, those that it may still become."""


def test_the_model_offers_exactly_these_outcomes() -> None:
    assert set(LoginLog.Outcome.values) == outcomes.OUTCOMES


@pytest.mark.parametrize("after", sorted(outcomes.OUTCOMES))
def test_an_outcome_is_reached_from_where_the_table_says(after: str) -> None:
    assert list(outcomes.sources(after)) == [
        before for before in sorted(LEADS_TO) if after in LEADS_TO[before].split()
    ]


def test_an_unknown_word_is_reached_from_nowhere() -> None:
    assert outcomes.sources("no such word") == ()


@pytest.mark.parametrize("after", sorted(outcomes.OUTCOMES - {"pending"}))
def test_a_row_moves_as_the_table_says(alice: Any, after: str) -> None:
    """Asked of the rows themselves: what cannot be moved stays what it was."""
    log_id = fail(alice, outcome="pending")
    moved = record_outcome(log_id, after)
    assert moved == (after in LEADS_TO["pending"].split())
    assert LoginLog.objects.get(pk=log_id).outcome == (after if moved else "pending")


def test_who_is_in_may_only_be_disavowed(alice: Any) -> None:
    for after in sorted(outcomes.OUTCOMES - {"disavowed"}):
        log_id, _ = sign_in(alice)
        assert not record_outcome(log_id, after), after
    assert record_outcome(log_id, "disavowed")
