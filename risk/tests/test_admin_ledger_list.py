"""The list of the ledger: what it shows, finds and hides."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory

from mfaproject.lib.testing import FrozenClock, person
from risk.admin import LoginLogAdmin
from risk.models import LoginLog
from risk.services import record_outcome, sweep
from risk.tests.admin_pages import NASTY, assessed, from_germany, row
from risk.tests.helpers import FAR, HOME, fail, sign_in


def search(ledger: LoginLogAdmin, term: str) -> list[int]:
    found, may_repeat = ledger.get_search_results(
        HttpRequest(), LoginLog.objects.order_by("id"), term
    )
    assert not may_repeat
    return [each.pk for each in found]


def test_found_by_name_address_and_request_id(ledger: LoginLogAdmin, alice: Any, bob: Any) -> None:
    mine, hers = fail(alice, HOME), fail(bob, FAR)
    nobody = fail(None, FAR, "unknown_user", name="Mallory")
    assert search(ledger, "ali") == [mine]
    assert search(ledger, FAR) == [hers, nobody]
    assert search(ledger, f" {HOME} ") == [mine]
    assert search(ledger, row(hers).request_id) == [hers]
    assert search(ledger, "mallory") == [nobody]
    assert search(ledger, "") == [mine, hers, nobody]


def test_an_address_is_found_exactly_or_not_at_all(ledger: LoginLogAdmin, alice: Any) -> None:
    fail(alice, HOME)
    assert search(ledger, "81.2.69") == []
    assert search(ledger, HOME + "1") == []


def test_an_ipv6_address_is_found_in_any_spelling(ledger: LoginLogAdmin, alice: Any) -> None:
    log_id = fail(alice, "2a02:c7f::1")
    assert search(ledger, "2A02:0C7F:0:0:0:0:0:0001") == [log_id]


def test_after_retention_an_address_finds_nothing(
    ledger: LoginLogAdmin, alice: Any, clock: FrozenClock
) -> None:
    fail(alice, HOME)
    clock.forward(days=31)
    sweep()
    assert search(ledger, HOME) == []


def test_the_list_shows_what_matters(
    ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any
) -> None:
    sign_in(alice)
    log_id = assessed(alice, FAR)
    record_outcome(log_id, "denied", factor="push", detail="Pixel 8")
    response: Any = ledger.changelist_view(request_of_root)
    response.render()
    html = response.content.decode()
    for text in (
        "alice",
        "pill-care",
        FAR,
        "Chrome 145 on Windows",
        "Authenticator, Pixel 8",
        "Denied",
        "More proof",
        "Network +",
    ):
        assert text in html


def test_the_list_runs_nothing_either(
    ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any
) -> None:
    log_id = assessed(alice)
    LoginLog.objects.filter(pk=log_id).update(
        browser=NASTY[:60], detail=NASTY, findings=[{"name": NASTY, "points": 9, "sentence": NASTY}]
    )
    response: Any = ledger.changelist_view(request_of_root)
    response.render()
    assert b"<script>alert" not in response.content
    assert b"<img src=x" not in response.content


def test_nobody_can_add_edit_or_delete(
    ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any
) -> None:
    log_id = assessed(alice)
    assert not ledger.has_add_permission(request_of_root)
    assert not ledger.has_change_permission(request_of_root, row(log_id))
    assert not ledger.has_delete_permission(request_of_root, row(log_id))
    assert list(ledger.get_actions(request_of_root)) == []
    request_of_root.method = "POST"
    request_of_root._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    for view in (ledger.change_view, ledger.delete_view):
        with pytest.raises(PermissionDenied):
            view(request_of_root, str(log_id))
    with pytest.raises(PermissionDenied):
        ledger.add_view(request_of_root)


def test_staff_without_permission_see_nothing(
    ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any
) -> None:
    log_id = assessed(alice)
    request_of_root.user = person("clerk", is_staff=True)
    with pytest.raises(PermissionDenied):
        ledger.change_view(request_of_root, str(log_id))
    with pytest.raises(PermissionDenied):
        ledger.changelist_view(request_of_root)


def test_the_name_of_the_person_is_searched_by_the_field_that_people_type() -> None:
    assert get_user_model().USERNAME_FIELD == "username"


def listed(ledger: LoginLogAdmin, request: HttpRequest) -> str:
    response: Any = ledger.changelist_view(request)
    response.render()
    return str(response.content.decode())


def test_the_list_has_the_place_under_the_address(
    ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any
) -> None:
    from_germany(alice)
    assert '5.9.1.2<br><span class="quiet">Germany, Hetzner Online GmbH</span>' in listed(
        ledger, request_of_root
    )
    LoginLog.objects.update(as_name=NASTY)
    assert "<script>alert" not in listed(ledger, request_of_root)


@pytest.mark.parametrize("term", ["AS24940", "as24940", "Germany", "germany", "Allemagne", "DE"])
def test_found_by_network_and_country(
    ledger: LoginLogAdmin, alice: Any, bob: Any, term: str
) -> None:
    mine = from_germany(alice)
    from_germany(bob, country="FR", asn=2494)
    assert search(ledger, term) == [mine]


@pytest.mark.parametrize("term", ["AS1", "AS99999999999", "France", "de", "ZZ", "Ger"])
def test_another_place_finds_nothing(ledger: LoginLogAdmin, alice: Any, term: str) -> None:
    from_germany(alice)
    assert search(ledger, term) == []


def test_a_person_called_like_a_country_is_found_with_it(ledger: LoginLogAdmin, alice: Any) -> None:
    chad = fail(person("chad"), HOME)
    there = from_germany(alice, country="TD")
    assert search(ledger, "chad") == [chad, there]


def test_the_list_is_filtered_by_country(
    ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any, rf: RequestFactory
) -> None:
    from_germany(alice)
    from_germany(alice, country="FR")
    request = rf.get("/admin/", {"country": "FR"})
    request.user, request.session = request_of_root.user, request_of_root.session
    html = listed(ledger, request)
    assert "France, Hetzner" in html
    assert "Germany, Hetzner" not in html
    assert "?country=DE" in html
    assert "?country=JP" not in html


def test_a_country_that_nobody_knows_filters_to_nothing(
    ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any, rf: RequestFactory
) -> None:
    from_germany(alice)
    request = rf.get("/admin/", {"country": NASTY})
    request.user, request.session = request_of_root.user, request_of_root.session
    assert (
        "Germany"
        not in (html := listed(ledger, request)).partition("</nav>")[2].partition("result_list")[2]
    )
    assert "<script>alert" not in html
