"""Web Push into a real Firefox, and presses on its notifications that it trusts as those of a
person.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from e2e import browser
from e2e.crashes import started
from e2e.pages import heading
from e2e.people import People
from e2e.person import Person
from e2e.push.autopush import DELIVERED, Autopush
from e2e.push.background import Background
from e2e.push.firefox import Firefox
from e2e.push.phones import ASKING, FirefoxPhone, somebody_with
from e2e.server import Nod

pytestmark = pytest.mark.xdist_group("Web Push into Firefox")


@pytest.fixture(scope="module")
def nod(serve: Callable[..., Nod]) -> Nod:
    return serve()


@pytest.fixture(scope="module")
def autopush(background: Background) -> Autopush:
    return Autopush.start(background)


@pytest.fixture(scope="module")
def phone(
    nod: Nod, folder: Path, background: Background, autopush: Autopush
) -> Iterator[FirefoxPhone]:
    path = browser.firefox()
    assert path, "no Firefox: run `make browser`"
    firefox = started(lambda: Firefox(path, folder / "firefox", background, autopush))
    yield FirefoxPhone(nod, firefox)
    firefox.close()


@pytest.fixture(scope="module")
def alice(phone: FirefoxPhone, chromium: Browser) -> Person:
    return somebody_with(phone, chromium, "Firefox at home")


def test_a_trusted_press_on_deny_ends_the_sign_in_and_no_page_opens(
    alice: Person, phone: FirefoxPhone, people: People
) -> None:
    phone.fall_asleep()
    third = people.laptop()
    third.sign_in(alice)
    phone.firefox.press_notification(ASKING, "deny")
    expect(heading(third.page, "This sign-in was not approved")).to_be_visible()
    phone.firefox.has_notification("Denied. Nobody got in.")
    assert len(phone.firefox.tabs()) == 1


def test_a_trusted_press_on_approve_opens_the_page_for_the_number(
    alice: Person, phone: FirefoxPhone, people: People
) -> None:
    phone.fall_asleep()
    third = people.laptop()
    third.sign_in(alice)
    phone.firefox.press_notification(ASKING, "approve")
    with phone.firefox.second_tab():
        phone.type_number(third.number())
        phone.press("Approve")
        phone.says("Approved")
    third.is_in()


def test_what_was_sent_while_the_connection_was_broken_comes_with_the_next_one(
    alice: Person, phone: FirefoxPhone, people: People, background: Background, autopush: Autopush
) -> None:
    phone.fall_asleep()
    third = people.laptop()
    background.run(autopush.hang_up())
    third.sign_in(alice)
    phone.firefox.press_notification(ASKING, "deny")
    expect(heading(third.page, "This sign-in was not approved")).to_be_visible()
    assert autopush.refused == []
    assert set(autopush.acknowledged) == {DELIVERED}
