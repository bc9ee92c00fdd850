"""Which language a page speaks."""

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from mfaproject.tests import site

pytestmark = [pytest.mark.urls(site.__name__), pytest.mark.django_db]


def language(client: Client, path: str = "/test/echo", **headers: str) -> str:
    return client.get(path, headers=headers).content.decode().rpartition("language: ")[2]


@pytest.mark.parametrize(
    ("query", "cookie", "accepts", "expected"),
    [
        ("", "", "", "en"),
        ("", "", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("", "", "xx, yy;q=0.5", "en"),
        ("", "fr", "en", "fr"),
        ("", "nonsense", "fr", "fr"),
        ("?lang=en", "fr", "fr", "en"),
        ("?lang=fr", "", "en", "fr"),
        ("?lang=xx", "fr", "en", "fr"),
        ("?lang=../../etc", "", "fr", "fr"),
    ],
)
def test_the_link_wins_then_the_cookie_then_the_browser(
    client: Client, settings: Settings, query: str, cookie: str, accepts: str, expected: str
) -> None:
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    assert language(client, f"/test/echo{query}", **{"Accept-Language": accepts}) == expected


def test_a_chosen_language_is_remembered(client: Client, settings: Settings) -> None:
    answer = client.get("/test/echo?lang=fr")
    crumb = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (crumb.value, crumb["path"], crumb["httponly"], crumb["samesite"], crumb["secure"]) == (
        "fr",
        "/",
        True,
        "Lax",
        "",
    )
    assert answer["Content-Language"] == "fr"
    assert language(client) == "fr"


def test_an_unknown_language_is_not_remembered(client: Client, settings: Settings) -> None:
    assert settings.LANGUAGE_COOKIE_NAME not in client.get("/test/echo?lang=xx").cookies


def test_one_request_leaves_no_language_to_the_next(client: Client) -> None:
    before = translation.get_language()
    client.get("/test/echo?lang=fr")
    assert translation.get_language() == before
