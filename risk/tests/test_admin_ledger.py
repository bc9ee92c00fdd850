"""The ledger as admins read it."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest

from mfaproject.lib.testing import FrozenClock
from risk.admin import LoginLogAdmin, words
from risk.admin.page import page
from risk.models import LoginLog
from risk.services import disavow, record_outcome, sweep
from risk.tests.admin_pages import NASTY, assessed, from_germany, row
from risk.tests.helpers import FAR, HOME, fail, sign_in

Show = Callable[[int], str]


@pytest.fixture
def show(ledger: LoginLogAdmin, request_of_root: HttpRequest) -> Show:
    """The page of one sign-in, as text."""

    def shown(log_id: int) -> str:
        response: Any = ledger.change_view(request_of_root, str(log_id))
        response.render()
        return str(response.content.decode())

    return shown


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
    points = [
        int(each.replace("−", "-"))
        for each in re.findall(r'<td class="points[^"]*">([^<]+)</td>', html)
    ]
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
    "field",
    [
        "browser",
        "system",
        "detail",
        "network",
        "as_name",
        "country",
        "network_kinds",
        "model",
        "policy",
        "factor",
        "outcome",
        "level",
    ],
)
def test_no_field_of_the_ledger_is_trusted(show: Show, alice: Any, field: str) -> None:
    log_id = assessed(alice)
    LoginLog.objects.filter(pk=log_id).update(
        **{field: "<u>'\""[: getattr(LoginLog._meta.get_field(field), "max_length", None)]}
    )
    assert "<u>" not in show(log_id)


def test_a_finding_of_any_model_is_shown_and_never_run(show: Show, alice: Any) -> None:
    log_id = assessed(alice)
    LoginLog.objects.filter(pk=log_id).update(
        findings=[{"name": NASTY, "points": 50, "sentence": NASTY}]
    )
    html = show(log_id)
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_a_name_that_nobody_has_is_not_made_up(show: Show, db: None) -> None:
    html = show(fail(None, FAR, "unknown_user", name="my password"))
    assert "Sign-in with an unknown name" in html
    assert "nobody we know" in html
    assert "my password" not in html
    assert '<table class="fall">' not in html


def test_every_row_has_a_story_and_a_page(alice: Any) -> None:
    log_id = assessed(alice)
    for outcome, decision in itertools.product(
        LoginLog.Outcome.values, ["", *LoginLog.Decision.values]
    ):
        LoginLog.objects.filter(pk=log_id).update(outcome=outcome, decision=decision)
        told = page(row(log_id))
        assert told.story.endswith("."), (outcome, decision)
        assert told.consequence.endswith("."), (outcome, decision)


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
        (
            {"decision": "step_up", "level": "medium", "required": "weak"},
            "50 or more: asked for more proof.",
        ),
        (
            {"decision": "step_up", "level": "high", "required": "strong"},
            "90 or more: asked for a strong factor where there is one.",
        ),
        (
            {"decision": "step_up", "level": "low", "required": "strong"},
            "Staff: asked for a strong factor.",
        ),
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


def test_what_rules_say_has_a_title() -> None:
    ours = {"ceiling_known", "staff", "floor_hard", "floor_held", "floor_first", "model_failed"}
    assert not {name for name in ours if words.title(name) == name}


def test_a_disavowed_sign_in_tells_both_halves(alice: Any) -> None:
    log_id, _ = sign_in(alice)
    disavow(log_id, alice.pk)
    assert words.story(row(log_id)) == "Signed in; the owner said later that it was somebody else."


def test_minutes_are_told_as_minutes(alice: Any, clock: FrozenClock) -> None:
    log_id = assessed(alice)
    clock.forward(minutes=5)
    record_outcome(log_id, "denied")
    assert words.took(row(log_id)) == "5 minutes"


def test_the_page_says_where_and_what_lists_say(show: Show, alice: Any) -> None:
    html = show(from_germany(alice))
    for text in ("Germany, Hetzner Online GmbH", "AS24940", "hosting, VPN"):
        assert text in html
