"""Where a sign-in comes from, as people are told: on the phone, in mails, in
lists and in the API.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.services import login
from accounts.tests.helpers import answer, arriving, attempt_of, mailbox, mails_to, phone
from mfa import prompt
from mfaproject.lib.testing import PASSWORD, person
from risk.services import recent_logins
from risk.tests import mmdb

pytestmark = pytest.mark.django_db
HERE = "198.51.100.7"


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.GEO_COUNTRY_DB, settings.GEO_ASN_DB = tmp_path, "", ""
    (tmp_path / "geo").mkdir()
    mmdb.write(tmp_path / "geo" / "country.db", {"198.51.100.0/24": {"country_code": "DE"}})
    owner = {
        "autonomous_system_number": 3320,
        "autonomous_system_organization": "Deutsche Telekom AG",
    }
    mmdb.write(tmp_path / "geo" / "asn.db", {"198.51.100.0/24": owner})


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def signed_in(user: User) -> None:
    factor = phone(user)
    step: Any = login.begin(arriving(), name="alice", password=PASSWORD)
    assert answer(step, factor) == "approved"
    login.finish(step.ticket, arriving())


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Allemagne, Deutsche Telekom AG"), ("", "Germany, Deutsche Telekom AG")],
)
def test_the_phone_asks_in_the_words_of_its_owner(alice: User, language: str, said: str) -> None:
    User.objects.update(language=language)
    phone(alice)
    step: Any = login.begin(arriving(), name="alice", password=PASSWORD)
    row = attempt_of(step.ticket)
    assert row.push is not None
    shown = json.loads(row.push.context)
    assert (shown["place"], shown["ip"]) == (said, HERE)
    assert len(shown["place"]) <= prompt.LONGEST_TEXT
    assert row.push.context == prompt.canonical(shown), "what is signed is what is shown"


def test_the_code_comes_with_the_place(alice: User) -> None:
    login.begin(arriving(language="fr"), name="alice", password=PASSWORD)
    mail = mails_to(alice.email)[-1]
    assert f"Allemagne, Deutsche Telekom AG ({HERE})" in mail.text


def test_the_owner_is_told_of_a_new_browser_and_where_it_is(alice: User) -> None:
    signed_in(alice)
    mail = mails_to(alice.email)[-1]
    assert mail.subject == "New sign-in from Firefox on Linux, Germany, Deutsche Telekom AG"
    assert f"Place: Germany, Deutsche Telekom AG ({HERE})" in mail.text


def test_lists_have_it(alice: User) -> None:
    signed_in(alice)
    assert [view.place for view in recent_logins(alice.pk)] == ["Germany, Deutsche Telekom AG"]


def test_an_address_without_a_place_is_shown_as_an_address(alice: User) -> None:
    phone(alice)
    step: Any = login.begin(arriving(ip="203.0.113.9"), name="alice", password=PASSWORD)
    row = attempt_of(step.ticket)
    assert row.push is not None
    assert (json.loads(row.push.context)["place"], json.loads(row.push.context)["ip"]) == (
        None,
        "203.0.113.9",
    )
