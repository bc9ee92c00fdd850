"""The ledger as admins read it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory

from mfaproject.lib.testing import FrozenClock, person
from risk.admin import LoginLogAdmin, words
from risk.admin.page import page
from risk.models import LoginLog
from risk.services import assess, disavow, record_login, record_outcome, sweep
from risk.tests.helpers import CHROME, FAR, HOME, fail, login, sign_in

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
Show = Callable[[int], str]


class Session(dict[str, Any]):
    """As much of a session as the pages ask for."""

    is_strong, public_id, browser = True, "p", ""


@pytest.fixture
def ledger() -> LoginLogAdmin:
    return LoginLogAdmin(LoginLog, admin.site)


@pytest.fixture
def request_of_root(db: None, rf: RequestFactory) -> HttpRequest:
    request = rf.get("/admin/")
    request.user = person("root", is_staff=True, is_superuser=True)
    request.session = Session()  # type: ignore[assignment]
    return request


@pytest.fixture
def show(ledger: LoginLogAdmin, request_of_root: HttpRequest) -> Show:
    """The page of one sign-in, as text."""

    def shown(log_id: int) -> str:
        response: Any = ledger.change_view(request_of_root, str(log_id))
        response.render()
        return str(response.content.decode())

    return shown


def assessed(user: Any, ip: str = HOME, user_agent: str = CHROME) -> int:
    context = login(ip, user_agent)
    assessment = assess(user_id=user.pk, is_staff=False, has_strong=True, context=context)
    return record_login(context=context, outcome="pending", assessment=assessment, user_id=user.pk, typed_name="")


def row(log_id: int) -> LoginLog:
    return LoginLog.objects.get(pk=log_id)


def search(ledger: LoginLogAdmin, term: str) -> list[int]:
    found, may_repeat = ledger.get_search_results(HttpRequest(), LoginLog.objects.order_by("id"), term)
    assert not may_repeat
    return [each.pk for each in found]


def test_the_page_reads_like_an_explanation(show: Show, alice: Any, clock: FrozenClock) -> None:
    sign_in(alice)
    log_id = assessed(alice, FAR)
    clock.forward(seconds=14)
    record_outcome(log_id, "admitted", factor="push", detail="Pixel 8")
    html = show(log_id)
    assert "<h1>Sign-in by alice</h1>" in html
    assert "Asked for more proof (Authenticator, Pixel 8), signed in after 14 seconds." in html
    assert "0 of 1 sign-in came from this network." in html
    assert FAR in html
    assert "Chrome 145 on Windows" in html
    assert row(log_id).request_id in html


def test_the_bars_add_up_to_the_score(show: Show, alice: Any) -> None:
    sign_in(alice)
    log_id = assessed(alice, FAR)
    html = show(log_id)
    points = [int(each.replace("−", "-")) for each in re.findall(r'<td class="points[^"]*">([^<]+)</td>', html)]
    assert sum(points[:-1]) == points[-1] == row(log_id).score
    assert f'<rect class="sum" x="0" width="{row(log_id).score}%"' in html


def test_the_picture_has_no_view_box_and_no_inline_style(show: Show, alice: Any) -> None:
    html = show(assessed(alice))
    picture = html[html.index('<table class="fall">') : html.index("</table>")]
    assert "viewBox" not in picture
    assert "style=" not in picture


def test_nothing_on_the_page_can_be_sent(show: Show, alice: Any) -> None:
    html = show(assessed(alice))
    content = html[html.index('<p class="verdict">') : html.index("</dl>")]
    assert "<form" not in content
    assert "<script" not in content
    assert "<input" not in content


def test_a_user_agent_is_shown_and_never_run(show: Show, alice: Any, ledger: LoginLogAdmin) -> None:
    log_id = assessed(alice, user_agent=NASTY)
    html = show(log_id)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize(
    "field", ["browser", "system", "detail", "network", "as_name", "country", "network_kinds", "model", "policy", "factor", "outcome", "level"]
)
def test_no_field_of_the_ledger_is_trusted(show: Show, alice: Any, field: str) -> None:
    log_id = assessed(alice)
    LoginLog.objects.filter(pk=log_id).update(**{field: "<u>'\""[: getattr(LoginLog._meta.get_field(field), "max_length", None)]})
    assert "<u>" not in show(log_id)


def test_a_finding_of_any_model_is_shown_and_never_run(show: Show, alice: Any) -> None:
    log_id = assessed(alice)
    LoginLog.objects.filter(pk=log_id).update(findings=[{"name": NASTY, "points": 50, "sentence": NASTY}])
    html = show(log_id)
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_a_name_that_nobody_has_is_not_made_up(show: Show, db: None) -> None:
    html = show(fail(None, FAR, "unknown_user", name="my password"))
    assert "Sign-in with an unknown name" in html
    assert "nobody we know" in html
    assert "my password" not in html
    assert '<table class="fall">' not in html


@pytest.mark.parametrize("outcome", LoginLog.Outcome.values)
@pytest.mark.parametrize("decision", ["", *LoginLog.Decision.values])
def test_every_row_has_a_story_and_a_page(show: Show, alice: Any, outcome: str, decision: str) -> None:
    log_id = assessed(alice)
    LoginLog.objects.filter(pk=log_id).update(outcome=outcome, decision=decision)
    told = page(row(log_id))
    assert told.story.endswith(".")
    assert told.consequence.endswith(".")


def test_a_cut_address_says_so(show: Show, alice: Any, clock: FrozenClock) -> None:
    log_id = assessed(alice)
    clock.forward(days=31)
    sweep()
    html = show(log_id)
    assert "81.2.69.0/24" in html
    assert "the rest was cut" in html
    assert HOME not in html


@pytest.mark.parametrize(
    ("score", "level", "markup"),
    [
        (3, "low", '<span class="pill pill-yes">3 · Usual</span>'),
        (63, "medium", '<span class="pill pill-care">63 · Careful</span>'),
        (95, "high", '<span class="pill pill-no">95 · Alarming</span>'),
        (None, "", "–"),
    ],
)
def test_the_pill_has_the_colour_of_the_level(score: int | None, level: str, markup: str) -> None:
    assert words.pill(LoginLog(score=score, level=level)) == markup


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"decision": "allow", "level": "low"}, "Below 50: the password was enough."),
        ({"decision": "step_up", "level": "medium", "required": "weak"}, "50 or more: asked for more proof."),
        ({"decision": "step_up", "level": "high", "required": "strong"}, "90 or more: asked for a strong factor where there is one."),
        ({"decision": "step_up", "level": "low", "required": "strong"}, "Staff: asked for a strong factor."),
        ({"decision": "block", "level": "high"}, "Such a source is refused, whatever the score."),
    ],
)
def test_what_the_score_meant(facts: dict[str, str], sentence: str) -> None:
    assert words.consequence(LoginLog(challenge=50, strict=90, **facts)) == sentence


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("browser_new", "Browser"),
        ("network_new", "Network"),
        ("floor_browser", "Rule"),
        ("burst_source", "Many accounts"),
        ("failures_source", "Source"),
        ("hour_new", "Time"),
        ("moon", "moon"),
    ],
)
def test_findings_have_titles(name: str, title: str) -> None:
    assert words.title(name) == title


def test_every_finding_that_we_know_has_a_title() -> None:
    ours = {"browser_known", "address_unknown", "agent_new", "device_new", "system_new", "version_older", "failures_account", "accounts_at_source"}
    ours |= {"source_held", "source_named", "disavowed_widely", "ceiling_known", "staff", "floor_hard"}
    ours |= {"networks_tor", "networks_vpn", "networks_hosting", "travel", "away", "change_password", "change_factor"}
    assert not {name for name in ours if words.title(name) == name}


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


def test_after_retention_an_address_finds_nothing(ledger: LoginLogAdmin, alice: Any, clock: FrozenClock) -> None:
    fail(alice, HOME)
    clock.forward(days=31)
    sweep()
    assert search(ledger, HOME) == []


def test_the_list_shows_what_matters(ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any) -> None:
    sign_in(alice)
    log_id = assessed(alice, FAR)
    record_outcome(log_id, "denied", factor="push", detail="Pixel 8")
    response: Any = ledger.changelist_view(request_of_root)
    response.render()
    html = response.content.decode()
    for text in ("alice", "pill-care", FAR, "Chrome 145 on Windows", "Authenticator, Pixel 8", "Denied", "More proof", "Network +"):
        assert text in html


def test_the_list_runs_nothing_either(ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any) -> None:
    log_id = assessed(alice)
    LoginLog.objects.filter(pk=log_id).update(browser=NASTY[:60], detail=NASTY, findings=[{"name": NASTY, "points": 9, "sentence": NASTY}])
    response: Any = ledger.changelist_view(request_of_root)
    response.render()
    assert b"<script>alert" not in response.content
    assert b"<img src=x" not in response.content


def test_nobody_can_add_edit_or_delete(ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any) -> None:
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


def test_staff_without_permission_see_nothing(ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any) -> None:
    log_id = assessed(alice)
    request_of_root.user = person("clerk", is_staff=True)
    with pytest.raises(PermissionDenied):
        ledger.change_view(request_of_root, str(log_id))
    with pytest.raises(PermissionDenied):
        ledger.changelist_view(request_of_root)


def test_a_disavowed_sign_in_tells_both_halves(alice: Any) -> None:
    log_id, _ = sign_in(alice)
    disavow(log_id, alice.pk)
    assert words.story(row(log_id)) == "Signed in; the owner said later that it was somebody else."


def test_minutes_are_told_as_minutes(alice: Any, clock: FrozenClock) -> None:
    log_id = assessed(alice)
    clock.forward(minutes=5)
    record_outcome(log_id, "denied")
    assert words.took(row(log_id)) == "5 minutes"


def test_the_name_of_the_person_is_searched_by_the_field_that_people_type() -> None:
    assert get_user_model().USERNAME_FIELD == "username"


def from_germany(user: Any, **more: Any) -> int:
    facts = {"country": "DE", "asn": 24940, "as_name": "Hetzner Online GmbH", "network_kinds": "hosting vpn"} | more
    log_id = assessed(user, "5.9.1.2")
    LoginLog.objects.filter(pk=log_id).update(**facts)
    return log_id


def listed(ledger: LoginLogAdmin, request: HttpRequest) -> str:
    response: Any = ledger.changelist_view(request)
    response.render()
    return str(response.content.decode())


def test_the_page_says_where_and_what_lists_say(show: Show, alice: Any) -> None:
    html = show(from_germany(alice))
    for text in ("Germany, Hetzner Online GmbH", "AS24940", "hosting, VPN"):
        assert text in html


def test_the_list_has_the_place_under_the_address(ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any) -> None:
    from_germany(alice)
    assert '5.9.1.2<br><span class="quiet">Germany, Hetzner Online GmbH</span>' in listed(ledger, request_of_root)
    LoginLog.objects.update(as_name=NASTY)
    assert "<script>alert" not in listed(ledger, request_of_root)


@pytest.mark.parametrize("term", ["AS24940", "as24940", "Germany", "germany", "Allemagne", "DE"])
def test_found_by_network_and_country(ledger: LoginLogAdmin, alice: Any, bob: Any, term: str) -> None:
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


def test_the_list_is_filtered_by_country(ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any, rf: RequestFactory) -> None:
    from_germany(alice)
    from_germany(alice, country="FR")
    request = rf.get("/admin/", {"country": "FR"})
    request.user, request.session = request_of_root.user, request_of_root.session
    html = listed(ledger, request)
    assert "France, Hetzner" in html
    assert "Germany, Hetzner" not in html
    assert "?country=DE" in html
    assert "?country=JP" not in html


def test_a_country_that_nobody_knows_filters_to_nothing(ledger: LoginLogAdmin, request_of_root: HttpRequest, alice: Any, rf: RequestFactory) -> None:
    from_germany(alice)
    request = rf.get("/admin/", {"country": NASTY})
    request.user, request.session = request_of_root.user, request_of_root.session
    assert "Germany" not in (html := listed(ledger, request)).partition("</nav>")[2].partition("result_list")[2]
    assert "<script>alert" not in html
