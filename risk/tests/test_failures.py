"""Signal: what failed lately."""

from typing import Any

import pytest

from risk.login.history import FailureCount, Failures
from risk.scoring.signals import failures
from risk.tests.helpers import attempt, history


def found(**tallies: FailureCount) -> dict[str, int]:
    """Names and points."""
    return {
        remark.name: round(remark.share)
        for remark in failures.look(attempt(), history(failures=Failures(**tallies)))
    }


def all_failed(number: int, accounts: int = 1) -> FailureCount:
    return FailureCount(float(number), number, number, accounts)


@pytest.mark.parametrize(
    ("tallies", "points"),
    [
        ({}, {}),
        ({"account": all_failed(2)}, {}),
        ({"account": all_failed(3)}, {"failures_account": 3}),
        ({"account": all_failed(60)}, {"failures_account": 20}),
        ({"account": FailureCount(0.4, 3, 3)}, {}),
        ({"source": all_failed(3)}, {}),
        ({"source": all_failed(5)}, {"failures_source": 4}),
        ({"source": all_failed(64)}, {"failures_source": 20}),
        ({"source": FailureCount(10, 10, 40, 1)}, {}),
        ({"subnet": all_failed(64)}, {"failures_subnet": 10}),
        ({"source": all_failed(5), "subnet": all_failed(64)}, {"failures_source": 4}),
        ({"source": all_failed(3, 3)}, {"accounts_at_source": 5}),
        ({"source": FailureCount(3, 19, 19, 10)}, {"accounts_at_source": 40}),
        ({"source": FailureCount(17, 20, 64, 20, 5)}, {"burst_source": 40}),
        ({"source": FailureCount(16, 20, 64, 20, 5)}, {"accounts_at_source": 40}),
        ({"source": FailureCount(17, 20, 64, 20, 6)}, {"accounts_at_source": 40}),
        ({"source": FailureCount(17, 20, 64, 20, 21)}, {}),
        ({"agent": all_failed(10, 7)}, {}),
        ({"agent": all_failed(10, 8)}, {"failures_agent": 10}),
        ({"agent": FailureCount(10, 10, 20, 8, 3)}, {}),
    ],
)
def test_points_are_the_shares(tallies: dict[str, Any], points: dict[str, int]) -> None:
    assert found(**tallies) == points


def test_an_office_that_mistypes_much_is_no_burst() -> None:
    """Forty people behind one address, a third of the sign-ins fail on a Monday."""
    assert found(source=FailureCount(20, 21, 64, 20, 40)) == {}


def test_good_logins_of_an_own_account_hide_no_burst() -> None:
    assert "burst_source" in found(source=FailureCount(32, 32, 64, 32, 1))


def test_sentences_have_the_numbers() -> None:
    past = history(failures=Failures(account=all_failed(7), source=FailureCount(9.0, 9, 10, 4)))
    sentences = [finding.sentence for finding in failures.look(attempt(), past)]
    assert sentences == [
        "7 sign-ins to this account failed lately.",
        "9 of the last 10 sign-ins from this address failed.",
        "4 accounts were tried from this address in vain.",
    ]


def test_the_input_is_a_tenth_of_all_points() -> None:
    past = history(failures=Failures(account=all_failed(60), agent=all_failed(10, 8)))
    assert dict(failures.measure(attempt(), past)) == {"failures": 3.0}
    assert dict(failures.measure(attempt(), history())) == {"failures": 0.0}
