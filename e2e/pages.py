"""What somebody does at the login site and on the phone. Names of fields and `data-` marks only,
never a class of the stylesheet.
"""

import re
from functools import cached_property

from playwright.sync_api import BrowserContext, Locator, Page, expect

from e2e import moments
from e2e.person import Person
from e2e.server import Nod

ADD, CONFIRM = "/security/authenticators/add/", "/security/authenticators/confirm/"


def press(page: Page, name: str) -> None:
    """A button, by all of its words."""
    page.get_by_role("button", name=name, exact=True).click()


def heading(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("heading", name=text, exact=isinstance(text, str))


def submit(page: Page) -> None:
    """The first submit button inside <main>: that of the form the page is about."""
    page.locator("main button[type=submit]").first.click()


class Laptop:
    """A browser at the login site."""

    def __init__(self, nod: Nod, context: BrowserContext) -> None:
        self.nod, self.context = nod, context

    @cached_property
    def page(self) -> Page:
        """Its tab: opened when it is needed, because many a browser only has to be known."""
        return self.context.new_page()

    def open(self, path: str) -> Page:
        self.page.goto(self.nod.origin + path)
        return self.page

    def sign_up(self, person: Person, phone: str = "") -> None:
        """As far as the page that asks for the code."""
        page = self.open("/signup/")
        for name in ("full_name", "username", "email", "password"):
            page.fill(f"[name={name}]", getattr(person, name))
        page.fill("[name=phone]", phone)
        submit(page)
        page.locator("[name=code]").wait_for()

    def type_code(self, code: str) -> None:
        self.page.fill("[name=code]", code)
        submit(self.page)

    def confirm(self, person: Person) -> None:
        """The code that came by mail; ends on the home page."""
        self.type_code(self.nod.outbox.next_code(person.email))
        self.is_in()

    def sign_in(self, person: Person, path: str = "/login/", password: str = "") -> None:
        """Name and password; where that leads is the caller's to expect."""
        page = self.open(path)
        page.fill("[name=username]", person.username)
        page.fill("[name=password]", password or person.password)
        submit(page)

    def asks_by_itself(self) -> None:
        """Nobody tells the wait page when to look, from its next opening on: it
        asks every second."""
        self.page.route("**/login/events/", lambda route: route.fulfill(status=204))

    def number(self) -> str:
        """The number on the wait page."""
        return self.page.locator("[data-number]").inner_text().replace("\n", "").replace(" ", "")

    def is_in(self) -> None:
        """On the home page, whatever its language."""
        expect(self.page).to_have_url(f"{self.nod.origin}/")
        expect(self.page.locator("form[action='/logout/'] button")).to_be_visible()

    def is_out(self) -> None:
        """Nobody is signed in here: the home page sends to the login page."""
        self.open("/")
        expect(self.page.locator("[name=username]")).to_be_visible()

    def sign_out(self) -> None:
        self.open("/")
        self.page.locator("form[action='/logout/'] button").click()
        expect(self.page.locator("[name=username]")).to_be_visible()

    def prove(self, person: Person, path: str) -> None:
        """Opens a page that wants a fresh proof, and gives the password; ends
        on the page with the number or the code."""
        self.open(path)
        self.page.fill("[name=password]", person.password)
        submit(self.page)

    def ask_for_link(self, person: Person) -> None:
        """A link for a new password, by mail."""
        moments.forget_mails(self.nod)
        page = self.open("/reset/")
        page.fill("[name=email]", person.email)
        submit(page)
        expect(page).to_have_url(f"{self.nod.origin}/reset/sent/")

    def set_password(self, new: str) -> None:
        """The form behind such a link."""
        self.page.fill("[name=password]", new)
        submit(self.page)

    def choose(self, words: str) -> None:
        """One of the other ways on the wait page, which lie folded."""
        summary = self.page.locator("details summary")
        summary.wait_for()
        if self.page.locator("details:not([open])").count():
            summary.click()
        self.page.get_by_role("button", name=words).click()

    def pairing_link(self) -> str:
        """The link on the page that adds an authenticator, which is opened where it is not open
        yet; it is for the phone."""
        if self.page.url != self.nod.origin + ADD:
            self.open(ADD)
        return self.page.locator("a[data-pair-link]").get_attribute("href") or ""

    def say_yes(self) -> str:
        """Answers "is this yours?", which shows by itself; gives the two words
        that stood beside it."""
        question = self.page.locator("button[data-confirm-device]")
        question.wait_for()
        words = self.page.locator("[data-pair-words]").inner_text()
        question.click()
        question.wait_for(state="detached")
        return words


class Phone:
    """A browser that answers."""

    def __init__(self, nod: Nod, context: BrowserContext) -> None:
        self.nod, self.context = nod, context
        self.page = context.new_page()

    def arrive(self, link: str) -> Page:
        """A pairing link, as far as the question which account it is for."""
        self.page.goto(link)
        self.page.locator("button[data-pair]").wait_for()
        return self.page

    def agree(self, name: str = "") -> str:
        """With a name of one's own or the one suggested; gives the two words
        that the phone shows."""
        if name:
            self.page.fill("[name=device_name]", name)
        self.page.locator("button[data-pair]").click()
        words = self.page.locator("[data-fill=first], [data-fill=second]")
        words.first.wait_for()
        return " ".join(words.all_inner_texts())

    def open(self) -> Page:
        self.page.goto(f"{self.nod.authenticator_origin}/authenticator/")
        return self.page

    def is_ready(self) -> None:
        expect(heading(self.open(), "Nothing to approve")).to_be_visible()

    def asks_by_itself(self) -> None:
        """Nobody tells the page of new questions: it asks every few seconds."""
        self.page.route("**/inbox/events", lambda route: route.fulfill(status=204))
        self.is_ready()

    def look(self) -> None:
        """Asks the inbox now, not at the next of its rounds."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def is_asked(self) -> None:
        self.look()
        expect(self.page.get_by_role("heading", name="Are you signing in?")).to_be_visible()

    def approve(self, number: str) -> None:
        self.is_asked()
        self.page.fill("[name=number]", number)
        press(self.page, "Approve")

    def answer(self, button: str) -> None:
        """Deny, or "It was not me"."""
        self.is_asked()
        press(self.page, button)

    def says(self, title: str) -> None:
        expect(heading(self.page, title)).to_be_visible()
