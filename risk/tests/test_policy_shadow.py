"""What policies in shadow leave behind."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.login.context import Assessment
from risk.models import LoginLog
from risk.policy.drafts import BUILT_IN
from risk.services import assess, policies, record_login
from risk.tests.helpers import FAR, HOME, fail, login, sign_in
from risk.tests.policies import in_shadow, joins

pytestmark = pytest.mark.django_db


def judged(user: Any, ip: str = HOME, **facts: Any) -> Assessment:
    usual = {"user_id": user.pk, "is_staff": False, "has_strong": True, "context": login(ip)}
    return assess(**(usual | facts))


def test_a_shadow_leaves_its_opinion_and_changes_nothing(alice: Any) -> None:
    sign_in(alice)
    before = judged(alice, FAR)
    in_shadow(challenge=10, strict=15)
    after = judged(alice, FAR)
    told = {
        "kind": "policy",
        "name": "default",
        "version": 1,
        "score": after.score,
        "level": "high",
        "decision": "step_up",
        "required": "strong",
    }
    assert after.opinions == (told,)
    assert (
        after.score,
        after.level,
        after.decision,
        after.required,
        after.policy,
        after.findings,
    ) == (
        before.score,
        before.level,
        before.decision,
        before.required,
        BUILT_IN,
        before.findings,
    )


def test_its_score_has_its_own_floors(alice: Any) -> None:
    in_shadow(challenge=70, strict=95)
    found = judged(alice)
    assert (found.score, found.opinions[0]["score"]) == (50, 70)


def test_what_was_thought_is_in_the_ledger(alice: Any) -> None:
    in_shadow(challenge=70, strict=95)
    log_id, _ = sign_in(alice)
    told = {
        "kind": "policy",
        "name": "default",
        "version": 1,
        "score": 70,
        "level": "medium",
        "decision": "step_up",
        "required": "weak",
    }
    assert LoginLog.objects.get(pk=log_id).opinions == [told]


def test_only_those_concerned_are_judged(alice: Any, bob: Any) -> None:
    row = in_shadow("office", 30, 40, "office")
    joins(alice, "office")
    for user in (alice, bob, alice):
        sign_in(user)
    assert policies.compared(row).seen == 2


def test_the_comparison_is_over_the_newest_judged_ones(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "NEWEST", 3)
    row = in_shadow()
    for _ in range(5):
        sign_in(alice)
        fail(alice)
    found = policies.compared(row)
    newest = (
        LoginLog.objects.filter(score__isnull=False)
        .order_by("-id")
        .values_list("id", flat=True)[:3]
    )
    assert found.seen == 3
    assert {each.id for each in found.differing} <= set(newest)


def test_the_comparison_reads_judged_rows_through_their_index(alice: Any) -> None:
    row = in_shadow()
    for _ in range(300):  # enough of what nobody judged that reading all of it would be dearer
        fail(alice)
    with CaptureQueriesContext(connection) as caught:
        policies.compared(row)
    sql = caught.captured_queries[0]["sql"]
    assert "LIMIT 1000" in sql
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("ANALYZE risk_loginlog")
        cursor.execute(
            ("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql
        )
        assert "login_judged" in str(cursor.fetchall())


def test_a_shadow_of_another_model_score_is_skipped(alice: Any) -> None:
    """Rows that only a model had an opinion on, and rows from before the policy."""
    sign_in(alice)
    context = login()
    log_id = record_login(
        context=context,
        outcome="pending",
        assessment=judged(alice),
        user_id=alice.pk,
        typed_name="",
    )
    LoginLog.objects.filter(pk=log_id).update(
        opinions=[
            {"kind": "model", "name": "gb", "version": "1", "score": 3, "ms": 1.0, "error": ""}
        ]
    )
    assert policies.compared(in_shadow()).seen == 0
