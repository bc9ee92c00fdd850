"""Policies as admins list, write and delete them: through the addresses, permissions and forms of
the admin.
"""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from risk.models import RiskPolicy
from risk.models.risk_policy import State
from risk.tests.policies import active, in_shadow, moved, written
from risk.tests.policy_pages import ADD, LIST, NASTY, Visit, text, url_of

# The list


def test_the_list_says_that_the_built_in_policy_decides(visit: Visit) -> None:
    html = text(visit(LIST))
    assert "The built-in policy decides: 50 / 90." in html
    assert "asks from 50 points, for a strong factor from 90" in html


def test_the_list_says_who_decides_instead(visit: Visit) -> None:
    active("office", 30, 70, "office")
    assert "The built-in policy decides for everybody in no group below: 50 / 90." in text(
        visit(LIST)
    )
    active(challenge=40, strict=80)
    html = text(visit(LIST))
    assert "default 1 decides for everybody: 40 / 80." in html
    for part in (
        "default 1",
        "office 1",
        '<span class="pill pill-yes">Decides</span>',
        "asks from 30 points, for a strong factor from 70",
        "everybody",
    ):
        assert part in html


def test_what_decides_comes_first(visit: Visit) -> None:
    moved(active(), State.RETIRED)
    written()
    in_shadow()
    active("zeta", 30, 70, "office")
    assert re.findall(r">(\w+ \d)</a></th>", text(visit(LIST))) == [
        "zeta 1",
        "default 3",
        "default 2",
        "default 1",
    ]


def test_the_list_costs_the_same_whatever_there_is(
    visit: Visit, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        active(f"office-{number}", 30, 70, "office", "finance")
    with django_assert_max_num_queries(10):
        visit(LIST)


@pytest.mark.parametrize("listed", [["alice", "7"], []])
def test_who_is_never_locked_out_is_shown_and_cannot_be_changed(
    visit: Visit, settings: Any, listed: list[str]
) -> None:
    settings.RISK_NEVER_LOCK_OUT = listed
    row = written()
    for url in (LIST, url_of(row)):
        html = text(visit(url))
        assert ("only asked: alice, 7." if listed else "No account is on the list") in html
        assert "RISK_NEVER_LOCK_OUT" in html
        assert 'name="spared"' not in html


# Writing


def test_a_draft_is_written_and_edited(visit: Visit) -> None:
    group = Group.objects.create(name="office")
    made = visit(
        ADD,
        {
            "name": "office",
            "challenge": "40",
            "strict": "85",
            "groups": [str(group.pk)],
            "note": "Why",
        },
    )
    row = RiskPolicy.objects.get()
    assert made.headers["Location"] == url_of(row)
    assert (
        str(row),
        row.state,
        row.challenge,
        row.strict,
        row.created_by,
        list(row.groups.all()),
    ) == ("office 1", "draft", 40, 85, "root", [group])
    visit(url_of(row), {"challenge": "45", "strict": "85", "groups": [str(group.pk)], "note": ""})
    row.refresh_from_db()
    assert (str(row), row.challenge, row.note) == ("office 1", 45, "")
    assert LogEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"challenge": "0"}, "challenge", "A whole number from 1 to 99."),
        ({"challenge": "100", "strict": "100"}, "challenge", "A whole number from 1 to 99."),
        ({"challenge": "85"}, "strict", "A whole number above the first mark, 100 at most."),
        ({"strict": "101"}, "strict", "A whole number above the first mark, 100 at most."),
        ({"challenge": "x"}, "challenge", "Enter a whole number."),
        ({"name": "Default"}, "name", "Small letters, digits and single hyphens, 40 at most."),
        ({"name": "built-in"}, "name", "The policy of the settings is called so."),
        ({"name": "office"}, "groups", "Choose a group. Only “default” is for everybody."),
        (
            {"groups": "office"},
            "groups",
            "“default” is for everybody. Choose no group, or another name.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    visit: Visit, data: dict[str, Any], field: str, sentence: str
) -> None:
    office = Group.objects.create(name="office")
    if "groups" in data:
        data = data | {"groups": [str(office.pk)]}
    response = visit(ADD, {"name": "default", "challenge": "50", "strict": "85"} | data)
    assert response.context_data["adminform"].form.errors == {field: [sentence]}
    assert not RiskPolicy.objects.exists()


def test_a_version_that_is_no_draft_has_no_form_but_a_next_version(visit: Visit) -> None:
    row = active("office", 30, 70, "office")
    page = visit(url_of(row))
    html = text(page)
    assert 'name="challenge"' not in html
    with pytest.raises(PermissionDenied):
        visit(url_of(row), {"challenge": "1", "strict": "2"})
    filled = visit(page.context_data["page"].next_url).context_data["adminform"].form.initial
    assert (filled["name"], filled["challenge"], filled["strict"], filled["groups"]) == (
        "office",
        "30",
        "70",
        [str(row.groups.get().pk)],
    )
    visit(ADD, {"name": "office", "challenge": "31", "strict": "70", "groups": filled["groups"]})
    row.refresh_from_db()
    assert (row.challenge, str(RiskPolicy.objects.latest("id"))) == (30, "office 2")


def test_only_drafts_are_deleted(visit: Visit) -> None:
    row = written()
    visit(url_of(row, "delete"), {"post": "yes"})
    assert not RiskPolicy.objects.exists()
    standing = active()
    for data in (None, {"post": "yes"}):
        with pytest.raises(PermissionDenied):
            visit(url_of(standing, "delete"), data)
    assert RiskPolicy.objects.exists()


def test_what_an_admin_wrote_is_text(visit: Visit) -> None:
    row = written()
    RiskPolicy.objects.update(note=NASTY, created_by=NASTY, state=State.RETIRED)
    assert NASTY not in text(visit(url_of(row)))
    assert NASTY not in text(visit(LIST))
