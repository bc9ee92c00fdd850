"""The known browsers as admins read them, and the one thing they can do."""

from typing import Any

import pytest
from django.contrib import admin, messages
from django.http import HttpRequest
from django.test import RequestFactory

from mfaproject.lib.testing import person
from risk.admin import KnownBrowserAdmin
from risk.models import KnownBrowser, LoginLog
from risk.services import forget_all_browsers, recognise
from risk.tests.helpers import HOME, sign_in


@pytest.fixture
def known() -> KnownBrowserAdmin:
    return KnownBrowserAdmin(KnownBrowser, admin.site)


@pytest.fixture
def request_of_root(db: None, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> HttpRequest:
    monkeypatch.setattr(messages, "add_message", lambda *_args, **_options: None)
    request = rf.post("/admin/", REMOTE_ADDR=HOME)
    request.user = person("root", is_staff=True, is_superuser=True)
    return request


def test_ending_makes_the_browser_unknown_and_leaves_a_row_in_the_ledger(
    known: Any, request_of_root: HttpRequest, alice: Any
) -> None:
    _, cookie = sign_in(alice)
    known.end_trust(request_of_root, KnownBrowser.objects.all())
    assert not recognise(cookie).knows(alice.pk)
    row = LoginLog.objects.latest("id")
    assert (row.outcome, row.user, row.detail) == (
        "admin_act",
        alice,
        "browser_forgotten (by root)",
    )


def test_what_was_ended_before_keeps_its_date(
    known: Any, request_of_root: HttpRequest, alice: Any
) -> None:
    sign_in(alice)
    forget_all_browsers(alice.pk)
    before = KnownBrowser.objects.get().revoked_at
    known.end_trust(request_of_root, KnownBrowser.objects.all())
    assert KnownBrowser.objects.get().revoked_at == before
    assert not LoginLog.objects.filter(outcome="admin_act").exists()


def test_only_the_chosen_ones_end(
    known: Any, request_of_root: HttpRequest, alice: Any, bob: Any
) -> None:
    _, cookie = sign_in(alice)
    sign_in(bob, cookie=cookie)
    known.end_trust(request_of_root, KnownBrowser.objects.filter(user=bob))
    assert recognise(cookie).users == {alice.pk}


def test_nothing_else_can_be_done(known: KnownBrowserAdmin, request_of_root: HttpRequest) -> None:
    assert not known.has_add_permission(request_of_root)
    assert not known.has_change_permission(request_of_root)
    assert not known.has_delete_permission(request_of_root)
    assert list(known.get_actions(request_of_root)) == ["end_trust"]


def test_who_may_only_look_has_no_action(
    known: KnownBrowserAdmin, request_of_root: HttpRequest
) -> None:
    request_of_root.user = person("clerk", is_staff=True)
    assert list(known.get_actions(request_of_root)) == []


def test_no_secret_is_among_the_columns(known: KnownBrowserAdmin) -> None:
    shown = {*known.list_display, *known.fields}
    assert not shown & {"selector", "validator_digest", "previous_digest", "added_by"}


def test_the_list_names_browser_and_person(known: KnownBrowserAdmin, alice: Any) -> None:
    sign_in(alice)
    row = KnownBrowser.objects.get()
    assert (known.who(row), known.what(row)) == ("alice", "Firefox on Linux")
