"""Mails that anybody may ask for: strangers spend nothing of the owner's share, and no answer's
time tells whose address it is.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from django.apps import apps

from accounts.journey import Admitted, Limited, StepUp
from accounts.models import Link, RateCount, User
from accounts.services import login, reset, signup
from accounts.services.reset import Sent
from accounts.tests.helpers import Browser, answer, arriving, mailbox, mails_to, phone
from mfa import outbox
from mfaproject.lib.testing import PASSWORD, frozen, person
from mfaproject.tests.statements import counted

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HERS = "alice@example.org"


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


@pytest.fixture(autouse=True, params=["with the cache", "without it"])
def cache_or_rows(request: pytest.FixtureRequest) -> Iterator[None]:
    """The rows are the truth, and count here anyhow."""
    if request.param == "with the cache":
        yield
    else:
        with mock.patch("mfaproject.lib.limits._count", side_effect=OSError):
            yield


def known(user: User) -> str:
    """The cookie of a browser that the person has just approved."""
    factor = phone(user)
    step = login.begin(arriving(), name=user.username, password=PASSWORD)
    assert isinstance(step, StepUp)
    answer(step, factor)
    result = login.finish(step.ticket, arriving())
    assert isinstance(result, Admitted)
    assert result.browser_cookie
    return result.browser_cookie


def ask(address: str = HERS, **arrival: Any) -> Sent | Limited:
    return reset.request_link(arriving(**arrival), address)


def test_five_requests_in_a_second_are_one(alice: User) -> None:
    with frozen(NOON) as now:
        assert [ask(ip=f"203.0.113.{n}") for n in range(5)] == [Sent()] + [Limited(60)] * 4
        for minute in range(1, 5):
            now.forward(minutes=1)
            assert ask() == Sent(), (
                f"minute {minute}: the four that were refused took nothing from the hour"
            )
        now.forward(minutes=1)
        assert ask() == Limited(3_600 - 5 * 60), "and the hour's end is told, not the minute's"


def test_what_is_refused_for_its_network_takes_nothing_from_the_address(alice: User) -> None:
    with frozen(NOON):
        for n in range(20):
            ask(f"somebody{n}@example.org")
        assert ask() == Limited(3_600)
        assert ask(ip="203.0.113.9") == Sent()


def test_what_is_refused_for_its_address_takes_nothing_from_the_network(alice: User) -> None:
    with frozen(NOON):
        for _ in range(40):
            ask()
        assert ask("somebody@example.org") == Sent()


def account(name: str = "bob", email: str = HERS) -> signup.NewAccount:
    return signup.NewAccount("Bob Example", name, email, PASSWORD)


@pytest.mark.parametrize("door", [signup.begin, signup.register])
def test_a_sign_up_that_is_refused_takes_nothing_from_the_hour(
    alice: User, door: Callable[..., Any]
) -> None:
    with frozen(NOON):
        ask()
        for n in range(30):
            assert door(arriving(), account(f"bob{n}")) == Limited(60)
        assert (
            set(RateCount.objects.exclude(key__contains="mail").values_list("count", flat=True))
            == set()
        )
        assert not isinstance(door(arriving(), account("bob", "bob@example.org")), Limited)


@pytest.mark.parametrize("spent", ["of the address", "of the network"])
def test_the_owners_browser_has_a_share_of_its_own(alice: User, spent: str) -> None:
    cookie = known(alice)
    with frozen(NOON) as now:
        for n in range(20):
            ask(HERS if spent == "of the address" else f"somebody{n}@example.org")
            now.forward(seconds=61 if spent == "of the address" else 0)
        assert isinstance(ask(), Limited)
        assert ask(cookie=cookie) == Sent()
        assert ask(cookie=cookie) == Limited(60), "of its own it has as much as others"


def test_strangers_do_not_find_it_spent_by_her(alice: User) -> None:
    cookie = known(alice)
    assert ask(cookie=cookie) == Sent()
    assert ask() == Sent()


def test_a_browser_known_to_somebody_else_has_no_second_share(alice: User) -> None:
    mallory = person("mallory")
    mailbox(mallory)
    cookie = known(mallory)
    assert ask() == Sent()
    assert isinstance(ask(cookie=cookie), Limited)
    assert ask("mallory@example.org", cookie=cookie) == Sent()


# What they say


def test_whose_address_it_is_is_asked_when_the_mail_leaves(alice: User) -> None:
    ask()
    assert not Link.objects.exists()
    assert "/link/reset/" in mails_to(HERS)[-1].text
    assert Link.objects.get().user == alice


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"email": "else@example.org", "email_key": "else@example.org"},
        {"email_confirmed_at": None},
    ],
)
def test_by_then_it_may_be_nobodys(alice: User, change: dict[str, Any]) -> None:
    ask()
    User.objects.update(**change)
    assert mails_to(HERS) == []
    assert not Link.objects.exists()


def test_for_nobody_nothing_leaves_and_nothing_is_kept() -> None:
    ask("nobody@example.org")
    outbox.deliver_due()
    row = apps.get_model("mfa", "OutboxMessage").objects.get()
    assert (row.state, row.reason, row.payload) == ("dropped", "nobody", "")


def test_nobody_is_called_to_deliver_it_at_once(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    """What delivering costs would be felt in the time of the answer, and only
    for an address that is somebody's."""
    with django_capture_on_commit_callbacks() as called:
        ask()
    assert called == []


# The same work


def asked(browser: Browser, address: str) -> Any:
    return browser.post("/reset/", {"email": address})


def registered(browser: Browser, address: str) -> Any:
    body = {
        "fullname": "Bob",
        "username": "bob" + str(User.objects.count()),
        "password": PASSWORD,
        "email": address,
    }
    return browser.post("/v1/auth/register", body, content_type="application/json")


def signed_up(browser: Browser, address: str) -> Any:
    return browser.post(
        "/signup/",
        {
            "full_name": "Bob",
            "username": f"bob{User.objects.count()}",
            "password": PASSWORD,
            "email": address,
        },
    )


@pytest.mark.parametrize("door", [asked, registered, signed_up])
def test_every_address_costs_the_same_statements(door: Callable[[Browser, str], Any]) -> None:
    mailbox(person())
    person("inactive", is_active=False)
    person("waits", email_confirmed_at=None)
    found: dict[str, tuple[int, list[str]]] = {}
    for n, name in enumerate(("alice", "inactive", "waits", "nobody")):
        with counted() as statements:
            status = door(Browser(ip=f"203.0.113.{n}"), f"{name}@example.org").status_code
        found[name] = (
            status,
            [
                " ".join(
                    sql.split()[:1] + [word for word in sql.split() if word.startswith('"')][:1]
                )
                for sql in statements
            ],
        )
    assert len({str(each) for each in found.values()}) == 1, found
    assert found["alice"][0] < 400
