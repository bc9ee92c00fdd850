"""A 503 loses nothing that was typed, and calls nothing undone that may have been done."""

import json
import re
from html import unescape
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.client import MULTIPART_CONTENT
from django.urls import path

from accounts.services import passwords
from mfaproject import urls
from mfaproject.front.messages import Request
from mfaproject.front.refusals import Refusals
from mfaproject.lib import deadlines, unavailable
from mfaproject.lib.database_faults import CommitUnknown
from mfaproject.lib.testing import PASSWORD, person
from mfaproject.middleware import HEADERS

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

handler500 = urls.handler500
FAULTS: dict[str, Exception] = {
    "away": OperationalError("gone"),
    "lost": InterfaceError("gone"),
    "damaged": DatabaseError("database disk image is malformed"),
    "unknown": CommitUnknown("gone"),
}
ENCODED = "application/x-www-form-urlencoded"
UNSURE = "We cannot say whether this went through"
TYPED = {
    "username": "al<i>ce",
    "full_name": "Alice & \"Al\" 'é'",
    "way": ["push", "email"],
    "next": "/security/",
}
SECRETS = {
    "password": "hunter2hunter2",
    "code": "481516",
    "number": "234",
    "token": "tok-en",
    "new_password": "swordfish",
}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
SHOWN = re.compile(r'<input id="again-\d+" name="([^"]*)"([^>]*)>')


def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise FAULTS[how]


def half(request: HttpRequest) -> HttpResponse:
    """The first part was kept, then the database fell silent."""
    budget = deadlines.current()
    assert budget is not None
    budget.changed = True
    raise OperationalError("gone")


urlpatterns = [
    path("test/half", half),
    path("v1/test/half", half),
    path("test/<how>", fail),
    path("v1/test/<how>", fail),
    path("v1/authenticator/test/<how>", fail),
    *urls.urlpatterns,
]


def posted(address: str, data: Any = None, kind: str = MULTIPART_CONTENT) -> Any:
    """From a form of ours: the token is right, and looked at."""
    client = Client(enforce_csrf_checks=True)
    form = {"csrfmiddlewaretoken": token_for(client), **(data or {})}
    return client.post(
        address, urlencode(form, doseq=True) if kind == ENCODED else form, content_type=kind
    )


def token_for(client: Client) -> str:
    page = client.get("/login/").content.decode()
    return str(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0])


def hidden(page: str) -> list[tuple[str, str]]:
    return [(unescape(name), unescape(value)) for name, value in HIDDEN.findall(page)]


@pytest.mark.parametrize("how", ["away", "lost", "damaged"])
def test_nothing_was_changed_and_this_is_said(how: str) -> None:
    answer = posted(f"/test/{how}")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Nothing was changed." in answer.content.decode()
    problem = Client().post(f"/v1/test/{how}").json()
    assert (problem["code"], problem["status"]) == ("unavailable", 503)
    assert "nothing was changed" in problem["detail"]


@pytest.mark.parametrize("how", ["unknown", "half"])
def test_what_may_have_happened_is_not_called_undone(how: str) -> None:
    answer = posted(f"/test/{how}", TYPED)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    page = answer.content.decode()
    assert UNSURE in page
    assert "Nothing was changed" not in page
    assert page.index("Look whether it happened</a>") < page.index("Send it again</button>")
    answer = Client().post(f"/v1/test/{how}")
    problem = answer.json()
    assert (answer.status_code, answer["Retry-After"], problem["code"]) == (
        503,
        "2",
        "outcome_unknown",
    )
    assert UNSURE in problem["detail"]


def test_a_page_that_was_only_asked_for_changed_nothing_that_matters() -> None:
    assert "Nothing was changed." in Client().get("/test/half").content.decode()
    assert UNSURE in Client().get("/test/unknown").content.decode()


@pytest.mark.parametrize("kind", [ENCODED, MULTIPART_CONTENT])
@pytest.mark.parametrize("how", ["away", "unknown", "half"])
def test_what_was_typed_is_kept_and_secrets_are_asked_for_again(how: str, kind: str) -> None:
    page = posted(f"/test/{how}", TYPED | SECRETS, kind).content.decode()
    kept = [field for field in hidden(page) if field[0] != "csrfmiddlewaretoken"]
    assert kept == [
        (name, each)
        for name, value in TYPED.items()
        for each in ([value] if isinstance(value, str) else value)
    ]
    for secret in SECRETS.values():
        assert secret not in page
    shown = SHOWN.findall(page)
    assert [name for name, _rest in shown] == list(SECRETS)
    focused = how == "away"  # where somebody is to look first, nothing asks to be filled in
    assert ["autofocus" in rest for _name, rest in shown] == [
        focused,
        *[False] * (len(SECRETS) - 1),
    ]
    assert not any("value=" in rest for _name, rest in shown)
    assert 'type="password"' in shown[0][1]


def test_sent_again_it_is_the_same_form_and_is_taken() -> None:
    """By the browser alone, with the token of the page, once the database is back."""
    person()
    client = Client(enforce_csrf_checks=True)
    form = {
        "csrfmiddlewaretoken": token_for(client),
        "username": "alice",
        "password": PASSWORD,
        "next": "/help/",
    }
    with mock.patch("accounts.services.login.begin", side_effect=OperationalError("gone")):
        answer = client.post("/login/", form)
    assert answer.status_code == 503
    page = answer.content.decode()
    again = dict(hidden(page)) | {name: PASSWORD for name, _rest in SHOWN.findall(page)}
    assert again["csrfmiddlewaretoken"] != ""
    answer = client.post("/login/", again)
    assert (answer.status_code, answer["Location"]) == (302, "/login/code/")


def test_a_form_of_somebody_else_gets_no_token_of_ours() -> None:
    """Else a page elsewhere could have its form sent by us, at the press of our own button."""
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    form = {"username": "mallory", "csrfmiddlewaretoken": "x" * 64}
    with mock.patch("accounts.sessions.load", side_effect=OperationalError("gone")):
        page = client.post("/login/", form).content.decode()
    assert "mallory" not in page
    assert "csrfmiddlewaretoken" not in page
    assert "Try again" in page


@pytest.mark.parametrize(
    ("address", "how"),
    [
        (
            "/test/away",
            {"data": json.dumps({"username": "alice"}), "content_type": "application/json"},
        ),
        ("/test/away", {"data": "username=alice", "content_type": "text/plain"}),
        ("/v1/test/away", {"data": {"username": "alice"}}),
        (
            "/test/away",
            {"data": {"username": "alice", "file": SimpleUploadedFile("a.txt", b"alice")}},
        ),
    ],
    ids=["json", "text", "api", "file"],
)
def test_nothing_else_is_echoed(address: str, how: dict[str, Any]) -> None:
    answer = Client().post(address, **how)
    assert answer.status_code == 503
    assert "alice" not in answer.content.decode()


def test_a_form_too_large_to_be_read_is_not_echoed_either() -> None:
    answer = Client().post("/test/away", {"username": "x" * 70_000})
    assert answer.status_code == 503
    assert "xxx" not in answer.content.decode()


def test_a_queue_of_hashes_keeps_what_was_typed_too() -> None:
    with mock.patch.object(passwords.gate, "_enter", side_effect=passwords.Busy):
        answer = posted("/login/", {"username": "alice", "password": PASSWORD, "next": ""})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert "Very busy right now" in page
    assert ("username", "alice") in hidden(page)
    assert PASSWORD not in page
    assert [name for name, _rest in SHOWN.findall(page)] == ["password"]


@pytest.mark.parametrize(
    "where", ["accounts.sessions.load", "mfaproject.middleware.LanguageMiddleware.__call__"]
)
def test_it_is_in_the_language_of_who_asks_wherever_the_database_failed(where: str) -> None:
    with mock.patch(where, side_effect=OperationalError("gone")):
        client = Client(raise_request_exception=False)
        answer = client.get("/help/", headers={"accept-language": "fr"})
    assert (answer.status_code, answer["Content-Language"]) == (503, "fr")
    assert "Rien n’a été changé" in answer.content.decode()


def test_a_database_that_is_away_fills_no_log_with_tracebacks_where_sessions_are_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        mock.patch("accounts.sessions.load", side_effect=OperationalError("gone")),
        caplog.at_level("ERROR"),
    ):
        assert Client().get("/").status_code == 503
    assert not any(record.exc_info for record in caplog.records)


def test_a_page_of_another_site_that_may_call_the_api_may_read_it(settings: Any) -> None:
    settings.API_CORS_ORIGINS = ["https://app.example.org"]
    answer = Client().post("/v1/test/away", headers={"origin": "https://app.example.org"})
    assert answer["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert "Access-Control-Allow-Origin" not in Client().post(
        "/v1/test/away", headers={"origin": "https://evil.example"}
    )


def test_the_error_page_asks_the_database_nothing() -> None:
    with mock.patch(
        "django.db.backends.base.base.BaseDatabaseWrapper.cursor",
        side_effect=OperationalError("away"),
    ):
        request = RequestFactory().post("/login/", {"username": "alice", "password": "x"})
        assert unavailable.after_fault(request, OperationalError("away")).status_code == 503


# In front, without the site


def token_and_cookie() -> tuple[str, str]:
    client = Client()
    token = token_for(client)
    return token, "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def away(
    method: str = "POST", address: str = "/login/", body: bytes = b"", **headers: str
) -> tuple[dict[str, str], str]:
    sent = {"host": "localhost:8000"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    with mock.patch(
        "django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection",
        side_effect=AssertionError,
    ):
        peer = ("192.0.2.1", ("localhost", 8000), "http", 0.0, True, body)
        answer = Refusals()(
            503, Request(method, address.encode(), b"", "1.1", list(sent.items()), *peer), False
        )
    assert answer.status == 503
    return {name.lower(): value for name, value in answer.fields}, answer.body.decode()


def test_in_front_it_is_the_same_page_with_the_same_headers() -> None:
    token, cookie = token_and_cookie()
    body = f"csrfmiddlewaretoken={token}&username=alice&password=hunter2".encode()
    told, page = away(body=body, cookie=cookie, content_type=ENCODED, accept_language="fr")
    assert "Un instant" in page
    assert ("username", "alice") in hidden(page)
    assert "hunter2" not in page
    assert [name for name, _rest in SHOWN.findall(page)] == ["password"]
    for name, value in HEADERS.items():
        assert told[name.lower()] == value
    assert told["retry-after"] == "2"
    assert told["x-request-id"] in page
    assert told["cache-control"] == "no-store"
    assert told["content-language"] == "fr"


def test_in_front_a_form_of_somebody_else_is_not_echoed_either() -> None:
    _token, cookie = token_and_cookie()
    for sent in ({}, {"cookie": cookie}, {"cookie": cookie, "origin": "https://evil.example"}):
        body = b"csrfmiddlewaretoken=nonsense&username=mallory"
        _told, page = away(body=body, content_type=ENCODED, **sent)
        assert "mallory" not in page


def test_in_front_programs_get_a_document() -> None:
    told, body = away(
        address="/v1/auth/login", body=b'{"username": "alice"}', content_type="application/json"
    )
    problem = json.loads(body)
    assert (told["content-type"], problem["code"]) == ("application/problem+json", "unavailable")
    assert problem["request_id"] == told["x-request-id"]


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"host": ""}, {"content_type": "multipart/form-data"}]
)
def test_in_front_nonsense_gets_a_plain_page(headers: dict[str, str]) -> None:
    assert "Try again" in away(body=b"a=b", **headers)[1]
