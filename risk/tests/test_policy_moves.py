"""How policies come, go and follow each other."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from mfaproject.lib.testing import FrozenClock
from risk.models import LoginLog, RiskPolicy
from risk.models.risk_policy import State, sources
from risk.policy.drafts import DraftError, PolicyDraft
from risk.services import policies
from risk.tests.policies import active, actor, in_shadow, moved, written

pytestmark = pytest.mark.django_db


def acts() -> list[str]:
    return list(
        LoginLog.objects.filter(outcome="admin_act").order_by("id").values_list("detail", flat=True)
    )


def test_each_draft_is_the_next_version_of_its_name(alice: Any) -> None:
    assert [str(written()), str(written()), str(written("office", 30, 80, "office"))] == [
        "default 1",
        "default 2",
        "office 1",
    ]


def test_a_version_is_retired_by_the_next(clock: FrozenClock) -> None:
    first = active()
    clock.forward(hours=1)
    second = active(challenge=30)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.RETIRED, State.ACTIVE)
    assert first.retired_at == second.activated_at == clock.at
    assert acts() == [
        "policy_active default 1 (by root)",
        "policy_retired default 1 (by root)",
        "policy_active default 2 (by root)",
    ]


def test_an_active_one_and_one_in_shadow_stand_beside_each_other() -> None:
    first, second = active(), in_shadow()
    first.refresh_from_db()
    assert (first.state, second.state) == (State.ACTIVE, State.SHADOW)
    third = in_shadow()
    second.refresh_from_db()
    assert (second.state, third.state) == (State.RETIRED, State.SHADOW)
    moved(third, State.ACTIVE)
    first.refresh_from_db()
    assert first.state == State.RETIRED


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("to", State)
def test_moves_follow_the_table(before: str, to: str) -> None:
    row = written()
    RiskPolicy.objects.update(state=before)
    assert policies.move(row, to, actor()) == (before in sources(to))
    row.refresh_from_db()
    assert row.state == (to if before in sources(to) else before)
    assert bool(acts()) == (before in sources(to))


def test_a_move_that_is_too_late_leaves_the_one_that_decides_alone() -> None:
    late = moved(active(), State.RETIRED)
    standing = active()
    assert not policies.move(late, State.ACTIVE, actor())
    standing.refresh_from_db()
    assert standing.state == State.ACTIVE


def test_the_act_is_in_the_ledger_under_whoever_did_it(alice: Any) -> None:
    policies.move(written(), State.SHADOW, actor("alice", alice.pk))
    row = LoginLog.objects.get()
    assert (row.outcome, row.user, row.detail) == (
        "admin_act",
        alice,
        "policy_shadow default 1 (by alice)",
    )


def test_only_drafts_change_and_only_drafts_go() -> None:
    row = written()
    row.challenge = 35
    assert policies.rewrite(row)
    standing = moved(row, State.SHADOW)
    standing.challenge = 20
    assert not policies.rewrite(standing)
    assert not policies.discard(standing.pk)
    standing.refresh_from_db()
    assert standing.challenge == 35
    assert policies.discard(written().pk)
    assert RiskPolicy.objects.count() == 1


@pytest.mark.parametrize(("name", "groups"), [("default", ("office",)), ("office", ())])
def test_a_draft_whose_groups_do_not_fit_is_not_written(name: str, groups: tuple[str, ...]) -> None:
    with pytest.raises(DraftError, match="groups"):
        written(name, 40, 80, *groups)
    assert not RiskPolicy.objects.exists()


def test_groups_that_do_not_exist_are_named() -> None:
    with pytest.raises(DraftError, match="groups: There is no group called nobody"):
        policies.bring(PolicyDraft("office", 40, 80, ("nobody",)), by="root")


def test_a_policy_whose_groups_are_gone_cannot_decide() -> None:
    row = written("office", 40, 80, "office")
    Group.objects.all().delete()
    with pytest.raises(DraftError, match="groups"):
        policies.move(row, State.ACTIVE, actor())


def test_reset_retires_all_and_a_second_time_nothing() -> None:
    active(), in_shadow(), active("office", 30, 80, "office"), written()
    assert {str(row) for row in policies.reset(actor())} == {"default 1", "default 2", "office 1"}
    assert sorted(RiskPolicy.objects.values_list("state", flat=True)) == [
        "draft",
        "retired",
        "retired",
        "retired",
    ]
    before = acts()
    assert policies.reset(actor()) == []
    assert acts() == before


@pytest.mark.parametrize(("challenge", "strict"), [(0, 50), (50, 50), (60, 50), (50, 101)])
def test_the_database_refuses_thresholds_out_of_order(challenge: int, strict: int) -> None:
    row = RiskPolicy(name="default", challenge=challenge, strict=strict)
    with pytest.raises(IntegrityError), transaction.atomic():
        policies.write(row, by="root")


@pytest.mark.parametrize("state", [State.ACTIVE, State.SHADOW])
def test_the_database_refuses_a_second_one_in_the_same_place(state: str) -> None:
    first, second = written(), written()
    RiskPolicy.objects.filter(pk=first.pk).update(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskPolicy.objects.filter(pk=second.pk).update(state=state)
