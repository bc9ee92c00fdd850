"""Turning notifications on and off, and what the server learns of it."""

import json

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.pwa.conftest import turn_on
from e2e.pwa.pushing import BLOCKED, NO_PUSH_SERVICE, worker_of
from e2e.pwa.scripted import Scripted
from e2e.settings import HOUR
from e2e.waiting import in_page, until

pytestmark = pytest.mark.whole_browser

SLOW = """{
  const waiting = globalThis.waiting = [];
  PushManager.prototype.getSubscription = () => new Promise((answer) => waiting.push(answer));
}"""
SILENT = """() => {
  PushManager.prototype.subscribe = () => new Promise(() => { globalThis.isAsked = true; });
}"""
ANSWER = """async () => {
  waiting.splice(0).forEach((answer) => answer(null));
  await new Promise((passed) => setTimeout(passed));
  await new Promise((after) => { indexedDB.open("nod-authenticator").onsuccess = ({ target }) => {
    target.result.transaction("facts", "readwrite").oncomplete = after;
  }; });
}"""
"""Ends when the page has dealt with it: the last thing that it reads for its
screen comes before our own turn."""


def endpoint(server: Scripted) -> str | None:
    """Where the server would send this device's pushes."""
    text = server.devices[0].subscription
    return str(json.loads(text)["endpoint"]) if text else None


def wait_for(page: Page, server: Scripted, wanted: str | None) -> None:
    until(page, lambda: endpoint(server) == wanted, lambda: endpoint(server))


def test_on_and_off_reach_the_server(server: Scripted, off: Page) -> None:
    turn_on(off)
    wait_for(off, server, "https://push.example/1")
    off.get_by_role("link", name="Check notifications").click()
    off.get_by_role("button", name="Turn off notifications").click()
    expect(off.get_by_role("heading", name="Notifications are off")).to_be_visible()
    wait_for(off, server, None)


def test_they_can_be_turned_on_right_after_pairing(server: Scripted, off: Page) -> None:
    off.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    off.locator("[data-pair]").click()
    off.get_by_role("button", name="Turn on notifications").click()
    expect(off.get_by_role("link", name="Done")).to_be_visible()
    wait_for(off, server, "https://push.example/1")


def test_an_address_that_changed_in_silence_is_told_at_the_next_start(
    server: Scripted, listening: Page
) -> None:
    wait_for(listening, server, "https://push.example/1")
    listening.evaluate("localStorage.endpoint = 'https://push.example/2'")
    listening.reload()
    wait_for(listening, server, "https://push.example/2")


def test_a_browser_without_push_service_says_so(server: Scripted, off: Page) -> None:
    off.evaluate(NO_PUSH_SERVICE)
    off.get_by_role("button", name="Turn on").click()
    expect(off.get_by_text("Notifications cannot reach this browser")).to_be_visible()
    assert endpoint(server) is None


def test_a_push_service_that_never_answers_is_given_up(
    server: Scripted, browser: BrowserContext
) -> None:
    page = server.pair(browser.new_page())
    page.evaluate(SILENT)
    page.clock.install()
    page.get_by_role("button", name="Turn on").click()
    page.evaluate(in_page("() => globalThis.isAsked"))
    # the page's clock is about to be put forward; the server's goes with it
    server.ahead += HOUR // 1000
    page.clock.fast_forward(HOUR)
    expect(page.get_by_text("Notifications cannot reach this browser")).to_be_visible()


def test_blocked_notifications_say_where_to_allow_them(server: Scripted, off: Page) -> None:
    blocked = off.context.new_page()
    blocked.add_init_script(BLOCKED)
    blocked.goto(f"{server.origin}/authenticator/")
    expect(blocked.get_by_text("Notifications are blocked")).to_be_visible()


def test_a_renewed_address_is_signed_by_the_worker(server: Scripted, off: Page) -> None:
    worker_of(off).evaluate("""async () => {
        const fresh = { toJSON: () => ({ endpoint: "https://push.example/3", keys: {
          auth: "a".repeat(22), p256dh: "B".repeat(87) } }) };
        dispatchEvent(Object.assign(new ExtendableEvent("pushsubscriptionchange"), {
          newSubscription: fresh, oldSubscription: null }));
    }""")
    wait_for(off, server, "https://push.example/3")


def test_a_home_page_that_is_slow_to_come_covers_no_question(
    server: Scripted, listening: Page
) -> None:
    page = listening.context.new_page()
    page.add_init_script(SLOW)
    page.goto(f"{server.origin}/authenticator/")
    page.evaluate(in_page("() => waiting.length"))
    server.ask()
    page.evaluate("dispatchEvent(new Event('online'))")
    question = page.get_by_role("heading", name="Are you signing in?")
    expect(question).to_be_visible()
    page.evaluate(ANSWER)
    assert question.is_visible()
