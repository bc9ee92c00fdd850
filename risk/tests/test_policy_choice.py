"""Which policy decides for whom."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from risk.login.context import Assessment
from risk.models import RiskPolicy
from risk.models.risk_policy import State
from risk.policy.drafts import BUILT_IN, DraftError, PolicyDraft
from risk.services import assess, policies
from risk.tests.helpers import HOME, login
from risk.tests.policies import active, in_shadow, joins, moved, written

pytestmark = pytest.mark.django_db


def judged(user: Any, ip: str = HOME, **facts: Any) -> Assessment:
    usual = {"user_id": user.pk, "is_staff": False, "has_strong": True, "context": login(ip)}
    return assess(**(usual | facts))


def decided_by(user: Any) -> tuple[str, int, int, int]:
    found = judged(user)
    return found.policy, found.policy_version, found.challenge, found.strict


def test_without_any_the_built_in_one_decides(alice: Any) -> None:
    written()
    assert decided_by(alice) == (BUILT_IN, 1, 50, 90)


def test_the_one_for_everybody_decides_for_everybody(alice: Any) -> None:
    active(challenge=40, strict=80)
    assert decided_by(alice) == ("default", 1, 40, 80)
    assert judged(alice).score == 40  # the floor of an unknown browser is this policy's mark


def test_a_group_has_its_own(alice: Any, bob: Any) -> None:
    active("office", 30, 70, "office", "finance")
    joins(alice, "office", "finance", "another")
    joins(bob, "another")
    assert decided_by(alice) == ("office", 1, 30, 70)
    assert decided_by(bob)[0] == BUILT_IN


@pytest.mark.parametrize(
    ("others", "wins"),
    [
        ([("office", 30, 95)], "office"),
        ([("office", 60, 70)], "default"),
        ([("office", 50, 85)], "office"),
        ([("office", 50, 90)], "default"),
        ([("beta", 40, 80), ("alpha", 40, 80)], "alpha"),
        ([("alpha", 40, 80), ("beta", 40, 79)], "beta"),
    ],
    ids=[
        "lower challenge",
        "higher challenge",
        "lower strict",
        "all the same",
        "the name decides",
        "strict before name",
    ],
)
def test_of_several_the_strictest_decides(
    alice: Any, others: list[tuple[str, int, int]], wins: str
) -> None:
    active("default", 50, 90)
    joins(alice, "staff")
    for name, challenge, strict in others:
        active(name, challenge, strict, "staff")
    assert decided_by(alice)[0] == wins


def test_a_policy_whose_groups_are_gone_is_for_nobody(alice: Any) -> None:
    active("office", 10, 20, "office")
    joins(alice, "office")
    Group.objects.all().delete()
    assert decided_by(alice)[0] == BUILT_IN


def test_drafts_shadows_and_retired_ones_decide_nothing(alice: Any) -> None:
    moved(active(), State.RETIRED)
    written()
    in_shadow()
    assert decided_by(alice)[0] == BUILT_IN


def test_it_costs_one_select_and_groups_multiply_nothing(
    alice: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        active(f"office-{number}", 30 + number, 80, "office", "finance")
        in_shadow(f"office-{number}", 40, 80, "office", "finance")
    joins(alice, "office", "finance")
    with django_assert_num_queries(1):
        found = judged(alice)
    assert found.policy == "office-0"
    assert [each["name"] for each in found.opinions] == [f"office-{number}" for number in range(5)]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"version": 1, "challenge": 95, "strict": 90},
        {"version": 1, "challenge": 0, "strict": 90},
        {"version": 1, "challenge": 50, "strict": 101},
        {"version": 0, "challenge": 50, "strict": 90},
        {"version": 1, "challenge": "50", "strict": 90},
        {"version": 1, "challenge": True, "strict": 90},
        {"version": 1, "strict": 90},
    ],
)
def test_a_built_in_policy_that_cannot_decide_stops_the_start(
    settings: Any, wrong: dict[str, Any]
) -> None:
    settings.RISK_POLICY = wrong
    found = [check for check in run_checks() if check.id == "risk.E001"]
    assert len(found) == 1
    assert found[0].is_serious()
    assert "RISK_POLICY" in found[0].msg


def test_the_built_in_policy_of_the_settings_can_decide() -> None:
    assert not [check for check in run_checks() if check.id == "risk.E001"]


def test_the_name_of_the_built_in_one_is_fixed(alice: Any, settings: Any) -> None:
    settings.RISK_POLICY = {"name": "default", "version": 3, "challenge": 50, "strict": 90}
    assert decided_by(alice)[:2] == (BUILT_IN, 3)
    with pytest.raises(DraftError, match="name"):
        policies.bring(PolicyDraft(BUILT_IN, 40, 80), by="root")
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskPolicy.objects.filter(pk=written().pk).update(name=BUILT_IN)
