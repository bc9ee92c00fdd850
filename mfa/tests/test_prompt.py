"""What the phone shows."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa.prompt import LONGEST_TEXT, Prompt, canonical, clean
from mfaproject.lib import http

PROMPT = Prompt("alice", "Nod", 1_800_000_000, "Firefox 145", "192.0.2.44", "Linux", "Lyon, France")


def test_the_context_has_exactly_these_fields() -> None:
    assert PROMPT.context() == {
        "account": "alice",
        "app": "Nod",
        "at": 1_800_000_000,
        "browser": "Firefox 145",
        "ip": "192.0.2.44",
        "os": "Linux",
        "place": "Lyon, France",
    }


def test_why_is_a_field_where_there_is_something_to_say() -> None:
    assert replace(PROMPT, careful="New\nbrowser.").context() == PROMPT.context() | {
        "careful": "New browser."
    }
    assert replace(PROMPT, careful="\u202e").context() == PROMPT.context()


@pytest.mark.parametrize("field", ["account", "app", "browser", "ip", "os", "place"])
@pytest.mark.parametrize("unknown", ["", " ", "\u202e", "\n\t "])
def test_what_is_not_known_is_null(field: str, unknown: str) -> None:
    changes: dict[str, Any] = {field: unknown}
    assert replace(PROMPT, **changes).context()[field] is None


def test_a_long_text_is_cut_to_two_hundred_code_points() -> None:
    assert replace(PROMPT, browser="🦊" * 300).context()["browser"] == "🦊" * LONGEST_TEXT


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\r\nb", "a b"),
        ("\u2066evil\u2069", "evil"),
        ("x" * 199 + " y", "x" * 199),
        ("\ud800a", "a"),
    ],
)
def test_controls_and_direction_marks_are_gone(raw: str, shown: str) -> None:
    assert replace(PROMPT, place=raw).context()["place"] == shown


@given(st.text(alphabet=st.characters(), max_size=300))
def test_texts_are_cleaned_as_everywhere_else(text: str) -> None:
    assert clean(text) == http.clean(text, LONGEST_TEXT)


@given(st.text(max_size=220))
def test_canonical_text_reads_back_and_has_one_spelling(text: str) -> None:
    context = replace(PROMPT, account=text).context()
    written = canonical(context)
    assert json.loads(written) == context
    assert canonical(json.loads(written)) == written


def test_canonical_text_is_sorted_without_spaces() -> None:
    assert canonical({"b": "é", "a": None, "c": 1}) == '{"a":null,"b":"é","c":1}'
