"""Undoing a wrong login: all that it did, and nothing before somebody presses the button."""

import re

import pytest
from django.test import Client

from accounts import sessions
from accounts.journey import Admitted, Refused, StepUp
from accounts.models import Link, User
from accounts.services import disavow, login
from accounts.tests.helpers import Browser, answer, arriving, mailbox, mails_to, phone
from mfa.services import enrolment
from mfaproject.lib.testing import PASSWORD, person
from risk import services as risk

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def thief_signs_in(factor: int, ip: str = "203.0.113.66") -> Admitted:
    step = login.begin(arriving(ip=ip), name="alice", password=PASSWORD)
    assert isinstance(step, StepUp)
    answer(step, factor)
    result = login.finish(step.ticket, arriving(ip=ip))
    assert isinstance(result, Admitted)
    return result


def link_from_mail() -> str:
    mails = [mail.text for mail in mails_to("alice@example.org")]
    return next(
        str(found[0])
        for text in reversed(mails)
        if (found := re.findall(r"/link/disavow/([\w-]{43})/", text))
    )


def test_the_mail_after_a_sign_in_undoes_it(alice: User) -> None:
    thief = thief_signs_in(phone(alice))
    browser = Browser()
    browser.get(f"/link/disavow/{link_from_mail()}/")
    assert browser.get("/disavow/").status_code == 200
    assert sessions.load(thief.session_key).user == alice
    browser.post("/disavow/", {"answer": "not_me"})
    assert sessions.load(thief.session_key).user is None
    assert login.begin(arriving(), name="alice", password=PASSWORD) == Refused()
    assert risk.recent_logins(alice.pk)[0].outcome == "disavowed"
    assert risk.browsers(alice.pk) == []


def test_what_it_added_and_what_that_added_goes_too(alice: User) -> None:
    owners = phone(alice)
    first = sessions.load(thief_signs_in(owners).session_key)
    thiefs = enrolment.add_factor(alice.pk, "push", "Thief's phone", added_by=first.public_id)
    second = sessions.load(thief_signs_in(thiefs).session_key)
    enrolment.add_factor(alice.pk, "push", "Thief's tablet", added_by=second.public_id)
    disavow.recent(alice, first.row.ledger_id or 0)  # type: ignore[union-attr]
    assert [factor.label for factor in enrolment.factors(alice.pk) if factor.kind == "push"] == [
        "Pixel 8"
    ]


def test_it_works_after_the_thief_changed_the_password(alice: User) -> None:
    thief_signs_in(phone(alice))
    token = link_from_mail()
    alice.set_password("the thief's own password")
    alice.save()
    sessions.renew_epoch(alice.pk)
    assert disavow.by_link(token)


def test_it_acts_once(alice: User) -> None:
    thief_signs_in(phone(alice))
    token = link_from_mail()
    assert disavow.by_link(token)
    assert not disavow.by_link(token)


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing_however_often(alice: User, method: str) -> None:
    thief = thief_signs_in(phone(alice))
    scanner, token = Client(), link_from_mail()
    for _ in range(9):
        getattr(scanner, method)(f"/link/disavow/{token}/")
        getattr(scanner, method)("/disavow/")
    assert sessions.load(thief.session_key).user == alice


def test_it_was_me_changes_nothing_and_the_link_stays(alice: User) -> None:
    thief = thief_signs_in(phone(alice))
    browser = Browser()
    browser.get(f"/link/disavow/{link_from_mail()}/")
    browser.post("/disavow/", {"answer": "mine"})
    assert sessions.load(thief.session_key).user == alice
    assert Link.objects.get(purpose="disavow").used_at is None


NO_ANSWERS: list[dict[str, object]] = [
    {},
    {"answer": ""},
    {"answer": "yes"},
    {"answer": "NOT_ME"},
    {"answer": ["mine", "not_me"]},
    {"other": "not_me"},
]


@pytest.mark.parametrize("posted", NO_ANSWERS, ids=str)
def test_what_is_no_answer_asks_again_and_changes_nothing(
    alice: User, posted: dict[str, object]
) -> None:
    thief = thief_signs_in(phone(alice))
    browser = Browser()
    browser.get(f"/link/disavow/{link_from_mail()}/")
    page = browser.post("/disavow/", posted)
    assert page.status_code == 400
    assert b'value="not_me"' in page.content
    alice.refresh_from_db()
    assert sessions.load(thief.session_key).user == alice
    assert alice.has_usable_password()
    assert browser.post("/disavow/", {"answer": "not_me"}).status_code == 200


@pytest.mark.parametrize("posted", NO_ANSWERS, ids=str)
def test_nor_does_it_for_a_sign_in_of_ones_own_list(alice: User, posted: dict[str, object]) -> None:
    factor = phone(alice)
    thief = sessions.load(thief_signs_in(factor).session_key)
    browser = Browser()
    browser.cookies["nod_session"] = sessions.open_session(
        alice, sessions.Evidence("strong"), epoch=alice.auth_epoch
    )[1]
    assert thief.row is not None
    address = f"/security/sign-ins/{thief.row.ledger_id}/disavow/"
    page = browser.post(address, posted)
    assert page.status_code == 400
    assert b'value="not_me"' in page.content
    assert sessions.is_alive(thief)
    assert browser.post(address, {"answer": "not_me"}).status_code == 200
    assert not sessions.is_alive(thief)


def test_no_password_is_set_here(alice: User) -> None:
    thief_signs_in(phone(alice))
    disavow.by_link(link_from_mail())
    alice.refresh_from_db()
    assert not alice.has_usable_password()


@pytest.mark.parametrize("token", ["", "x" * 43, "reference"])
def test_any_other_token_is_refused(alice: User, token: str) -> None:
    assert not disavow.by_link(token)


def test_nobody_disavows_the_login_of_somebody_else(alice: User) -> None:
    thief = sessions.load(thief_signs_in(phone(alice)).session_key)
    assert not disavow.recent(person("mallory"), thief.row.ledger_id or 0)  # type: ignore[union-attr]
    assert thief.row is not None
