"""Who sends text messages, as the settings read it."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from mfaproject import checks_sms, sms

SECRET = "s" * 32
TWILIO = ("AC1", "token", "+15005550006")
NONE = ("", "", "")


def read(url: str = "", secret: str = "", twilio: tuple[str, str, str] = NONE) -> sms.Sms:
    return sms.read(webhook_url=url, webhook_secret=secret, twilio=twilio)


def test_nothing_set_means_files() -> None:
    assert read() == sms.Sms("mfa.channels.files.TextFileChannel")


def test_a_webhook() -> None:
    made = read("https://sms.example.org/send", SECRET)
    assert (made.channel, made.url, made.secret) == (
        sms.WEBHOOK,
        "https://sms.example.org/send",
        SECRET,
    )


def test_twilio() -> None:
    made = read(twilio=TWILIO)
    assert (made.channel, made.account, made.token, made.sender) == (sms.TWILIO, *TWILIO)


def test_no_secret_is_printed() -> None:
    assert SECRET not in repr(read("https://sms.example.org/send", SECRET))
    assert "token=" not in repr(read(twilio=TWILIO))


@pytest.mark.parametrize(
    ("url", "secret", "twilio", "says"),
    [
        ("https://sms.example.org", "short", NONE, "SMS_WEBHOOK_SECRET"),
        ("https://sms.example.org", "", NONE, "SMS_WEBHOOK_SECRET"),
        ("ftp://sms.example.org", SECRET, NONE, "SMS_WEBHOOK_URL"),
        ("sms.example.org", SECRET, NONE, "SMS_WEBHOOK_URL"),
        ("https://me:password@sms.example.org", SECRET, NONE, "without a password"),
        ("", "", ("AC1", "", ""), "TWILIO_AUTH_TOKEN, TWILIO_FROM"),
        ("", "", ("", "token", "+1"), "TWILIO_ACCOUNT_SID"),
        ("https://sms.example.org", SECRET, TWILIO, "not both"),
    ],
)
def test_a_bad_value_stops_the_start_with_a_sentence(
    url: str, secret: str, twilio: tuple[str, str, str], says: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=says):
        read(url, secret, twilio)


@pytest.mark.parametrize(
    ("given", "codes"), [([], frozenset()), (["fr", " BE ", ""], frozenset({"FR", "BE"}))]
)
def test_countries(given: list[str], codes: frozenset[str]) -> None:
    assert sms.countries(given) == codes


@pytest.mark.parametrize("wrong", ["France", "+33", "F1"])
def test_a_country_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SMS_COUNTRIES"):
        sms.countries(["FR", wrong])


@pytest.mark.parametrize(
    ("channel", "there", "ids"),
    [(sms.FILES, False, []), (sms.TWILIO, True, []), (sms.TWILIO, False, ["nod.E030"])],
)
def test_twilio_needs_its_library(
    settings: Any, monkeypatch: pytest.MonkeyPatch, channel: str, there: bool, ids: list[str]
) -> None:
    settings.SMS = sms.Sms(channel)
    monkeypatch.setattr(checks_sms, "find_spec", lambda name: object() if there else None)
    assert [found.id for found in checks_sms.twilio_library(None)] == ids


@pytest.mark.parametrize(
    ("channel", "countries", "ids"),
    [(sms.FILES, [], []), (sms.WEBHOOK, ["FR"], []), (sms.WEBHOOK, [], ["nod.W011"])],
)
def test_messages_that_cost_money_go_to_named_countries(
    settings: Any, channel: str, countries: list[str], ids: list[str]
) -> None:
    settings.SMS, settings.SMS_COUNTRIES = sms.Sms(channel), frozenset(countries)
    assert [found.id for found in checks_sms.sms_countries(None)] == ids
