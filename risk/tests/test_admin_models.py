"""The models beside each other, as admins see them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from mfaproject.lib.testing import person
from risk.admin import LoginLogAdmin, models_page
from risk.models import LoginLog
from risk.scoring import agreement
from risk.tests import rivals
from risk.tests.admin_pages import NASTY
from risk.tests.helpers import FAR, sign_in

Show = Callable[[], str]


@pytest.fixture
def show(request_of_root: HttpRequest) -> Show:
    def shown() -> str:
        response: Any = LoginLogAdmin(LoginLog, admin.site).models_view(request_of_root)
        response.render()
        return str(response.content.decode())

    return shown


def opinion(
    score: int | None, error: str = "", ms: float = 0.25, name: str = "boost"
) -> dict[str, Any]:
    return {"kind": "model", "name": name, "version": "1", "score": score, "ms": ms, "error": error}


def judged(user: Any, *opinions: dict[str, Any], ip: str = FAR) -> int:
    log_id, _ = sign_in(user, ip)
    LoginLog.objects.filter(pk=log_id).update(opinions=list(opinions))
    return log_id


def test_it_says_how_often_they_agree_and_links_to_where_not(show: Show, alice: Any) -> None:
    first = judged(alice, opinion(None, "timeout", 150.0))
    differs = judged(alice, opinion(2))
    own = models_page._rows()[0].own
    assert own is not None
    same = judged(alice, opinion(99))
    html = show()
    assert "In shadow: boost, version 1" in html
    assert "chain, version 1: 3 sign-ins" in html
    assert re.search(r"<dt>Without an answer</dt>\s*<dd>1 <small>too late 1</small>", html)
    assert ("0.25 ms" in html, "150.00 ms" in html) == (True, False)
    links = {
        log_id: reverse("admin:risk_loginlog_change", args=[log_id]) in html
        for log_id in (first, differs, same)
    }
    asks = {
        pair.id: pair.agrees for duel in agreement.duels(models_page._rows()) for pair in duel.pairs
    }
    assert links == {first: False, differs: not asks[differs], same: not asks[same]}
    assert set(asks.values()) == {True, False}


def test_the_picture_has_lines_where_the_policy_asks(show: Show, alice: Any) -> None:
    judged(alice, opinion(2))
    html = show()
    picture = html[html.index('<figure class="duel-picture">') : html.index("</figure>")]
    assert 'x1="50%"' in picture
    assert 'cy="96.0%"' in picture
    assert "style=" not in picture


def test_without_challengers_it_says_how_to_have_some(
    show: Show, alice: Any, settings: Any
) -> None:
    assert "No sign-in has a score yet." in show()
    assert "Name models in RISK_CHALLENGERS" in show()
    settings.RISK_CHALLENGERS = ["risk.scoring.boost_model.BoostModel"]
    assert "have not been asked yet" in show()


def test_a_champion_that_failed_is_told(show: Show, alice: Any, settings: Any) -> None:
    settings.RISK_MODEL = rivals.path(rivals.Raises)
    judged(alice)
    assert "rival, version 3: 1 sign-in; failed at 1: asked for all there is" in show()


def test_names_of_models_are_shown_and_never_run(show: Show, alice: Any) -> None:
    judged(alice, opinion(2, name=NASTY), opinion(None, error=NASTY, name="other"))
    html = show()
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_it_costs_the_same_in_any_ledger(
    show: Show,
    alice: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(6):
        judged(alice, opinion(2), opinion(99, name="other"))
    with django_assert_num_queries(3):
        assert models_page.page().seen == 6
    monkeypatch.setattr(models_page, "NEWEST", 4)
    assert models_page.page().seen == 4
    monkeypatch.setattr(models_page, "SEARCHED", 2)
    assert models_page.page().seen == 2


def test_only_the_newest_differing_ones_are_listed(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models_page, "MOST_DIFFERING", 2)
    ids = [judged(alice, opinion(99), opinion(0, name="other")) for _ in range(4)]
    listed = [[other.url for other in each.newest] for each in models_page.page().challengers]
    assert [len(urls) for urls in listed if urls] != []
    assert all(
        urls
        in (
            [],
            [reverse("admin:risk_loginlog_change", args=[log_id]) for log_id in (ids[3], ids[2])],
        )
        for urls in listed
    )


def test_whoever_may_not_read_the_ledger_may_not_read_this(
    rf: RequestFactory, request_of_root: HttpRequest
) -> None:
    request_of_root.user = person("clerk", is_staff=True)
    with pytest.raises(PermissionDenied):
        LoginLogAdmin(LoginLog, admin.site).models_view(request_of_root)


def test_the_ledger_links_to_it(request_of_root: HttpRequest) -> None:
    response: Any = LoginLogAdmin(LoginLog, admin.site).changelist_view(request_of_root)
    response.render()
    assert f'href="{reverse("admin:risk_models")}"' in response.content.decode()
