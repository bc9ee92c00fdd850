"""Firebase Cloud Messaging from end to end: the page's own kit, our server's firebase-admin,
Google's part played here, a real Chromium.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from e2e import moments
from e2e.pages import ADD, heading
from e2e.people import People
from e2e.person import Person
from e2e.push import chromium as pushed_chromium
from e2e.push.background import Background
from e2e.push.certificate import Certificate
from e2e.push.gcm import Gcm
from e2e.push.google import Google
from e2e.push.phones import ASKING, ChromiumPhone, somebody_with
from e2e.server import Nod

pytestmark = pytest.mark.xdist_group("Firebase")


@pytest.fixture(scope="module")
def google(background: Background, certified: Certificate, gcm: Gcm) -> Google:
    return Google.start(background, certified, gcm)


@pytest.fixture(scope="module")
def nod(serve: Callable[..., Nod], google: Google, folder: Path) -> Nod:
    return serve(**google.settings(folder))


@pytest.fixture(scope="module")
def phone(
    playwright: Playwright,
    chromium_path: str,
    folder: Path,
    certified: Certificate,
    gcm: Gcm,
    google: Google,
    nod: Nod,
) -> Iterator[ChromiumPhone]:
    context = pushed_chromium.launch(
        playwright, chromium_path, folder / "chromium", certified, gcm, google
    )
    yield ChromiumPhone(nod, context)
    context.close()


@pytest.fixture(scope="module")
def alice(phone: ChromiumPhone, chromium: Browser) -> Person:
    return somebody_with(phone, chromium)


def test_a_sign_in_elsewhere_comes_through_google_and_is_approved(
    alice: Person, phone: ChromiumPhone, people: People, google: Google
) -> None:
    phone.fall_asleep()
    third = people.laptop()
    third.sign_in(alice)
    tag = phone.notice(ASKING)
    assert google.sent[-1]["data"] == {"v": "1", "id": tag.removeprefix("nod-")}
    phone.open()
    phone.approve(third.number())
    third.is_in()


def test_a_test_push_comes_through_google_and_is_timed(
    alice: Person, phone: ChromiumPhone, google: Google
) -> None:
    phone.open_health()
    expect(phone.page.get_by_text("Pushes come by Firebase Cloud Messaging")).to_be_visible()
    phone.page.get_by_role("button", name="Send a test push").first.click()
    expect(phone.page.get_by_text(re.compile("^Arrived after [0-9.]+ seconds"))).to_be_visible()
    assert set(google.sent[-1]["data"]) == {"v", "echo"}


def test_a_browser_that_google_no_longer_knows_is_away_until_it_is_opened(
    alice: Person, phone: ChromiumPhone, people: People, google: Google
) -> None:
    phone.open()
    laptop = people.laptop()
    laptop.sign_in(alice)
    phone.approve(laptop.number())
    laptop.is_in()
    phone.fall_asleep()
    google.forget_everyone()
    moments.age_proofs(people.nod, alice.username, minutes=60)
    laptop.prove(alice, ADD)
    expect(laptop.page.locator("main")).to_contain_text("Not reachable. Open nod there to see it.")
    with phone.out_of_touch() as tab:
        tab.open()
        tab.approve(laptop.number())
        tab.says("Approved")
        tab.open_health()
        expect(heading(tab.page, "This browser’s address is no longer known")).to_be_visible()
        expect(
            tab.page.get_by_text("The push service no longer knew this browser.")
        ).to_be_visible()
    phone.open()
    phone.is_reachable()
