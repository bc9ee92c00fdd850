"""What each step of a login may ask of the database. A budget that is broken is a design that
slipped.
"""

from unittest import mock

import pyotp
import pytest
from django.core.cache import cache
from django.db import connection

from accounts.models import User
from accounts.tests.helpers import Browser, phone
from accounts.tests.test_login import careful
from authenticator.tests.helpers import ask, inbox, paired, send
from mfa.factors.recovery import enrolment as paper
from mfa.factors.sms import quota
from mfa.factors.totp import enrolment as apps
from mfa.services import enrolment
from mfaproject.lib import clock
from mfaproject.lib.testing import person
from mfaproject.tests.statements import Statements, counted
from risk.tests.helpers import FAR, stopped

pytestmark = pytest.mark.django_db(transaction=True)


APPROVED = """
    UPDATE mfa_challenge SET state = 'approved', strength = 'strong', decided_at = created_at,
      factor_id = (SELECT max(id) FROM mfa_factor)
    WHERE state = 'pending'
"""


def listed(statements: Statements) -> str:
    return "\n".join(f"{n}. {sql[:300]}" for n, sql in enumerate(statements, 1))


@pytest.fixture
def alice() -> User:
    user: User = person()
    return user


def approve(user: User) -> None:
    """The phone says yes, straight in the database: its own cost is counted where it is built."""
    with connection.cursor() as cursor:
        cursor.execute(APPROVED)
    cache.clear()


def signed_in_once(user: User) -> Browser:
    """A browser that the person knows."""
    browser = Browser()
    browser.sign_in()
    approve(user)
    assert browser.post("/login/finish/").status_code == 302
    return browser


def test_a_login_from_a_known_browser_takes_eight(alice: User) -> None:
    phone(alice)
    browser = signed_in_once(alice)
    browser.cookies.pop("nod_session")
    with counted() as statements:
        assert browser.sign_in().headers["Location"] == "/"
    assert len(statements) <= 8, listed(statements)


@pytest.mark.parametrize("way", ["push", "email", "totp"])
def test_beginning_a_step_up_takes_ten(alice: User, way: str) -> None:
    if way == "push":
        phone(alice)
    elif way == "totp":
        draft = apps.begin(alice.pk, "")
        apps.confirm(alice.pk, draft.factor_id, pyotp.TOTP(draft.secret).now())
    with counted() as statements:
        assert Browser().sign_in().headers["Location"] == (
            "/login/wait/" if way == "push" else "/login/code/"
        )
    assert len(statements) <= 10, listed(statements)


def test_beginning_a_step_up_in_a_known_browser_takes_ten_too(alice: User) -> None:
    User.objects.update(is_staff=True)
    phone(alice)
    browser = signed_in_once(alice)
    browser.cookies.pop("nod_session")
    with counted() as statements:
        assert browser.sign_in().headers["Location"] == "/login/wait/"
    assert len(statements) <= 10, listed(statements)


@pytest.mark.parametrize("way", ["totp", "recovery", "sms"])
def test_choosing_another_way_takes_ten(alice: User, way: str) -> None:
    phone(alice)
    enrolment.add_factor(alice.pk, "sms", "+33612345642", added_by="")
    draft = apps.begin(alice.pk, "")
    apps.confirm(alice.pk, draft.factor_id, pyotp.TOTP(draft.secret).now())
    paper.new_codes(alice.pk, "")
    # the hour's first message makes its rows
    quota.charge("+33698765432", proving=False, now=clock.timestamp())
    browser = Browser()
    browser.sign_in()
    with counted() as statements:
        assert browser.post("/login/choose/", {"way": way}).headers["Location"] == "/login/code/"
    assert len(statements) <= 10, listed(statements)


def test_a_code_of_an_app_takes_sixteen_to_the_session(alice: User) -> None:
    draft = apps.begin(alice.pk, "")
    app = pyotp.TOTP(draft.secret)
    apps.confirm(alice.pk, draft.factor_id, app.at(clock.now(), counter_offset=-1))
    browser = Browser()
    browser.sign_in()
    with counted() as statements:
        assert (
            browser.post("/login/code/", {"code": app.at(clock.now())}).headers["Location"] == "/"
        )
    assert len(statements) <= 16, listed(statements)


def test_finishing_takes_ten(alice: User) -> None:
    phone(alice)
    browser = Browser()
    browser.sign_in()
    approve(alice)
    with counted() as statements:
        assert browser.post("/login/finish/").headers["Location"] == "/"
    assert len(statements) <= 10, listed(statements)


def test_finishing_in_a_browser_with_an_old_cookie_takes_ten_too(alice: User) -> None:
    User.objects.update(is_staff=True)
    phone(alice)
    browser = signed_in_once(alice)
    browser.cookies.pop("nod_session")
    browser.sign_in()
    approve(alice)
    with counted() as statements:
        assert browser.post("/login/finish/").headers["Location"] == "/"
    assert len(statements) <= 10, listed(statements)


@pytest.mark.parametrize(("reason", "most"), [("cancelled", 6), ("not_me", 11)])
def test_a_no_from_a_phone_takes_six_and_eleven_where_it_holds_the_source(
    alice: User, reason: str, most: int
) -> None:
    denier = paired(alice)
    ask(alice, ledger_id=stopped(alice, FAR, "pending"))
    [item] = inbox(denier)
    with counted() as statements:
        assert send(denier, item, denier.deny(item, reason))[0] == 200
    assert len(statements) <= most, listed(statements)


def test_a_poll_takes_one_and_the_next_none(alice: User) -> None:
    phone(alice)
    browser = Browser()
    browser.sign_in()
    cache.clear()
    for allowed in (1, 0):
        with counted() as statements:
            assert browser.get("/login/state/").json()["state"] == "pending"
        assert len(statements) <= allowed, listed(statements)


def test_a_poll_that_says_how_far_each_device_is_takes_no_more(alice: User) -> None:
    phone(alice)
    phone(alice, "Tablet")
    browser = signed_in_once(alice)
    browser.cookies.pop("nod_session")
    with careful():
        browser.sign_in()
    cache.clear()
    with counted() as statements:
        assert len(browser.get("/login/state/").json()["devices"]) == 2
    assert len(statements) <= 1, listed(statements)


def test_with_the_cache_gone_a_poll_still_takes_one(alice: User) -> None:
    phone(alice)
    browser = Browser()
    browser.sign_in()
    with mock.patch("mfaproject.lib.limits._count", side_effect=OSError), counted() as statements:
        assert browser.get("/login/state/").json()["state"] == "pending"
    assert len(statements) <= 1, listed(statements)


def test_a_wrong_password_costs_the_same_for_everybody(alice: User) -> None:
    costs: dict[str, int] = {}
    for name in ("alice", "nobody"):
        # its counters exist from here on
        Browser(ip=f"203.0.113.{len(costs)}").sign_in(name, "wrong")
        with counted() as statements:
            assert Browser(ip=f"203.0.113.{len(costs)}").sign_in(name, "wrong").status_code == 401
        costs[name] = len(statements)
    assert costs["alice"] <= costs["nobody"] <= costs["alice"] + 2, costs
