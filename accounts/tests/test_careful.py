"""Why Nod was careful: said on the phone, in its owner's language, and to nobody who is typing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import LoginAttempt, User
from accounts.services import login, wait_page
from accounts.tests.helpers import CHROME, Browser, answer, arriving, attempt_of, mailbox, phone
from mfa import prompt
from mfaproject.lib import clock
from mfaproject.lib.testing import PASSWORD, frozen, person

pytestmark = pytest.mark.django_db
WHY = {
    "": "A browser you have not used before.",
    "fr": "Un navigateur que vous n’avez encore jamais utilisé.",
}


@pytest.fixture
def alice() -> User:
    """She signed in yesterday, with her phone."""
    user: User = person()
    mailbox(user)
    factor = phone(user)
    with frozen(clock.now() - timedelta(days=1)):
        first: Any = login.begin(arriving(), name="alice", password=PASSWORD)
        assert "careful" not in asked(first), (
            "the very first sign-in is always asked: there is nothing to say"
        )
        assert answer(first, factor) == "approved"
        login.finish(first.ticket, arriving())
    return user


def asked(step: Any) -> dict[str, Any]:
    row = attempt_of(step.ticket)
    assert row.push is not None
    shown: dict[str, Any] = json.loads(row.push.context)
    assert row.push.context == prompt.canonical(shown), "what is signed is what is shown"
    return shown


@pytest.mark.parametrize("language", ["", "fr"])
def test_the_phone_says_why_in_its_owner_s_language(alice: User, language: str) -> None:
    User.objects.update(language=language)
    step: Any = login.begin(
        arriving(user_agent=CHROME, language="fr" if not language else "en"),
        name="alice",
        password=PASSWORD,
    )
    assert asked(step)["careful"] == WHY[language]


def test_asked_again_it_says_the_same(alice: User) -> None:
    with frozen(clock.now()) as now:
        step: Any = login.begin(arriving(user_agent=CHROME), name="alice", password=PASSWORD)
        first = asked(step)
        now.forward(seconds=31)
        wait_page.choose(step.ticket, arriving(user_agent=CHROME), way="push")
        again = asked(step)
    assert (again["careful"], again["at"]) == (first["careful"], first["at"] + 31)


def test_nobody_who_is_typing_reads_it(alice: User) -> None:
    browser = Browser(user_agent=CHROME)
    page = browser.sign_in()
    wait = browser.get(page["Location"])
    state = browser.post("/login/state/")
    assert LoginAttempt.objects.latest("pk").push is not None
    for answered in (page, wait, state):
        assert WHY[""].encode() not in answered.content
        assert b"careful" not in answered.content.replace(b'class="careful"', b"")
