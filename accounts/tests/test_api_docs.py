"""The page that shows the API: made of the document and of nothing else, so a new operation is on
it.
"""

import html
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.api import reference, schema
from accounts.tests import contract

pytestmark = pytest.mark.django_db


def page(language: str = "en") -> Any:
    answer = Client().get("/v1/docs/", headers={"accept-language": language})
    assert answer.status_code == 200
    return answer


def calls() -> list[reference.Operation]:
    return [
        call
        for section in reference.sections(contract.document(), settings.PUBLIC_ORIGIN)
        for call in section.operations
    ]


def named(operation: str) -> reference.Operation:
    return next(call for call in calls() if call.id == operation)


def test_every_operation_is_shown_with_its_examples_and_refusals() -> None:
    text = html.unescape(page().content.decode())
    shown = {call.id: call for call in calls()}
    for path, methods in contract.document()["paths"].items():
        for method, said in methods.items():
            call = shown.pop(said["operationId"])
            assert (call.path, call.method) == (path, method.upper())
            for sample in (
                *call.samples,
                *(sample for answer in call.answers for sample in answer.samples),
            ):
                assert sample.text in text, (call.id, sample.name)
            assert {refusal.status for refusal in call.refusals} == {
                status for status in said["responses"] if status > "300"
            }
            for refusal in call.refusals:
                assert f"<code>{refusal.code}</code>" in text
    assert shown == {}


def test_its_list_leads_to_every_call() -> None:
    text = page().content.decode()
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    assert {call.id for call in calls()} <= set(ids)


def test_it_needs_no_script_and_nothing_from_elsewhere() -> None:
    answer = page()
    text = answer.content.decode()
    assert "<script" not in text
    assert "style=" not in text
    links = re.findall(r'(?:src|href|action)="([^"]*)"', text)
    assert {link for link in links if not link.startswith(("/", "#", "?"))} == set()
    assert finders.find("api/docs.css")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in answer["Content-Security-Policy"]


def test_its_own_words_are_in_the_readers_language_and_the_documents_are_marked() -> None:
    text = page("fr").content.decode()
    assert '<html lang="fr">' in text
    assert "Avec curl" in text
    assert f'<p lang="en">{named("me").summary}</p>' in text


def test_fields_say_what_they_hold() -> None:
    told = {field.name: (field.kind, field.required) for field in named("login").fields}
    assert told == {
        "username": ("text", True),
        "password": ("text", True),
        "client_challenge": ("text", False),
    }
    (good,) = named("login").answers
    assert [{field.name: field.kind for field in shape} for shape in good.shapes] == [
        {"required_mfa": "false", "token": "text", "expires_at": "time"},
        {
            "required_mfa": "true",
            "reference_id": "text",
            "methods": "list of texts",
            "expires_at": "time",
        },
    ]
    history = {field.name: field.kind for field in named("login_history").answers[0].shapes[0]}
    assert (history["next"], history["results"], history["results[].ip"]) == (
        "whole number or null",
        "list of objects",
        "text or null",
    )
    reasons = {field.name: field.kind for field in named("answer").fields}
    assert reasons["reason"] == '"not_me" or "cancelled" or null'


def test_a_line_for_curl_is_one_that_a_shell_reads() -> None:
    line = named("change_me").curl
    assert line.startswith(f"curl --request PATCH {settings.PUBLIC_ORIGIN}/v1/me \\\n")
    assert "--header 'Authorization: Bearer <token>'" in line
    assert named("login_history").curl.endswith(
        f"'{settings.PUBLIC_ORIGIN}/v1/login-history?page=1&page_size=20' \\\n    --header"
        " 'Authorization: Bearer <token>'"
    )
    assert named("inbox").curl == "", "nobody signs by hand"


def test_two_who_ask_first_at_once_get_it_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meeting, met = threading.Barrier(2), []

    class Generator:
        def get_schema(self, **_options: Any) -> dict[str, Any]:
            try:
                meeting.wait(0.5)
            except threading.BrokenBarrierError:
                return {}
            met.append(self)
            return {}

    monkeypatch.setattr(schema, "SchemaGenerator", Generator)
    with ThreadPoolExecutor(2) as two:
        assert list(two.map(lambda _each: schema.document(), range(2))) == [{}, {}]
    assert not met
