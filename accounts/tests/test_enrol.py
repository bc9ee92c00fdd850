"""The first staff account: a link from the terminal, a password, an authenticator, and nothing
before that.
"""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Link, Session, User
from accounts.services import enrol
from accounts.tests.helpers import Browser, phone
from mfaproject.lib.testing import PASSWORD, person

pytestmark = pytest.mark.django_db
NEW = "a quiet evening at the lake"


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def path_in(text: str) -> str:
    return str(re.findall(r"http://localhost:[0-9]+(/link/enrol/[\w-]{43}/)", text)[0])


def enrolled(path: str) -> Browser:
    browser = Browser()
    assert browser.get(path).headers["Location"] == "/enrol/"
    assert (
        browser.post("/enrol/", {"password": NEW}).headers["Location"]
        == "/security/authenticators/add/"
    )
    return browser


def test_the_link_sets_a_password_and_leads_to_the_authenticator_and_nowhere_else() -> None:
    browser = enrolled(
        path_in(printed("make_admin", "--username", "boss", "--email", "boss@example.org"))
    )
    assert browser.get("/security/authenticators/add/").status_code == 200
    for path in ("/", "/admin/", "/security/", "/security/password/", "/signup/"):
        assert browser.get(path).headers["Location"] == "/security/authenticators/add/", path


def test_it_needs_no_terminal() -> None:
    printed("make_admin")
    admin = User.objects.get()
    assert (admin.username, admin.is_staff, admin.is_superuser, admin.has_usable_password()) == (
        "admin",
        True,
        True,
        False,
    )


def test_the_link_works_once() -> None:
    path = path_in(printed("make_admin"))
    enrolled(path)
    browser = Browser()
    browser.get(path)
    assert browser.get("/enrol/").status_code == 410


def test_a_newer_link_ends_the_older_one() -> None:
    older = path_in(printed("make_admin"))
    printed("enrol_link", "admin")
    browser = Browser()
    browser.get(older)
    assert browser.get("/enrol/").status_code == 410


def test_a_weak_password_is_refused_and_the_link_stays() -> None:
    path = path_in(printed("make_admin"))
    browser = Browser()
    browser.get(path)
    assert browser.post("/enrol/", {"password": "short"}).status_code == 400
    assert Link.objects.get().used_at is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--username", "alice"), "--username"),
        (("--username", "a b"), "--username"),
        (("--username", "\ufb03" * 14), "--username"),
        (("--username", "\u200b"), "--username"),
        (("--email", "nonsense"), "--email"),
        (("--email", "jörg@example.org"), "--email"),
        (("--email", "alice@example.org"), "--email"),
        (("--full-name", "x" * 101), "--full-name"),
    ],
)
def test_bad_options_are_named_and_nothing_is_made(options: tuple[str, str], words: str) -> None:
    person()
    with pytest.raises(CommandError, match=words):
        printed("make_admin", *options)
    assert User.objects.count() == 1


def test_nobody_gets_a_link_for_nobody() -> None:
    with pytest.raises(CommandError, match="mallory"):
        printed("enrol_link", "mallory")


def test_an_enrolment_ends_every_other_session() -> None:
    boss = person("boss", is_staff=True)
    enrolled(path_in(printed("enrol_link", "boss")))
    assert Session.objects.filter(user=boss, ended_at=None).count() == 1


def test_with_a_password_alone_staff_without_a_strong_factor_get_nowhere() -> None:
    person("boss", is_staff=True)
    browser = Browser()
    assert browser.sign_in("boss", PASSWORD).headers["Location"] == "/login/wait/"
    assert "authenticator" in browser.get("/login/wait/").content.decode()
    assert not Session.objects.exists()


def test_the_enrolment_session_is_no_proof_for_the_admin_even_with_an_authenticator() -> None:
    browser = enrolled(path_in(printed("make_admin")))
    phone(User.objects.get())
    assert browser.get("/admin/").headers["Location"] == "/security/authenticators/add/"
    assert enrol.find("x") is None
