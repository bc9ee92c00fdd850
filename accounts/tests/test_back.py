"""Back on a page of a sign-in that is over: who is in reads that, and how to go on; who is not
starts again.
"""

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.helpers import Browser, code_to, mailbox
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db
WAIT, CODE, FINISH = "/login/wait/", "/login/code/", "/login/finish/"


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def came_in() -> Client:
    """A browser that has just signed in with a code by mail."""
    browser = Browser()
    assert browser.sign_in()["Location"] == CODE
    assert browser.post(CODE, {"code": code_to("alice@example.org")})["Location"] == "/"
    return browser


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", WAIT),
        ("get", CODE),
        ("head", CODE),
        ("post", CODE),
        ("post", FINISH),
        ("post", "/login/choose/"),
    ],
)
def test_who_is_in_reads_that(method: str, path: str) -> None:
    browser = came_in()
    page = getattr(browser, method)(path, {"code": "123456", "way": "email"})
    assert page.status_code == 200
    assert method == "head" or "You are signed in already" in page.content.decode()
    assert method == "head" or 'href="/"' in page.content.decode()
    assert browser.get("/").status_code == 200, "and stays so"


def test_who_is_not_starts_again(alice: User) -> None:
    page = Browser().get(WAIT)
    assert page.status_code == 410
    assert "Let us start again" in page.content.decode()
    assert alice.username not in page.content.decode()


@pytest.mark.usefixtures("alice")
def test_a_proof_that_ran_out_is_no_sign_in_that_went_well() -> None:
    """Who is in and was asked for more has a journey in her cookie still: that one begins anew."""
    browser = came_in()
    browser.cookies["nod_login"] = "x" * 43 + "." + "y" * 43
    page = browser.get(WAIT)
    assert page.status_code == 410
    assert "Let us start again" in page.content.decode()
