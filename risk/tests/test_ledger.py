"""Writing the ledger."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from mfaproject.lib import seal
from mfaproject.lib.testing import FrozenClock
from risk.history import addresses, digests
from risk.login import outcomes
from risk.models import LoginLog
from risk.services import assess, record_login, record_outcome
from risk.tests.helpers import FIREFOX, HOME, LOOPBACK, login

Write = Callable[..., int]


@pytest.fixture
def write(alice: Any) -> Write:
    """One row about alice."""

    def written(outcome: str = "pending", **facts: Any) -> int:
        usual = {
            "context": login(),
            "outcome": outcome,
            "assessment": None,
            "user_id": alice.pk,
            "typed_name": "alice",
        }
        return record_login(**(usual | facts))

    return written


def test_a_row_costs_one_statement(
    write: Write, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        write()


def test_what_was_seen_is_written(write: Write, clock: FrozenClock, alice: Any) -> None:
    context = login(request_id="r" * 22)
    row = LoginLog.objects.get(pk=write(context=context))
    assert (row.at, row.user, row.door, row.request_id, row.outcome) == (
        clock.at,
        alice,
        "form",
        "r" * 22,
        "pending",
    )
    assert (row.browser, row.version, row.system, row.user_agent) == (
        "Firefox",
        "145.0",
        "Linux",
        FIREFOX,
    )
    assert row.ended_at is None


def test_what_was_decided_is_written(write: Write, alice: Any) -> None:
    context = login()
    assessment = assess(user_id=alice.pk, is_staff=False, has_strong=True, context=context)
    row = LoginLog.objects.get(pk=write(context=context, assessment=assessment))
    assert (row.score, row.level, row.decision, row.required) == (50, "medium", "step_up", "weak")
    assert sum(finding["points"] for finding in row.findings) == row.score
    assert (
        row.model,
        row.model_version,
        row.policy,
        row.policy_version,
        row.challenge,
        row.strict,
    ) == ("chain", "1", "built-in", 1, 50, 90)
    assert set(row.findings[0]) == {"name", "points", "sentence", "evidence"}


def test_the_address_is_sealed_for_its_row(write: Write) -> None:
    row = LoginLog.objects.get(pk=write())
    assert HOME not in str(LoginLog.objects.filter(pk=row.pk).values().get())
    assert addresses.opened(row) == HOME
    row.request_id = "x" * 22
    assert addresses.opened(row) is None


def test_an_address_of_lost_keys_is_unknown_and_no_error(write: Write, settings: Any) -> None:
    row = LoginLog.objects.get(pk=write())
    settings.ROOT_KEYS = ["quite another root key, made after a loss"]
    assert addresses.opened(row) is None


def test_a_sealed_address_says_what_it_belongs_to(write: Write) -> None:
    row = LoginLog.objects.get(pk=write())
    assert seal.unseal(addresses.PURPOSE, row.sealed_ip) == {"ip": HOME, "request": row.request_id}


def test_an_address_that_others_share_has_no_neighbourhood(write: Write) -> None:
    row = LoginLog.objects.get(pk=write(context=login(LOOPBACK)))
    assert row.ip_digest
    assert (row.source_digest, row.subnet_digest) == ("", "")


def test_no_address_is_no_trouble(write: Write) -> None:
    row = LoginLog.objects.get(pk=write(context=login(None)))
    assert (row.sealed_ip, row.ip_digest) == ("", "")
    assert addresses.opened(row) is None


def test_a_name_that_nobody_has_is_a_digest(write: Write) -> None:
    row = LoginLog.objects.get(
        pk=write("unknown_user", user_id=None, typed_name="my secret, in the wrong field")
    )
    assert "secret" not in str(LoginLog.objects.filter(pk=row.pk).values().get())
    assert row.name_digest == digests.of_name("My Secret, in the wrong field")[0]


def test_the_name_of_somebody_is_not_kept_twice(write: Write) -> None:
    assert LoginLog.objects.get(pk=write()).name_digest == ""


def test_words_that_the_ledger_does_not_know_are_refused(write: Write) -> None:
    with pytest.raises(ValueError, match="no outcome"):
        write("fine")


def test_rows_move_as_the_table_says(write: Write) -> None:
    for before, after in itertools.product(
        sorted(outcomes.OUTCOMES), ["admitted", "denied", "disavowed", "pending"]
    ):
        log_id, moves = write(before), before in outcomes.sources(after)
        assert record_outcome(log_id, after) is moves, (before, after)
        assert LoginLog.objects.get(pk=log_id).outcome == (after if moves else before), (
            before,
            after,
        )


def test_the_second_one_learns_that_it_lost(
    write: Write, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    log_id = write()
    with django_assert_num_queries(1):
        assert record_outcome(log_id, "denied", factor="push", detail="Pixel 8")
    assert not record_outcome(log_id, "expired")
    row = LoginLog.objects.get(pk=log_id)
    assert (row.outcome, row.factor, row.detail) == ("denied", "push", "Pixel 8")


def test_the_end_has_a_time(write: Write, clock: FrozenClock) -> None:
    log_id = write()
    clock.forward(seconds=14)
    record_outcome(log_id, "denied")
    row = LoginLog.objects.get(pk=log_id)
    assert row.ended_at is not None
    assert (row.ended_at - row.at).total_seconds() == 14


def test_long_details_are_cut(write: Write) -> None:
    log_id = write()
    record_outcome(log_id, "denied", detail="x" * 500)
    assert len(LoginLog.objects.get(pk=log_id).detail) == 120
    assert len(LoginLog.objects.get(pk=write("admin_act", detail="x" * 500)).detail) == 120


def counted(decision: str, outcome: str) -> float:
    return (
        REGISTRY.get_sample_value("nod_logins_total", {"decision": decision, "outcome": outcome})
        or 0.0
    )


@pytest.mark.parametrize(
    ("outcome", "decision"), [("wrong_password", "none"), ("unknown_user", "none")]
)
def test_ends_are_counted_once_they_are_certain(
    write: Write,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    outcome: str,
    decision: str,
) -> None:
    before = counted(decision, outcome)
    with django_capture_on_commit_callbacks(execute=True):
        write(outcome)
    assert counted(decision, outcome) == before + 1


def test_a_pending_login_is_counted_when_it_ends(
    write: Write, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    before = counted("step_up", "denied")
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        log_id = write()
        assert callbacks == []
        record_outcome(log_id, "denied")
        record_outcome(log_id, "denied")
    assert counted("step_up", "denied") == before + 1
