"""People and what they do: sign up, pair a phone, sign in, answer. Names of fields and `data-` marks only, never a class of the stylesheet."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from playwright.sync_api import BrowserContext, Locator, Page, expect

from e2e import moments, shortcuts
from e2e.server import Nod

PASSWORD = "a quiet walk along the river"
PHONE = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True, "user_agent": (
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Mobile Safari/537.36"
)}  # fmt: skip
ADD = "/security/authenticators/add/"
SIGN_UP = ("full_name", "username", "email", "password")
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, or about to have one."""

    username: str
    full_name: str
    email: str
    password: str = PASSWORD


def somebody(name: str = "alice", full_name: str = "Alice Martin") -> Person:
    """A person whose name no other test of this run uses."""
    username = f"{name}{next(_numbers)}"
    return Person(username, full_name, f"{username}@example.org")


def wrong(digits: str) -> str:
    """A number or code of the same length that is another one."""
    return f"{(int(digits) + 1) % 10 ** len(digits):0{len(digits)}}"


def press(page: Page, name: str) -> None:
    """A button, by all of its words."""
    page.get_by_role("button", name=name, exact=True).click()


def heading(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("heading", name=text, exact=isinstance(text, str))


def submit(page: Page) -> None:
    """The first submit button inside <main>: that of the form the page is about."""
    page.locator("main button[type=submit]").first.click()


class Laptop:
    """A browser at the login site. `page` is its tab."""

    def __init__(self, nod: Nod, context: BrowserContext) -> None:
        self.nod, self.context = nod, context
        self.page = context.new_page()

    def open(self, path: str) -> Page:
        self.page.goto(self.nod.origin + path)
        return self.page

    def sign_up(self, person: Person, phone: str = "") -> None:
        """As far as the page that asks for the code."""
        page = self.open("/signup/")
        for name in SIGN_UP:
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
        """Opens a page that wants a fresh proof, and gives the password; ends on the page with the number or the code."""
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
        summary = self.page.locator("details:not([open]) summary")
        if summary.is_visible():
            summary.click()
        self.page.get_by_role("button", name=words).click()

    def pairing_link(self) -> str:
        """The link on the page that adds an authenticator, which is opened where it is not open yet; it is for the phone."""
        if self.page.url != self.nod.origin + ADD:
            self.open(ADD)
        return self.page.locator("a[data-pair-link]").get_attribute("href") or ""

    def say_yes(self) -> str:
        """Answers "is this yours?", which shows by itself; gives the two words that stood beside it."""
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
        """With a name of one's own or the one suggested; gives the two words that the phone shows."""
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


@dataclass
class People:
    """Makes people with their browsers, for one test on one server."""

    nod: Nod
    new_browser: Callable[..., BrowserContext]
    laptops: list[Laptop] = field(default_factory=list)

    def laptop(self, **options: object) -> Laptop:
        """A browser that nobody has used."""
        self.laptops.append(Laptop(self.nod, self.new_browser(**options)))
        return self.laptops[-1]

    def phone(self, **options: object) -> Phone:
        return Phone(self.nod, self.new_browser(**{**PHONE, **options}))

    def newcomer(self, person: Person | None = None, **options: object) -> tuple[Person, Laptop]:
        """Signed up and in, without an authenticator; no page is open yet."""
        person, laptop = person or somebody(), self.laptop(**options)
        fields = {name: getattr(person, name) for name in SIGN_UP}
        shortcuts.send(laptop.context, f"{self.nod.origin}/signup/", fields)
        shortcuts.send(laptop.context, f"{self.nod.origin}/login/code/", {"code": self.nod.outbox.next_code(person.email)})
        return person, laptop

    def paired(self, person: Person | None = None, **options: object) -> tuple[Person, Laptop, Phone]:
        """Signed up, with a phone that lies open on its first page. Its service worker stays off: it is another file's subject."""
        person, laptop = self.newcomer(person, **options)
        phone = self.phone(service_workers="block")
        self.have_paired(laptop, phone)
        return person, laptop, phone

    def have_paired(self, laptop: Laptop, phone: Phone, name: str = "Pixel 8") -> None:
        """Like `pair`, with the phone's pages only."""
        question = f"{self.nod.origin}/security/authenticators/confirm/"
        phone.arrive(shortcuts.pairing_link(laptop.context, self.nod.origin + ADD))
        shown = phone.agree(name)
        assert shortcuts.pairing_words(laptop.context, question) == shown
        shortcuts.send(laptop.context, question, {})
        phone.is_ready()

    def pair(self, laptop: Laptop, phone: Phone, name: str = "Pixel 8") -> None:
        """By the link, as who has no camera does it."""
        phone.arrive(laptop.pairing_link())
        shown = phone.agree(name)
        assert laptop.say_yes() == shown
        phone.is_ready()
