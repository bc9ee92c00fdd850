"""Whether pushes arrive: the test value that goes back, what home says, and the screen about
notifications.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.looks import Look
from e2e.pwa.conftest import turn_on
from e2e.pwa.pushing import BLOCKED, NO_PUSH_SERVICE, PUSH_SERVICE, Push, notice
from e2e.pwa.screens import heading
from e2e.pwa.screens import press as press_button
from e2e.pwa.scripted import Scripted
from e2e.settings import HOUR
from e2e.waiting import until
from mfaproject.lib import tokens

pytestmark = pytest.mark.whole_browser

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.0 Mobile/15E148 Safari/604.1"
)
INSTALLED = "Object.defineProperty(Navigator.prototype, 'standalone', { get: () => true })"
REACHED = "Notifications arrive here"


@pytest.fixture
def push(server: Scripted, listening: Page) -> Push:
    return Push(listening, server.origin)


def deliver_test(page: Page, server: Scripted, push: Push, *, fcm: bool = False) -> None:
    """Waits until a test push is asked for, and brings it."""
    until(page, lambda: server.echoes, lambda: "no test push is asked for")
    echo = server.echoes.pop()
    push.deliver(json.dumps({"data": {"v": "1", "echo": echo}} if fcm else {"v": 1, "echo": echo}))


def prove(page: Page, server: Scripted, push: Push) -> None:
    """The first push, as the server sends it to a new address."""
    server.devices[0].echo = tokens.new_id()
    server.echoes.append(server.devices[0].echo)
    deliver_test(page, server, push)
    expect(page.get_by_text(REACHED)).to_be_visible()


def open_health(page: Page, server: Scripted) -> None:
    page.goto("about:blank")
    page.goto(f"{server.origin}/authenticator/#health")


def wait_for_address(page: Page, server: Scripted, wanted: str) -> None:
    until(
        page,
        lambda: wanted in str(server.devices[0].subscription),
        lambda: server.devices[0].subscription,
    )


# The value that goes back


def test_the_first_push_is_shown_and_sent_back_and_home_says_so(
    server: Scripted, listening: Page, push: Push
) -> None:
    prove(listening, server, push)
    notice(push, "nod-echo", "Notifications work")
    assert server.devices[0].proven_at


def test_the_account_that_it_was_sent_to_is_proven_and_no_other(
    server: Scripted, listening: Page, push: Push
) -> None:
    server.pair(listening, name="Second")
    server.devices[1].echo = tokens.new_id()
    push.deliver(json.dumps({"data": {"v": "1", "echo": server.devices[1].echo}, "from": "1"}))
    until(listening, lambda: server.devices[1].proven_at, lambda: "it was not sent back")
    assert [one.proven_at is not None for one in server.devices] == [False, True]


def test_a_value_that_could_not_be_sent_back_goes_at_the_next_start(
    server: Scripted, listening: Page, push: Push
) -> None:
    listening.goto("about:blank")
    server.fault, server.devices[0].echo = "down", tokens.new_id()
    push.deliver(json.dumps({"v": 1, "echo": server.devices[0].echo}))
    notice(push, "nod-echo", "Notifications work")
    assert server.calls[-1] == "echo", "it was tried, in vain"
    server.fault = ""
    listening.goto(f"{server.origin}/authenticator/")
    expect(listening.get_by_text(REACHED)).to_be_visible()


# A test push to oneself


def test_a_test_push_says_how_long_it_took(
    server: Scripted, listening: Page, push: Push, look: Look
) -> None:
    prove(listening, server, push)
    listening.get_by_role("link", name="Check notifications").click()
    expect(heading(listening, REACHED)).to_be_visible()
    press_button(listening, "Send a test push")
    expect(listening.get_by_text("Waiting for it to arrive…")).to_be_visible()
    deliver_test(listening, server, push, fcm=True)
    expect(listening.locator("[data-part=trial] b")).to_have_text(
        re.compile(r"^Arrived after \d+(\.\d+)? seconds\.$")
    )
    expect(listening.get_by_text("The last push came here")).to_be_visible()
    look.at(listening, REACHED)
    listening.get_by_role("link", name="Back").click()
    expect(heading(listening, "Nothing to approve")).to_be_visible()


def test_a_test_that_was_not_sent_says_why(server: Scripted, listening: Page) -> None:
    listening.get_by_role("link", name="Check notifications").click()
    button, said = (
        listening.get_by_role("button", name="Send a test push"),
        listening.locator("[data-part=trial]"),
    )
    server.limited = True
    button.click()
    expect(said).to_contain_text("Not so fast.")
    server.limited, server.devices[0].subscription = False, None
    button.click()
    expect(said).to_contain_text("The server has no address to send it to.")
    expect(heading(listening, "The server has no address for pushes")).to_be_visible()
    server.fault = "down"
    button.click()
    expect(said).to_contain_text("No connection.")


UNSENT: list[tuple[dict[str, Any], str, str]] = [
    ({}, "ok", "It was sent, and nothing has arrived within 3,600 seconds."),
    (
        {"last_failure": 9_999_999_999, "reason": "timeout"},
        "ok",
        "The push service did not answer in time.",
    ),
    ({}, "stopped", "The push service does not accept this server now. Only"),
]


def test_a_test_that_does_not_come_says_what_may_be_wrong(
    server: Scripted, browser: BrowserContext
) -> None:
    browser.add_init_script(PUSH_SERVICE)
    page = turn_on(server.pair(browser.new_page()))
    page.clock.install()
    page.get_by_role("link", name="Check notifications").click()
    for facts, service, words in UNSENT:
        # Answered before the clock goes on: it would put an end to the call, too.
        with page.expect_event("requestfinished", lambda sent: sent.url.endswith("/device/test")):
            press_button(page, "Send a test push")
        until(page, lambda: server.echoes, lambda: "no test push is asked for")
        server.echoes.clear()
        server.devices[0].health, server.services = facts, {"webpush": service}
        # the page's clock is about to be put forward; the server's goes with it
        server.ahead += HOUR // 1000
        page.clock.fast_forward(HOUR)
        expect(page.locator("[data-part=trial]")).to_contain_text(words)


# What the server knows


NOW = 1_700_000_000
STATES: list[tuple[dict[str, Any], dict[str, str], str, str]] = [
    (
        {"proven_at": NOW, "last_success": NOW},
        {"webpush": "ok"},
        REACHED,
        "A push has arrived here",
    ),
    ({}, {"webpush": "ok"}, "Waiting for the first push", "No push has been confirmed yet"),
    (
        {"proven_at": NOW, "last_failure": NOW + 9, "reason": "unavailable"},
        {"webpush": "ok"},
        "The last push did not get through",
        "could not be reached",
    ),
    (
        {"proven_at": NOW},
        {"webpush": "stopped"},
        "The push service is stopped",
        "It did not accept this server.",
    ),
    (
        {"kind": "fcm-fid", "proven_at": NOW},
        {"webpush": "stopped", "fcm": "ok"},
        REACHED,
        "Firebase Cloud Messaging",
    ),
]


def test_the_screen_says_what_the_server_knows(server: Scripted, listening: Page) -> None:
    for facts, services, title, row in STATES:
        server.devices[0].health, server.services = facts, services
        open_health(listening, server)
        expect(heading(listening, title)).to_be_visible()
        expect(listening.locator("main")).to_contain_text(row)
        expect(listening.get_by_text("The key cannot leave this browser")).to_be_visible()


def test_an_address_that_no_longer_works_is_mended_at_the_next_start(
    server: Scripted, listening: Page
) -> None:
    (account,) = server.devices
    account.health = {"undeliverable": True}
    listening.reload()
    # the push service had ended it: a new one
    wait_for_address(listening, server, "https://push.example/2")
    account.subscription = None
    listening.reload()
    # the server had forgotten it: told again
    wait_for_address(listening, server, "https://push.example/2")
    account.health = {"created_at": 1}
    listening.reload()
    until(
        listening,
        lambda: server.echoes,
        lambda: "the first push is long overdue, and no other was asked for",
    )


def test_several_accounts_have_a_test_each(server: Scripted, listening: Page, look: Look) -> None:
    server.pair(listening, name="Second")
    listening.get_by_role("link", name="Check notifications").click()
    expect(listening.get_by_role("button", name="Send a test push")).to_have_count(2)
    look.at(listening, "Waiting for the first push")


# What stands in the way


@pytest.mark.parametrize(
    ("system", "script", "row", "title"),
    [
        ("18_1", "", "No notifications in this tab", "Add nod to your Home Screen"),
        (
            "16_3",
            "",
            "No notifications on this version",
            "This version has no notifications for nod",
        ),
        ("18_1", INSTALLED, "Notifications are off", "Notifications are off"),
    ],
    ids=["tab", "old", "installed"],
)
def test_an_iphone_is_told_what_it_needs(
    server: Scripted,
    new_browser: Callable[..., BrowserContext],
    look: Look,
    system: str,
    script: str,
    row: str,
    title: str,
) -> None:
    context = new_browser(
        user_agent=IPHONE.format(system), viewport={"width": 390, "height": 844}, has_touch=True
    )
    context.add_init_script(script)
    server.install(context)
    page = server.pair(context.new_page())
    expect(page.get_by_text(row)).to_be_visible()
    open_health(page, server)
    expect(heading(page, title)).to_be_visible()
    expect(page.get_by_role("button", name="Send a test push")).to_be_hidden()
    look.at(page, title)


def test_a_browser_without_push_service_and_one_that_blocks_say_so(
    server: Scripted, off: Page, look: Look
) -> None:
    off.evaluate(NO_PUSH_SERVICE)
    off.get_by_role("link", name="More about this").click()
    expect(heading(off, "Notifications are off")).to_be_visible()
    press_button(off, "Turn on notifications")
    look.at(off, "No push service in this browser")
    blocked = off.context.new_page()
    blocked.add_init_script(BLOCKED)
    open_health(blocked, server)
    look.at(blocked, "Notifications are blocked")
