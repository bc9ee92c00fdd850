"""Whatever a request asks of the database, that may be where it stops: each route, at each of its
statements and commits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from accounts import sessions
from accounts.models import Session
from accounts.tests.api import Program
from accounts.tests.helpers import Browser, mailbox, phone
from authenticator.tests.helpers import INBOX, ask, call, inbox, paired, send, state_of
from authenticator.tests.signer import Phone
from mfa import outbox, poll
from mfaproject.lib.database_faults import CommitUnknown
from mfaproject.lib.testing import PASSWORD, open_hub, person

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 60
"""Statements. A route with more has another problem."""
APPROVED = (
    "UPDATE mfa_challenge SET state = 'approved', strength = 'strong', decided_at = created_at,"
    " factor_id = %s WHERE state = 'pending'"
)


@dataclass
class Away:
    """Lets so many statements through, and none after them."""

    still: int
    stopped: bool = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.still -= 1
        if self.still < 0:
            self.stopped = True
            raise OperationalError("gone")
        return execute(sql, params, many, context)


@dataclass
class Commits:
    """How many there were."""

    seen: int = 0


@contextmanager
def losing(number: int, *, carried_out: bool) -> Iterator[Commits]:
    """The commit of that number is carried out, or not, and nobody hears which."""
    commits, real = Commits(), BaseDatabaseWrapper.commit

    def commit(wrapper: BaseDatabaseWrapper) -> None:
        commits.seen += 1
        if commits.seen != number or carried_out:
            real(wrapper)
        if commits.seen == number:
            raise CommitUnknown("nobody can say")

    with mock.patch.object(BaseDatabaseWrapper, "commit", commit):
        yield commits


Send = Callable[[], Any]


class Cast:
    """Somebody new for each try, at an address of her own."""

    def __init__(self, number: int) -> None:
        self.name, self.ip = f"alice{number}", f"198.51.{number // 200}.{number % 200 + 1}"
        self.user: Any = person(self.name)

    def browser(self) -> Browser:
        return Browser(self.ip)

    def signed_in(self, **person: Any) -> Browser:
        if person:
            get_user_model().objects.filter(pk=self.user.pk).update(**person)
            self.user.refresh_from_db()
        evidence = sessions.Evidence(Session.Proof.STRONG)
        browser = self.browser()
        browser.cookies["nod_session"] = sessions.open_session(
            self.user, evidence, epoch=self.user.auth_epoch
        )[1]
        return browser

    def program(self) -> Program:
        return Program(self.ip)


def page(path: str, **person: Any) -> Callable[[Cast], Send]:
    def prepare(cast: Cast) -> Send:
        browser = cast.signed_in(**person)
        return lambda: browser.get(path.format(pk=cast.user.pk))

    return prepare


def password(cast: Cast) -> Send:
    mailbox(cast.user)
    browser = cast.browser()
    return lambda: browser.sign_in(cast.name)


def wrong_password(cast: Cast) -> Send:
    browser = cast.browser()
    return lambda: browser.sign_in(cast.name, "wrong")


def finish(cast: Cast) -> Send:
    factor = phone(cast.user)
    browser = cast.browser()
    browser.sign_in(cast.name)
    with connection.cursor() as cursor:
        cursor.execute(APPROVED, [factor])
    return lambda: browser.post("/login/finish/")


def wait_page(cast: Cast) -> Send:
    phone(cast.user)
    browser = cast.browser()
    browser.sign_in(cast.name)
    return lambda: browser.get("/login/wait/")


def poll_it(cast: Cast) -> Send:
    phone(cast.user)
    browser = cast.browser()
    browser.sign_in(cast.name)
    return lambda: browser.get("/login/state/")


def listen(cast: Cast) -> Send:
    phone(cast.user)
    browser = cast.browser()
    browser.sign_in(cast.name)
    return heard(lambda: browser.get("/login/events/"))


def heard(send_it: Send) -> Send:
    """In a process that tells."""

    def listening() -> Any:
        with open_hub():
            return send_it()

    return listening


def signup(cast: Cast) -> Send:
    browser = cast.browser()
    form = {
        "full_name": "Bob",
        "username": f"b{cast.name}",
        "email": f"b{cast.name}@example.org",
        "password": PASSWORD,
    }
    return lambda: browser.post("/signup/", form)


def reset(cast: Cast) -> Send:
    browser = cast.browser()
    return lambda: browser.post("/reset/", {"email": f"{cast.name}@example.org"})


def new_password(cast: Cast) -> Send:
    browser = cast.signed_in()
    return lambda: browser.post("/security/password/", {"password": "another walk along the river"})


def sign_out(cast: Cast) -> Send:
    browser = cast.signed_in()
    return lambda: browser.post("/logout/")


def api_login(cast: Cast) -> Send:
    mailbox(cast.user)
    program = cast.program()
    return lambda: program.call("auth/login", username=cast.name, password=PASSWORD)


def api_me(cast: Cast) -> Send:
    program = cast.program()
    evidence = sessions.Evidence(Session.Proof.STRONG, token_name="curl")
    program.token = sessions.open_session(cast.user, evidence, epoch=cast.user.auth_epoch)[1]
    return lambda: program.get_page("me")


def asked(cast: Cast) -> tuple[Phone, Any, Any]:
    device = paired(cast.user, session=cast.name.ljust(22, "s"))
    opened = ask(cast.user)
    [item] = inbox(device)
    return device, opened, item


def look(cast: Cast) -> Send:
    device, _opened, _item = asked(cast)
    return lambda: call(device, "POST", INBOX, b"{}")


def listen_to_inbox(cast: Cast) -> Send:
    device = paired(cast.user, session=cast.name.ljust(22, "s"))
    return heard(lambda: call(device, "POST", f"{INBOX}/events", b"{}"))


def decide(what: str) -> Callable[[Cast], Send]:
    def prepare(cast: Cast) -> Send:
        device, opened, item = asked(cast)
        body = device.approve(item, opened.number) if what == "approve" else device.deny(item, what)
        return lambda: call(
            device, "POST", f"/v1/authenticator/challenges/{item['challenge_id']}/answer", body
        )

    return prepare


STAFF = {"is_staff": True, "is_superuser": True}
ROUTES: dict[str, Callable[[Cast], Send]] = {
    "GET /": page("/"),
    "GET /security/": page("/security/"),
    "GET /history/": page("/security/history/"),
    "GET /nowhere": page("/nowhere"),
    "GET /security/prove/": page("/security/prove/"),
    "GET /readyz": page("/readyz"),
    "GET /login/wait/": wait_page,
    "GET /login/state/": poll_it,
    "GET /login/events/": listen,
    "GET /admin/": page("/admin/", **STAFF),
    "GET /admin/accounts/user/": page("/admin/accounts/user/", **STAFF),
    "GET /admin/accounts/user/…": page("/admin/accounts/user/{pk}/change/", **STAFF),
    "GET /admin/risk/loginlog/": page("/admin/risk/loginlog/", **STAFF),
    "GET /admin/risk/loginlog/backtest/": page(
        "/admin/risk/loginlog/backtest/?challenge=50&strict=90", **STAFF
    ),
    "POST /login/": password,
    "POST /login/, wrong": wrong_password,
    "POST /login/finish/": finish,
    "POST /signup/": signup,
    "POST /reset/": reset,
    "POST /security/password/": new_password,
    "POST /logout/": sign_out,
    "/v1/auth/login": api_login,
    "/v1/me": api_me,
    "/v1/authenticator/inbox": look,
    "/v1/authenticator/inbox/events": listen_to_inbox,
    "/v1/authenticator: approve": decide("approve"),
    "/v1/authenticator: deny": decide("cancelled"),
    "/v1/authenticator: not me": decide("not_me"),
}


@pytest.fixture(autouse=True)
def _quiet(messages_in_memory: None) -> Iterator[None]:
    with mock.patch.object(Client, "raise_request_exception", False, create=True):
        yield


def numbers() -> Iterator[int]:
    yield from range(1, MOST)
    raise AssertionError("there is no end of it")


@pytest.mark.parametrize("name", ROUTES)
def test_a_database_that_goes_away_at_any_statement_is_a_503(name: str) -> None:
    for number in numbers():
        send_it = ROUTES[name](Cast(number))
        cache.clear()
        away = Away(number - 1)
        with connection.execute_wrapper(away):
            answer = send_it()
        if not away.stopped:
            assert answer.status_code < 500
            assert number > 1, "it asks the database nothing, and is not of this list"
            return
        assert (answer.status_code, answer.get("Retry-After")) == (
            503,
            "2",
        ), f"statement {number}: {answer.content!r}"
        assert answer["X-Request-ID"]
        assert answer["Content-Type"].startswith(kind_of(name))
        assert "Content-Security-Policy" in answer
        assert not any(
            morsel.value for cookie, morsel in answer.cookies.items() if cookie == "nod_session"
        ), "nobody gets in"
        connection.close()


def kind_of(name: str) -> str:
    """Programs get a document, probes their JSON, people a page."""
    if name == "GET /readyz":
        return "application/json"
    return "application/problem+json" if name.startswith("/v1/") else "text/html"


WRITES = [name for name in ROUTES if name.startswith(("POST", "/v1/authenticator: "))]


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("name", WRITES)
def test_a_commit_of_which_nobody_hears_the_end_is_told_as_such(
    name: str, carried_out: bool
) -> None:
    for number in numbers():
        send_it = ROUTES[name](Cast(number))
        cache.clear()
        with losing(number, carried_out=carried_out) as commits, hooks() as ran:
            answer = send_it()
        if commits.seen < number:
            assert answer.status_code < 500
            return
        assert (answer.status_code, answer.get("Retry-After")) == (
            503,
            "2",
        ), f"commit {number}: {answer.content!r}"
        assert b"cannot say whether this went through" in answer.content
        assert not any(
            morsel.value for cookie, morsel in answer.cookies.items() if cookie == "nod_session"
        )
        assert number > 1 or ran == [], "nothing happens as if it was done"
        connection.close()


@pytest.mark.parametrize("name", WRITES)
def test_what_fails_after_a_commit_is_no_failure_of_what_was_committed(name: str) -> None:
    send_it = ROUTES[name](Cast(1))
    with hooks(RuntimeError("broken")) as ran:
        answer = send_it()
    assert answer.status_code < 500
    assert ran or name in (
        "POST /logout/",
        "POST /login/, wrong",
        "POST /reset/",
    ), "nothing was tried"


@contextmanager
def hooks(fault: Exception | None = None) -> Iterator[list[str]]:
    """What is done after a commit: polls look anew, messengers are woken,
    sign-ins are counted, models learn."""
    ran: list[str] = []

    def note(*_args: Any) -> None:
        ran.append("a hook")
        if fault is not None:
            raise fault

    with (
        mock.patch.object(poll, "_tell", note),
        mock.patch.object(outbox, "_hand_on", note),
        mock.patch("mfaproject.lib.metrics.login_ended", note),
        mock.patch("risk.services.admitting._tell_models", note),
    ):
        yield ran


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(
    ("what", "end"), [("approve", "approved"), ("cancelled", "denied"), ("not_me", "not_me")]
)
def test_a_decision_of_which_nobody_heard_the_end_is_sent_again_as_it_is(
    what: str, end: str, carried_out: bool
) -> None:
    """The phone keeps the very bytes until it is told what they came to: the second time it is,
    whatever the first time did."""
    cast = Cast(1)
    device, opened, item = asked(cast)
    body = device.approve(item, opened.number) if what == "approve" else device.deny(item, what)
    with losing(1, carried_out=carried_out):
        assert send(device, item, body) == (503, "outcome_unknown")
    assert state_of(cast.user, opened) == (end if carried_out else "pending")
    assert send(device, item, body) == (200, end)
    assert send(device, item, body) == (200, end)
    assert state_of(cast.user, opened) == end
