"""The ledger moves forward only."""

from risk.history import outcomes
from risk.models import LoginLog


def test_the_model_offers_exactly_these_outcomes() -> None:
    assert set(LoginLog.Outcome.values) == outcomes.OUTCOMES


def test_whoever_asks_where_a_row_comes_from_is_told_what_the_table_says_of_every_pair() -> None:
    told = {(before, after) for after in outcomes.OUTCOMES for before in outcomes.sources(after)}
    assert told == {
        (before, after) for before, ends in outcomes.TRANSITIONS.items() for after in ends
    }


def test_nothing_leads_back() -> None:
    assert outcomes.sources("pending") == ()
    assert outcomes.sources("disavowed") == ("admitted",)
    assert outcomes.sources("no such word") == ()


def test_failed_guesses_can_never_become_a_login() -> None:
    assert not outcomes.PASSWORD_FAILED & set(outcomes.sources("admitted"))
