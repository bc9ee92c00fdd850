"""Web Push into a real Chromium: its own subscription, our own sender, its own decryption."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from e2e.pages import heading
from e2e.people import People
from e2e.person import Person
from e2e.push import chromium as pushed_chromium
from e2e.push.certificate import Certificate
from e2e.push.gcm import Gcm
from e2e.push.phones import ASKING, TESTED, ChromiumPhone, somebody_with
from e2e.server import Nod

pytestmark = pytest.mark.xdist_group("Web Push into Chromium")


@pytest.fixture(scope="module")
def nod(serve: Callable[..., Nod]) -> Nod:
    return serve()


@pytest.fixture(scope="module")
def phone(
    playwright: Playwright,
    chromium_path: str,
    folder: Path,
    certified: Certificate,
    gcm: Gcm,
    nod: Nod,
) -> Iterator[ChromiumPhone]:
    context = pushed_chromium.launch(playwright, chromium_path, folder / "chromium", certified, gcm)
    yield ChromiumPhone(nod, context)
    context.close()


@pytest.fixture(scope="module")
def alice(phone: ChromiumPhone, chromium: Browser) -> Person:
    return somebody_with(phone, chromium)


def test_a_subscription_counts_once_a_push_has_come_back(
    alice: Person, phone: ChromiumPhone, gcm: Gcm
) -> None:
    phone.open()
    phone.is_reachable()
    assert {"title": TESTED, "tag": "nod-echo", "actions": []} in phone.notices()
    assert gcm.taken
    assert gcm.refused == []


def test_a_sign_in_elsewhere_wakes_the_phone_and_is_approved_there(
    alice: Person, phone: ChromiumPhone, people: People
) -> None:
    phone.fall_asleep()
    third = people.laptop()
    third.sign_in(alice)
    tag = phone.notice(ASKING)
    assert {"title": ASKING, "tag": tag, "actions": ["approve", "deny"]} in phone.notices()
    phone.open()
    phone.approve(third.number())
    third.is_in()
    phone.says("Approved")
    phone.has_no_notice(ASKING)


def test_approve_in_the_notification_leads_to_the_number(
    alice: Person, phone: ChromiumPhone, people: People
) -> None:
    phone.open()
    third = people.laptop()
    third.sign_in(alice)
    phone.press(phone.notice(ASKING), "approve")
    expect(phone.page.locator("[name=number]")).to_be_focused()
    phone.approve(third.number())
    third.is_in()


def test_deny_in_the_notification_ends_the_sign_in_without_any_page(
    alice: Person, phone: ChromiumPhone, people: People
) -> None:
    phone.fall_asleep()
    third = people.laptop()
    third.sign_in(alice)
    tag = phone.notice(ASKING)
    phone.press(tag, "deny")
    expect(heading(third.page, "This sign-in was not approved")).to_be_visible()
    assert phone.notice("Denied. Nobody got in.") == tag
