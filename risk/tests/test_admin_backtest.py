"""The backtest as a page."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from mfaproject.lib import deadlines
from mfaproject.lib.testing import FrozenClock, person
from risk.admin import LoginLogAdmin, backtest, backtest_page
from risk.models import LoginLog, RiskPolicy
from risk.policy.drafts import PolicyDraft
from risk.services import policies
from risk.tests.admin_pages import Session
from risk.tests.backtesting import judged, lived
from risk.tests.helpers import sign_in

pytestmark = pytest.mark.django_db
Visit = Callable[..., Any]


@pytest.fixture
def visit(db: None, rf: RequestFactory) -> Visit:
    """The page as root sees it, or somebody else; a dict as `post` is sent."""

    def visited(query: str = "", *, user: Any = None, post: dict[str, Any] | None = None) -> Any:
        request: HttpRequest = rf.get(f"/?{query}") if post is None else rf.post(f"/?{query}", post)
        request.user = user or person("root", is_staff=True, is_superuser=True)
        request.session = Session()  # type: ignore[assignment]
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        response = backtest.route(LoginLogAdmin(LoginLog, admin.site)).callback(request)
        return response.render() if hasattr(response, "render") else response

    return visited


def staff(*permissions: str) -> Any:
    made = person("robin", is_staff=True)
    made.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return made


def test_it_begins_with_what_decides_now_and_replays_nothing(visit: Visit, alice: Any) -> None:
    sign_in(alice)
    html = visit().content.decode()
    assert 'value="50"' in html
    assert 'value="90"' in html
    assert "In short" not in html
    assert "Save as a draft policy" not in html


def test_numbers_are_tried_on_the_past(visit: Visit, clock: FrozenClock) -> None:
    site = lived(clock, 200)
    html = visit("challenge=20&strict=70&at_most=50&stop=50").content.decode()
    for text in (
        "In short, now → draft",
        "cookie thief",
        "group office",
        "Who would have noticed",
        "Sign-ins that their owners called false",
    ):
        assert text in html
    assert html.count("<polyline") == 5
    assert f"<dd>{len(judged())} <small>of {len(judged())}</small>" in html
    assert site.people[3].username in html
    assert "style=" not in html[html.index('<p class="verdict">') :]


def test_a_policy_is_tried_as_it_is_for_its_groups(visit: Visit, clock: FrozenClock) -> None:
    lived(clock, 60)
    row = policies.bring(PolicyDraft("strict-office", 7, 60, ("office",)), by="root")
    html = visit(f"policy={row.pk}").content.decode()
    assert 'value="7"' in html
    assert "strict-office 1" in html
    assert "In short" in html


@pytest.mark.parametrize(
    "query",
    [
        "challenge=80&strict=30",
        "challenge=&strict=",
        "challenge=x&strict=90",
        "challenge=0&strict=101",
    ],
)
def test_numbers_that_are_no_policy_are_told(visit: Visit, query: str) -> None:
    html = visit(query).content.decode()
    assert "errornote" in html
    assert "In short" not in html


@pytest.mark.parametrize("policy", ["999", "x", "-1", "9" * 30, "١"])
def test_a_policy_that_is_none_is_not_found(visit: Visit, policy: str) -> None:
    with pytest.raises(Http404):
        visit(f"policy={policy}")


def test_a_policy_whose_groups_are_gone_says_so(visit: Visit, clock: FrozenClock) -> None:
    lived(clock, 60)
    row = policies.bring(PolicyDraft("strict-office", 7, 60, ("office",)), by="root")
    row.groups.clear()
    assert "Choose a group" in visit(f"policy={row.pk}").content.decode()


def test_an_empty_ledger_is_told(visit: Visit) -> None:
    html = visit("challenge=20&strict=70").content.decode()
    assert "The ledger is empty" in html
    assert "In short" not in html


def test_rows_that_somebody_changed_are_linked(visit: Visit, alice: Any) -> None:
    log_id, _ = sign_in(alice)
    sign_in(alice)
    LoginLog.objects.filter(pk=log_id).update(score=3)
    html = visit("challenge=20&strict=70").content.decode()
    assert reverse("admin:risk_loginlog_change", args=[log_id]) in html
    assert "do not come out again" in html


def test_nobody_reads_it_without_the_right_to_read_the_ledger(visit: Visit) -> None:
    with pytest.raises(PermissionDenied):
        visit(user=staff("view_riskpolicy", "add_riskpolicy"))


def test_a_policy_is_for_who_may_read_policies(visit: Visit, clock: FrozenClock) -> None:
    lived(clock, 60)
    row = policies.bring(PolicyDraft("strict-office", 7, 60, ("office",)), by="root")
    with pytest.raises(PermissionDenied):
        visit(f"policy={row.pk}", user=staff("view_loginlog"))
    assert (
        "strict-office 1"
        in visit(
            f"policy={row.pk}", user=person("robina", is_staff=True, is_superuser=True)
        ).content.decode()
    )


def test_who_may_read_may_not_save(visit: Visit, alice: Any) -> None:
    sign_in(alice)
    robin = staff("view_loginlog")
    html = visit("challenge=20&strict=70", user=robin).content.decode()
    assert "In short" in html
    assert "Save as a draft policy" not in html
    with pytest.raises(PermissionDenied):
        visit(user=robin, post={"challenge": 20, "strict": 70})
    assert not RiskPolicy.objects.exists()


def test_it_is_saved_as_a_draft_that_decides_nothing(visit: Visit) -> None:
    response = visit(
        post={"challenge": 20, "strict": 70}, user=staff("view_loginlog", "add_riskpolicy")
    )
    row = RiskPolicy.objects.get()
    assert response.url == reverse("admin:risk_riskpolicy_change", args=[row.pk])
    assert (row.name, row.challenge, row.strict, row.state, row.created_by) == (
        "default",
        20,
        70,
        "draft",
        "robin",
    )


def test_a_policy_for_groups_is_saved_with_them(visit: Visit, clock: FrozenClock) -> None:
    lived(clock, 60)
    first = policies.bring(PolicyDraft("strict-office", 7, 60, ("office",)), by="root")
    visit(post={"challenge": 20, "strict": 70, "policy": first.pk})
    saved = RiskPolicy.objects.get(version=2)
    assert (saved.name, [group.name for group in saved.groups.all()]) == (
        "strict-office",
        ["office"],
    )


def test_numbers_that_are_no_policy_are_not_saved(visit: Visit) -> None:
    assert visit(post={"challenge": 90, "strict": 70}).url == reverse("admin:risk_backtest")
    assert not RiskPolicy.objects.exists()


def test_a_ledger_too_long_for_a_page_is_read_in_part_and_says_so(
    visit: Visit, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(clock, 60)
    monkeypatch.setattr(backtest_page, "MOST", 40)
    monkeypatch.setattr(backtest_page, "NEWEST", 30)
    html = visit("challenge=20&strict=70").content.decode()
    assert "only its newest 30 rows were read" in html
    assert "that needs the whole past" in html


def test_a_page_does_not_take_for_ever(
    visit: Visit, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(clock, 200)
    monkeypatch.setattr(backtest_page, "SECONDS", -1.0)
    assert "There was time for the older 100 of" in visit("challenge=20&strict=70").content.decode()


def test_its_many_statements_have_the_time_of_the_page(visit: Visit, clock: FrozenClock) -> None:
    lived(clock, 5)
    began = monotonic()
    root = person("root", is_staff=True, is_superuser=True)
    with deadlines.request(began, grace=5.0) as budget:
        visit("challenge=50&strict=90", user=root)
        assert budget.until > began + backtest_page.SECONDS
        assert budget.longest == deadlines.BUDGET


def test_names_are_shown_and_never_run(visit: Visit, clock: FrozenClock) -> None:
    site = lived(clock, 60)
    for one in site.people:
        type(one).objects.filter(pk=one.pk).update(username=f"<u>{one.pk}")
    html = visit("challenge=1&strict=2").content.decode()
    assert "<u>" not in html
    assert "&lt;u&gt;" in html
