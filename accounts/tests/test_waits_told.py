"""Wherever a page or an answer says "wait", it says how long, and that is true."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps

from accounts.models import Link, Session, User
from accounts.services import links, throttle
from accounts.tests.api import Program
from accounts.tests.helpers import Browser, answer_newest, app_of, code_to, mailbox, phone
from mfaproject.lib import clock as time
from mfaproject.lib.testing import PASSWORD, FrozenClock, frozen, person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HERS = "alice@example.org"


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def words(page: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def button(page: Any, name: str) -> dict[str, str]:
    """The attributes of the button with these words."""
    found: re.Match[str] | None = re.search(
        rf"<button([^>]*)>(?:(?!</button>).)*{re.escape(name)}", page.content.decode(), re.DOTALL
    )
    assert found, words(page)
    return dict(re.findall(r'([\w-]+)(?:="([^"]*)")?', found[1]))


def sent(user: User, kind: str, *ages: int, lane: str = "other", **columns: Any) -> None:
    """So many messages of other journeys, so many seconds ago."""
    at = time.timestamp()
    sends = [[at - age, "login:another"] for age in ages]
    apps.get_model("mfa", "Budget").objects.update_or_create(
        user=user, kind=kind, lane=lane, defaults={"sends": sends, **columns}
    )


# The way to a new password


@pytest.fixture
def resetting(alice: User) -> Browser:
    browser = Browser()
    browser.get(f"/link/reset/{links.issue(alice, Link.Purpose.RESET)}/")
    return browser


def test_five_prompts_of_sign_ins_do_not_keep_the_authenticator_from_being_asked(
    alice: User, resetting: Browser
) -> None:
    factor = phone(alice)
    sent(alice, "push", 100, 200, 300, 400, 500, unanswered=10)
    assert "disabled" not in button(resetting.get("/reset/new/"), "Ask my authenticator")
    assert resetting.post("/reset/new/").headers["Location"] == "/login/wait/"
    page = resetting.get("/login/wait/")
    assert len(page.context["number"]) == 6
    answer_newest(alice, factor)
    assert resetting.post("/login/finish/").headers["Location"] == "/reset/new/"
    assert resetting.get("/reset/new/").status_code == 200


def test_its_own_two_an_hour_are_told_before_anybody_presses(
    alice: User, resetting: Browser
) -> None:
    phone(alice)
    with frozen(time.now()) as clock:
        at = time.timestamp()
        apps.get_model("mfa", "Budget").objects.create(
            user=alice,
            kind="push",
            lane="other",
            recoveries=[[at - 3_000, "login:1"], [at - 60, "login:2"]],
        )
        page = resetting.get("/reset/new/")
        assert "You can be asked again in 10 minutes. Look again" in words(page)
        assert button(page, "Ask my authenticator").keys() >= {"disabled", "data-later"}
        assert "This link ends before that" not in words(page)
        assert resetting.post("/reset/new/").headers["Location"] == "/login/wait/"
        page = resetting.get("/login/wait/")
        assert "You can be asked again in 10 minutes." in words(page)
        assert "disabled" in button(page, "Ask my phone")
        clock.forward(seconds=600)
        assert "disabled" not in button(resetting.get("/reset/new/"), "Ask my authenticator")
        assert resetting.post("/reset/new/").headers["Location"] == "/login/wait/"
        assert resetting.get("/login/wait/").context["digits"] == 6


def test_it_says_so_where_the_link_does_not_live_that_long(alice: User, resetting: Browser) -> None:
    phone(alice)
    at = time.timestamp()
    apps.get_model("mfa", "Budget").objects.create(
        user=alice, kind="push", lane="other", recoveries=[[at, "login:1"], [at, "login:2"]]
    )
    assert "This link ends before that. Get a new one then." in words(resetting.get("/reset/new/"))


def test_while_not_me_holds_its_end_is_told(alice: User, resetting: Browser) -> None:
    phone(alice)
    sent(alice, "push", off="not_me", off_until=time.timestamp() + 1_200)
    assert "You can be asked again in 20 minutes." in words(resetting.get("/reset/new/"))


def test_another_proof_is_asked_for_where_there_is_one(alice: User, resetting: Browser) -> None:
    phone(alice)
    app_of(alice)
    apps.get_model("mfa", "Factor").objects.update(confirmed_at=NOON)
    at = time.timestamp()
    apps.get_model("mfa", "Budget").objects.update_or_create(
        user=alice,
        kind="push",
        lane="other",
        defaults={"recoveries": [[at, "login:1"], [at, "login:2"]]},
    )
    browser = Browser()
    browser.get(f"/link/reset/{links.issue(User.objects.get(), Link.Purpose.RESET)}/")
    page = browser.get("/reset/new/")
    assert "First, one more proof" in words(page)
    assert browser.post("/reset/new/").headers["Location"] == "/login/code/"


def test_who_has_nothing_to_give_reads_that(resetting: Browser) -> None:
    User.objects.update(is_staff=True)
    assert "nothing of yours can give it at the moment" in words(resetting.get("/reset/new/"))


# Where nothing could be asked, or not again


def test_who_was_asked_too_often_reads_the_true_time_and_no_half_minute(alice: User) -> None:
    phone(alice)
    sent(alice, "push", 100, 200, 300, 400, 500)
    sent(alice, "email", 5)
    browser = Browser()
    assert browser.sign_in().headers["Location"] == "/login/wait/"
    page = browser.get("/login/wait/")
    assert re.search(r"You can be asked again in 2[345] seconds\.", words(page))
    assert "In 7 minutes" in words(page)
    assert "half a minute" not in words(page)
    assert {
        "disabled" in button(page, name) for name in ("Ask my phone", "Get a code by e-mail")
    } == {True}


def test_what_is_open_can_be_pressed(alice: User) -> None:
    phone(alice)
    sent(alice, "push", 100, 200, 300, 400, 500)
    sent(alice, "email", 5)
    browser = Browser()
    browser.sign_in()
    sent(alice, "email")
    page = browser.get("/login/wait/")
    assert "How do you want to go on?" in words(page)
    assert "disabled" not in button(page, "Get a code by e-mail")


def test_a_wait_longer_than_the_sign_in_says_to_start_again_then(alice: User) -> None:
    phone(alice)
    sent(alice, "push", 0, 0, 0, 0, 0)
    sent(alice, "email", 0, 0, 0, 0, 0)
    browser = Browser()
    browser.sign_in()
    assert "This sign-in ends before that: start again then." in words(browser.get("/login/wait/"))


@pytest.mark.parametrize("way", ["push", "email"])
def test_what_is_asked_too_soon_is_refused_with_the_true_time(alice: User, way: str) -> None:
    phone(alice)
    with frozen(NOON):
        browser = Browser()
        browser.sign_in()
        sent(alice, way, 60, 120, 180, 240, 300)
        page = browser.post("/login/choose/", {"way": way})
        assert (page.status_code, page["Retry-After"]) == (429, str(900 - 300))
        assert "Please wait 10 minutes, then try again." in words(page)
        assert "In 10 minutes" in words(page)


def test_three_prompts_of_one_sign_in_are_no_reason_to_wait(alice: User) -> None:
    phone(alice)
    browser = Browser()
    browser.sign_in()
    for _ in range(2):
        assert browser.post("/login/choose/", {"way": "push"}).status_code == 302
    page = browser.post("/login/choose/", {"way": "push"})
    assert page.status_code == 429
    assert "Please wait" not in words(page)
    assert "How do you want to go on?" in words(page)


def test_a_prompt_that_nobody_answered_says_when_the_next_may_be_asked(alice: User) -> None:
    phone(alice)
    with frozen(time.now()) as clock:
        browser = Browser()
        browser.sign_in()
        clock.forward(minutes=3)
        sent(alice, "push", 0, 60, 120, 180, 240)
        sent(alice, "email", 0)
        page = browser.get("/login/wait/")
        assert "The time ran out" in words(page)
        assert "You can be asked again in 30 seconds." in words(page)
        assert "disabled" in button(page, "Ask my phone again")


# The code page


@pytest.mark.parametrize(
    ("ages", "told"), [((), "in 30 seconds"), ((100, 200, 300, 400), "in 9 minutes")]
)
def test_another_code_is_promised_for_when_it_can_be_sent(
    alice: User, ages: tuple[int, ...], told: str
) -> None:
    with frozen(NOON):
        sent(alice, "email", *ages)
        browser = Browser()
        browser.sign_in()
        assert f"You can send another {told}." in words(browser.get("/login/code/"))


def test_where_no_other_code_is_sent_for_this_sign_in_that_is_said(alice: User) -> None:
    with frozen(time.now()) as clock:
        browser = Browser()
        browser.sign_in()
        for _ in range(2):
            clock.forward(seconds=31)
            assert (
                browser.post("/login/choose/", {"way": "email"}).headers["Location"]
                == "/login/code/"
            )
        clock.forward(seconds=31)
        page = browser.get("/login/code/")
    assert "No more codes of this kind are sent for this sign-in." in words(page)
    assert "Send another code" not in words(page)


def test_a_code_that_had_its_tries_promises_no_other(alice: User) -> None:
    browser = Browser()
    browser.sign_in()
    code = code_to(HERS)
    for _ in range(6):
        page = browser.post("/login/code/", {"code": "000000" if code != "000000" else "111111"})
    assert "It had its tries: use another way, or start again." in words(page)
    assert "Send another" not in words(page)
    assert "No more codes of this kind are sent for this sign-in." in words(page)


# Forms


def test_the_login_page_says_how_long_a_network_waits_and_nothing_of_passwords(alice: User) -> None:
    with frozen(NOON):
        for n in range(10):
            Browser().sign_in(f"name{n}", "wrong")
        page = Browser().sign_in()
    assert (page.status_code, page["Retry-After"]) == (429, "60")
    assert "Too many requests in a row. Please wait 60 seconds." in words(page)
    assert "do not go together" not in words(page)
    assert "data-later-form" in page.content.decode()


def test_a_refused_sign_in_promises_no_minute(alice: User) -> None:
    said = words(Browser().sign_in(password="wrong"))
    assert "then none is looked at for up to an hour" in said
    assert "wait a minute" not in said
    problem = Program().call("auth/login", username="alice", password="wrong").json()
    assert "wait a minute" not in problem["detail"]


def test_the_reset_page_says_minutes(alice: User) -> None:
    with frozen(NOON):
        for n in range(20):
            Browser().post("/reset/", {"email": f"somebody{n}@example.org"})
        page = Browser().post("/reset/", {"email": HERS})
    assert (page.status_code, page["Retry-After"]) == (429, "3600")
    assert "Please wait 60 minutes." in words(page)


def test_the_sign_up_page_too(db: None) -> None:
    account = {"full_name": "Alice", "username": "alice", "email": HERS, "password": PASSWORD}
    with frozen(NOON) as clock:
        Browser().post("/reset/", {"email": HERS})
        clock.forward(seconds=20)
        page = Browser().post("/signup/", account)
    assert (page.status_code, page["Retry-After"]) == (429, "40")
    assert "Please wait 40 seconds." in words(page)


def test_the_page_inside_a_session_too(alice: User) -> None:
    factor, browser = phone(alice), Browser()
    browser.sign_in()
    answer_newest(alice, factor)
    browser.post("/login/finish/")
    with frozen(time.now()):
        for _ in range(6):
            page = browser.post("/security/prove/", {"password": "wrong"})
    assert (page.status_code, page["Retry-After"]) == (429, "30")
    assert "Please wait 30 seconds." in words(page)


# Programs


def test_a_program_reads_the_same_times(alice: User, clock: FrozenClock) -> None:
    phone(alice)
    program = Program()
    reference = program.begin()
    sent(alice, "push", 60, 120, 180, 240, 300)
    sent(alice, "email", 60, 120, 180, 240, 300)
    for path in ("send-login-push", "send-login-email-code"):
        answer = program.call(f"auth/{path}", reference_id=reference)
        assert (answer.status_code, answer["Retry-After"]) == (429, "600")


def test_a_program_waits_for_the_end_of_an_open_prompt_and_no_longer(
    alice: User, clock: FrozenClock
) -> None:
    phone(alice)
    for _ in range(2):
        program = Program()
        assert program.call("auth/send-login-push", reference_id=program.begin()).status_code == 202
        clock.forward(seconds=20)
    program = Program()
    answer = program.call("auth/send-login-push", reference_id=program.begin())
    assert (answer.status_code, answer["Retry-After"]) == (429, "80")


def test_a_new_address_can_be_proved_again_when_the_answer_says_so(
    alice: User, clock: FrozenClock
) -> None:
    program = Program()
    program.sign_in()
    program.call("send-email-verification")
    code = code_to(HERS)
    for _ in range(5):
        program.call("verify-email-verification", code="000000" if code != "000000" else "111111")
    clock.forward(seconds=100)
    answer = program.call("verify-email-verification", code=code)
    assert (answer.status_code, answer["Retry-After"]) == (429, "500")
    clock.forward(seconds=500)
    Session.objects.update(proven_at=clock.at)
    assert program.call("send-email-verification").status_code == 202
    assert program.call("verify-email-verification", code=code_to(HERS)).status_code == 200


def test_what_no_waiting_opens_is_no_429(alice: User, clock: FrozenClock) -> None:
    program = Program()
    reference = program.begin()
    code = program.mailed(reference)
    sent(alice, "email", 0, off="tries")
    answer = program.call("auth/verify-login-email-code", reference_id=reference, code=code)
    assert (answer.status_code, answer.json()["code"]) == (409, "method_unavailable")


@pytest.mark.parametrize(
    "limit", [throttle.MAILS_ADDRESS, *throttle.MAILS_TO, throttle.SIGNUPS, throttle.PAGES]
)
def test_every_window_says_what_is_left_of_it(db: None, limit: Any) -> None:
    with frozen(NOON) as clock:
        for _ in range(limit.rate):
            assert throttle.tally("x", limit) == 0
        clock.forward(seconds=limit.per / 4)
        assert throttle.tally("x", limit) == limit.per * 3 / 4
