"""What somebody does with a phone that is woken by pushes: one that is a Chromium, one that is a
Firefox.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect

from e2e import shortcuts
from e2e.browser import patient
from e2e.notifications import Notifications
from e2e.pages import ADD, CONFIRM, Laptop, Phone, press
from e2e.people import People
from e2e.person import Person
from e2e.push.chromium import PRESS
from e2e.push.firefox import Firefox
from e2e.server import Nod
from e2e.waiting import in_page, until

ASKING, TESTED = "Are you signing in?", "Notifications work"
ASLEEP = "/authenticator/offline/"
"""A page of the authenticator that asks for nothing by itself: what shows there
was brought by a push."""
NOTICES = """() => navigator.serviceWorker.ready.then((worker) =>
  worker.getNotifications()).then((all) => all.map(
  ({ title, tag, actions }) => ({ title, tag, actions: actions.map(({ action }) => action) })))"""
HAS_NOTICE = """(title) => navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
  .then((all) => all.find((one) => one.title === title)?.tag)"""
UNTOLD = """{
  const really = fetch;
  globalThis.fetch = (path, options) => options?.method === "PUT" ?
    Promise.reject(new TypeError("no connection")) : really(path, options);
}"""
BUTTON = """(name) => [...document.querySelectorAll("button:enabled")]
  .find((one) => one.checkVisibility() && one.textContent.trim() === name)"""
WORDS = (
    "() => [...document.querySelectorAll('[data-fill=first], [data-fill=second]')].map((one) =>"
    " one.innerText).join(' ')"
)
HEADING = """(name) => [...document.querySelectorAll("h1")].some((one) => one.checkVisibility() &&
  one.textContent.trim() === name)"""


def somebody_with(
    phone: "ChromiumPhone | FirefoxPhone", browser: Browser, device: str = "Pixel 8"
) -> Person:
    """Has signed up in a browser that is closed again, with a phone that pushes reach."""
    people = People(phone.nod, lambda **options: patient(browser.new_context(**options)))
    person, laptop = people.newcomer()
    pair(laptop, phone, device)
    laptop.context.close()
    phone.turn_on()
    return person


def pair(laptop: Laptop, phone: "ChromiumPhone | FirefoxPhone", name: str) -> None:
    """By the link. It ends on the first screen of the phone."""
    question = laptop.nod.origin + CONFIRM
    phone.arrive(shortcuts.pairing_link(laptop.context, laptop.nod.origin + ADD))
    shown = phone.agree(name)
    assert shortcuts.pairing_words(laptop.context, question) == shown
    shortcuts.send(laptop.context, question, {})
    phone.is_ready()


class ChromiumPhone(Phone):
    """A tab of a Chromium that has a push service."""

    def __init__(self, nod: Nod, context: BrowserContext) -> None:
        super().__init__(nod, context)
        self.notifications = Notifications(context.new_cdp_session(self.page))
        self.context.grant_permissions(["notifications"], origin=nod.authenticator_origin)

    def turn_on(self) -> None:
        """Notifications, by the button on the first screen; ends when a push
        has proven that they arrive."""
        self.open()
        press(self.page, "Turn on")
        self.is_reachable()

    def is_reachable(self) -> None:
        expect(self.page.get_by_text("Notifications arrive here")).to_be_visible()

    def open_health(self) -> None:
        """The screen about notifications."""
        self.fall_asleep()
        self.page.goto(f"{self.nod.authenticator_origin}/authenticator/#health")

    @contextmanager
    def out_of_touch(self) -> Iterator["ChromiumPhone"]:
        """Another tab, from which the server hears of no new address."""
        other = ChromiumPhone(self.nod, self.context)
        other.page.add_init_script(UNTOLD)
        yield other
        other.page.close()

    def fall_asleep(self) -> None:
        self.page.goto(self.nod.authenticator_origin + ASLEEP)

    def until(self, function: str, *given: object) -> Any:
        """The first true thing that a function, async or not, gives in the page."""
        return self.page.evaluate(f"(given) => ({in_page(function)})(...given)", given)

    def notice(self, title: str) -> str:
        """Waits for a notification; its tag."""
        until(
            self.page,
            lambda: any(shown == title for _tag, shown in self.notifications.shown),
            lambda: f"{title!r} was never shown: {self.notifications.shown}",
        )
        self.notifications.shown.clear()  # the next one is to be another
        return str(self.until(HAS_NOTICE, title))

    def notices(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate(NOTICES)
        return found

    def has_no_notice(self, title: str) -> None:
        """Waits until none is there."""
        self.until(f"async (title) => !(await ({HAS_NOTICE})(title))", title)

    def press(self, tag: str, action: str = "") -> None:
        """A notification, or a button of it."""
        assert self.context.service_workers[-1].evaluate(PRESS, {"tag": tag, "action": action})


class FirefoxPhone:
    """A Firefox; the same words as of `Phone`."""

    def __init__(self, nod: Nod, firefox: Firefox) -> None:
        self.nod, self.firefox = nod, firefox

    def arrive(self, link: str) -> None:
        self.firefox.goto(link)
        self.firefox.until("() => document.querySelector('button[data-pair]')")

    def agree(self, name: str) -> str:
        self.firefox.call(
            "(name) => { document.querySelector('[name=device_name]').value = name }", name
        )
        self.firefox.click("() => document.querySelector('button[data-pair]')")
        self.firefox.until("() => document.querySelector('[data-fill=first]')?.textContent.trim()")
        words: str = self.firefox.call(WORDS)
        return words

    def open(self) -> None:
        self.firefox.goto(f"{self.nod.authenticator_origin}/authenticator/")

    def says(self, title: str) -> None:
        """A heading."""
        self.firefox.until(HEADING, title)

    def is_ready(self) -> None:
        self.open()
        self.says("Nothing to approve")

    def turn_on(self) -> None:
        self.open()
        self.press("Turn on")
        self.is_reachable()

    def is_reachable(self) -> None:
        self.firefox.until(
            "() => document.querySelector('main').innerText.includes('Notifications arrive here')"
        )

    def fall_asleep(self) -> None:
        self.firefox.goto(self.nod.authenticator_origin + ASLEEP)

    def press(self, name: str) -> None:
        """A button on the page, by all of its words."""
        self.firefox.click(BUTTON, name)

    def type_number(self, number: str) -> None:
        """Where the cursor is: the page has put it there."""
        self.firefox.until("() => document.activeElement?.name === 'number'")
        self.firefox.type(number)
