"""Policies as admins move them on, and what their pages tell on the way."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404

from risk.admin import policy_page
from risk.models import LoginLog, RiskPolicy
from risk.models.risk_policy import State
from risk.services import policies
from risk.tests.helpers import sign_in
from risk.tests.policies import active, actor, in_shadow, moved, written
from risk.tests.policy_pages import LIST, Visit, clerk, text, url_of

# Moving


@pytest.mark.parametrize(
    ("before", "to"),
    [
        ("draft", "shadow"),
        ("draft", "active"),
        ("shadow", "active"),
        ("shadow", "retired"),
        ("active", "retired"),
    ],
)
def test_a_move_is_asked_first_then_done_and_noted(
    visit: Visit, said: list[str], before: str, to: str
) -> None:
    row = written()
    RiskPolicy.objects.update(state=before)
    assert f'href="{url_of(row, to)}"' in text(visit(url_of(row)))
    asked = text(visit(url_of(row, to)))
    assert re.search(r'<form method="post".*<button type="submit"', asked)
    row.refresh_from_db()
    assert row.state == before
    assert visit(url_of(row, to), {}).headers["Location"] == url_of(row)
    row.refresh_from_db()
    assert row.state == to
    assert LoginLog.objects.get(outcome="admin_act").detail == f"policy_{to} default 1 (by root)"
    assert LogEntry.objects.get().change_message == f"{before} → {to}"
    assert said == [f"default 1: {row.get_state_display()}"]


@pytest.mark.parametrize("data", [None, {}])
def test_who_comes_second_is_told(
    visit: Visit, said: list[str], data: dict[str, Any] | None
) -> None:
    row = moved(active(), State.RETIRED)
    visit(url_of(row, "active"), data)
    assert said == ["Nothing was done: the policy had been moved on already."]
    assert not LogEntry.objects.exists()


def test_a_policy_whose_groups_are_gone_is_told_at_the_button(
    visit: Visit, said: list[str]
) -> None:
    row = written("office", 30, 70, "office")
    Group.objects.all().delete()
    visit(url_of(row, "active"), {})
    assert said == ["Choose a group. Only “default” is for everybody."]
    assert not LogEntry.objects.exists()


def test_the_question_says_what_follows(visit: Visit) -> None:
    active(challenge=45, strict=85)
    asked = text(visit(url_of(written(challenge=40, strict=80), "active")))
    for sentence in (
        "Make default 2 decide?",
        "Asks from 40 points, for a strong factor from 80. For: everybody.",
        "default 1 (45 / 85) retires.",
        "It was judged beside 0 sign-ins. 500 are recommended before it decides.",
    ):
        assert sentence in asked


@pytest.mark.parametrize("what", ["shadow", "active", "retired"])
@pytest.mark.parametrize("data", [None, {}])
def test_who_may_only_look_moves_nothing(
    visit: Visit, what: str, data: dict[str, Any] | None
) -> None:
    row = written()
    looking = clerk("view_riskpolicy")
    page = text(visit(url_of(row), who=looking))
    assert url_of(row, what) not in page
    with pytest.raises(PermissionDenied):
        visit(url_of(row, what), data, who=looking)
    row.refresh_from_db()
    assert row.state == State.DRAFT


def test_the_permission_to_change_is_enough(visit: Visit) -> None:
    row = written()
    visit(url_of(row, "shadow"), {}, who=clerk("view_riskpolicy", "change_riskpolicy"))
    row.refresh_from_db()
    assert row.state == State.SHADOW
    assert LoginLog.objects.get().detail == "policy_shadow default 1 (by clerk)"


def test_a_move_from_another_site_is_refused(visit: Visit) -> None:
    row = written()
    assert visit(url_of(row, "active"), {}, csrf=True).status_code == 403
    row.refresh_from_db()
    assert row.state == State.DRAFT


def test_a_policy_that_does_not_exist_is_not_found(visit: Visit) -> None:
    with pytest.raises(Http404):
        visit(f"{LIST}999/active/")


@pytest.mark.parametrize("by_admin", [True, False], ids=["admin", "terminal"])
def test_the_ledger_tells_the_act_in_words(visit: Visit, alice: Any, by_admin: bool) -> None:
    policies.move(
        written(), State.SHADOW, actor("alice", alice.pk) if by_admin else actor("the terminal")
    )
    html = text(visit(f"/admin/risk/loginlog/{LoginLog.objects.get().pk}/change/"))
    assert "An admin moved a policy on." in html
    assert ("<h1>Sign-in by alice</h1>" if by_admin else "<h1>Act of an admin</h1>") in html
    assert "policy_shadow default 1 (by " in html


# Shadow


def test_the_page_of_a_shadow_compares(visit: Visit, alice: Any, bob: Any) -> None:
    row = in_shadow(challenge=10, strict=40)
    log_id, cookie = sign_in(alice)
    sign_in(alice, cookie=cookie, strength="password")
    LoginLog.objects.filter(pk=log_id).update(decision="allow", required="none", level="low")
    shown = visit(url_of(row)).context_data["page"].shadow
    assert [(line.title, line.decided, line.would, line.more) for line in shown.lines] == [
        ("Password enough", 2, 1, "−1"),
        ("Asked for more proof", 0, 1, "+1"),
        ("Asked for a strong factor", 0, 0, ""),
        ("Refused", 0, 0, ""),
    ]
    html = text(visit(url_of(row)))
    assert "2 sign-ins were judged under it as well. 1 would have gone otherwise." in html
    assert f'href="/admin/risk/loginlog/{log_id}/change/"' in html
    assert "500 sign-ins are recommended before it decides." in html


@pytest.mark.parametrize(
    ("recommended", "percent", "bar"),
    [(500, 0, True), (4, 50, True), (2, 100, False), (1, 100, False)],
)
def test_the_bar_is_there_until_enough_was_seen(
    visit: Visit,
    alice: Any,
    monkeypatch: pytest.MonkeyPatch,
    recommended: int,
    percent: int,
    bar: bool,
) -> None:
    monkeypatch.setattr("risk.admin.policy_shadow.RECOMMENDED", recommended)
    row = in_shadow()
    for _ in range(2):
        sign_in(alice)
    page = visit(url_of(row))
    assert page.context_data["page"].shadow.percent == percent
    assert ('class="progress"' in text(page)) == bar


def test_only_a_shadow_reads_the_ledger(
    visit: Visit, django_assert_max_num_queries: Any, alice: Any
) -> None:
    row = in_shadow()
    for _ in range(25):
        sign_in(alice)
    with django_assert_max_num_queries(9):
        visit(url_of(row))
    policies.move(row, State.RETIRED, actor())
    assert visit(url_of(row)).context_data["page"].shadow is None


# The backtest


def test_the_link_to_the_backtest_is_there_once_its_page_is(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = written()
    monkeypatch.setattr(
        policy_page,
        "reverse",
        lambda name, *args, **more: "/admin/back/" if name == "admin:risk_backtest" else "/x/",
    )
    assert policy_page.backtest_url(row) == f"/admin/back/?policy={row.pk}"
