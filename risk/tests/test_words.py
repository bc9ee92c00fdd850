"""What the ledger says in words: a pill, a story, a consequence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from risk.admin import words
from risk.login import outcomes
from risk.models import LoginLog

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def row(outcome: str = "admitted", took: float = 0, **facts: Any) -> LoginLog:
    """A sign-in that was asked, under 50 and 90."""
    usual = {
        "at": AT,
        "ended_at": AT + timedelta(seconds=took),
        "outcome": outcome,
        "decision": "step_up",
        "required": "weak",
        "level": "medium",
        "score": 63,
        "challenge": 50,
        "strict": 90,
    }
    return LoginLog(**(usual | facts))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, '<span class="pill pill-care">63 · Careful</span>'),
        ({"score": 3, "level": "low"}, '<span class="pill pill-yes">3 · Usual</span>'),
        ({"score": 95, "level": "high"}, '<span class="pill pill-no">95 · Alarming</span>'),
        ({"score": None}, "–"),
    ],
)
def test_a_pill_has_the_colour_of_its_level(facts: dict[str, Any], said: str) -> None:
    assert str(words.pill(row(**facts))) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (1.9, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (599, "9 minutes"),
    ],
)
def test_how_long_it_took(seconds: float, said: str) -> None:
    assert words.took(row(took=seconds)) == said
    assert words.took(row(ended_at=None)) == "0 seconds"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"decision": "allow"}, "The password was enough."),
        (
            {"took": 40, "factor": "push", "detail": "Pixel 8"},
            "Asked for more proof (Authenticator, Pixel 8), signed in after 40 seconds.",
        ),
        (
            {"took": 300, "factor": "email"},
            "Asked for more proof (E-mail code), signed in after 5 minutes.",
        ),
        ({"outcome": "pending"}, "Asked for more proof; no answer yet."),
        ({"outcome": "denied"}, "Asked for more proof, which was denied."),
        (
            {"outcome": "not_me"},
            "Asked for more proof; the owner said that it was somebody else.",
        ),
        ({"outcome": "wrong_number"}, "Asked for more proof; another number was typed."),
        ({"outcome": "disavowed"}, "Signed in; the owner said later that it was somebody else."),
        ({"outcome": "blocked"}, "Refused because of where it came from."),
        ({"outcome": "wrong_password"}, "The password was wrong."),
        ({"outcome": "admin_act"}, "An admin changed something about the account."),
        (
            {"outcome": "admin_act", "detail": "policy_active"},
            "An admin moved a policy on.",
        ),
        (
            {"outcome": "admin_act", "detail": "admin_group_added"},
            "An admin changed a group of people.",
        ),
    ],
)
def test_a_story_is_one_sentence(facts: dict[str, Any], said: str) -> None:
    assert words.story(row(**facts)) == said


@pytest.mark.parametrize("outcome", sorted(outcomes.OUTCOMES))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_outcome_has_a_story_in_every_language(outcome: str, language: str) -> None:
    with translation.override(language):
        told = words.story(row(outcome))
    assert told.endswith(".")
    assert told != outcome


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"decision": "block", "score": 3}, "Such a source is refused, whatever the score."),
        ({"decision": "allow", "level": "low"}, "Below 50: the password was enough."),
        ({}, "50 or more: asked for more proof."),
        (
            {"level": "high", "required": "strong"},
            "90 or more: asked for a strong factor where there is one.",
        ),
        ({"level": "high"}, "90 or more: asked for a strong factor where there is one."),
        ({"required": "strong"}, "Staff: asked for a strong factor."),
        ({"level": "low", "required": "strong"}, "Staff: asked for a strong factor."),
    ],
)
def test_a_score_is_told_by_what_followed(facts: dict[str, Any], said: str) -> None:
    assert words.consequence(row(**facts)) == said


@pytest.mark.parametrize(
    ("kinds", "said"),
    [("", ""), ("vpn", "VPN"), ("hosting vpn tor", "hosting, VPN, Tor"), ("moon", "moon")],
)
def test_lists_are_told_by_name(kinds: str, said: str) -> None:
    assert words.kinds(row(network_kinds=kinds)) == said


@pytest.mark.parametrize(
    ("name", "english", "french"),
    [
        ("network_new", "Network", "Réseau"),
        ("travel", "Travel", "Voyage"),
        ("floor_first", "Rule", "Règle"),
        ("of_a_later_model", "of_a_later_model", "of_a_later_model"),
    ],
)
def test_titles_are_in_the_readers_language(name: str, english: str, french: str) -> None:
    told = []
    for language in ("en", "fr"):
        with translation.override(language):
            told.append(words.title(name))
    assert told == [english, french]
