"""How far a question got, as the page that waits says it: to a browser of hers everything, to any
other nothing.
"""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import LoginAttempt, User
from accounts.tests.helpers import Browser, phone
from accounts.tests.test_login import admit, careful
from mfa.services import challenges, enrolment
from mfaproject.lib import clock
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    user: User = person()
    return user


@pytest.fixture
def pixel(alice: User) -> int:
    return phone(alice)


@pytest.fixture
def hers(pixel: int) -> Browser:
    """A browser that she knows, where she has just typed her password and is asked all the same."""
    browser = Browser()
    browser.cookies["nod_kb"] = admit(pixel).browser_cookie or ""
    with careful():
        browser.sign_in()
    return browser


def question_id() -> int:
    return LoginAttempt.objects.filter(state="step_up").latest("pk").push_id or 0


def polled(browser: Browser) -> Any:
    """Past what the cache still holds from the poll before."""
    cache.clear()
    return browser.get("/login/state/").json().get("devices")


def test_a_known_browser_follows_the_question_to_each_device(
    alice: User, hers: Browser, pixel: int
) -> None:
    assert polled(hers) == [{"name": "Pixel 8", "state": "asked"}]
    challenges.saw(question_id(), "", pixel, clock.now())
    assert polled(hers) == [{"name": "Pixel 8", "state": "seen"}]


def test_a_device_that_cannot_be_woken_is_said_to_be_away(
    alice: User, hers: Browser, pixel: int
) -> None:
    enrolment.unreachable(pixel)
    assert polled(hers) == [{"name": "Pixel 8", "state": "away"}]
    page = hers.get("/login/wait/").content.decode()
    assert "Not reachable. Open nod there to see it." in page
    assert "<details open>" in page


def test_each_of_several_devices_has_a_line_of_its_own(alice: User, pixel: int) -> None:
    tablet, browser = phone(alice, "Tablet"), Browser()
    browser.cookies["nod_kb"] = admit(pixel).browser_cookie or ""
    enrolment.unreachable(tablet)
    with careful():
        browser.sign_in()
    assert polled(browser) == [
        {"name": "Pixel 8", "state": "asked"},
        {"name": "Tablet", "state": "away"},
    ]


def test_an_unknown_browser_learns_nothing_of_it(alice: User, pixel: int) -> None:
    enrolment.unreachable(pixel)
    browser = Browser()
    browser.sign_in()
    assert polled(browser) is None
    page = browser.get("/login/wait/").content.decode()
    assert "Pixel 8" not in page
    assert "Not reachable. Open nod there to see it." not in page.partition("<ul")[2]


def test_another_browser_with_the_reference_alone_learns_nothing(hers: Browser) -> None:
    thief = Browser()
    reference = hers.cookies["nod_login"].value.partition(".")[0]
    thief.cookies["nod_login"] = f"{reference}.{'A' * 43}"
    assert thief.get("/login/state/").json() == {"state": "gone", "seconds_left": 0}
    assert (
        thief.get("/login/wait/").status_code != 200
        or b"Pixel 8" not in thief.get("/login/wait/").content
    )


def test_home_and_security_say_which_device_cannot_be_notified(alice: User, pixel: int) -> None:
    browser, told = Browser(), "Cannot be notified since"
    browser.cookies["nod_session"] = admit(pixel).session_key
    assert told not in browser.get("/").content.decode()
    enrolment.unreachable(pixel)
    home = browser.get("/").content.decode()
    assert told in home
    assert "it answers only while it is open" in home
    assert told in browser.get("/security/").content.decode()
    enrolment.reachable(pixel)
    assert told not in browser.get("/").content.decode()
