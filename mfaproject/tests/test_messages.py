"""Messages between two pages travel in a cookie like our others."""

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from mfaproject import settings as ours
from mfaproject.messages import CookieStorage


def request_with(cookie: str = "") -> HttpRequest:
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES[CookieStorage.cookie_name] = cookie
    return request


def stored(text: str) -> HttpResponse:
    storage, response = CookieStorage(request_with()), HttpResponse()
    storage.add(messages.SUCCESS, text)
    storage.update(response)
    return response


def test_the_cookie_is_named_and_guarded_like_ours() -> None:
    crumb = stored("Saved.").cookies[ours.cookie_name("messages")]
    assert (crumb["path"], crumb["httponly"], crumb["samesite"]) == ("/", True, "Lax")


def test_a_message_comes_back_once() -> None:
    value = stored("Saved.").cookies[CookieStorage.cookie_name].value
    assert [str(message) for message in CookieStorage(request_with(value))] == ["Saved."]


def test_a_forged_message_is_not_shown() -> None:
    body, mark, signature = stored("Saved.").cookies[CookieStorage.cookie_name].value.partition(":")
    other = stored("Hacked.").cookies[CookieStorage.cookie_name].value.partition(":")[0]
    assert other != body
    assert list(CookieStorage(request_with(other + mark + signature))) == []


@pytest.mark.django_db
def test_pages_know_the_site(client: Client, settings: Settings) -> None:
    settings.APP_NAME = "Garden Club"
    answer = client.get("/help/")
    assert answer.context["app_name"] == "Garden Club"
    assert answer.context["site_host"] == "localhost:8000"
    assert answer.context["request_id"] == answer["X-Request-ID"]
