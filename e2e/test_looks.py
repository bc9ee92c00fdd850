"""Every page, in light and dark, on a phone and at 200 %, with the longest names: axe-core finds nothing serious and nothing runs over the edge."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from e2e import looks, moments
from e2e.people import ADD, Laptop, People, Person, Phone, heading, somebody, submit, wrong
from e2e.test_admin import made
from e2e.test_outbox_page import DIRECT

LONG_DEVICE = "The very old telephone of the whole family, second drawer, hall"


class Look:
    """Collects the faults of the pages that a test shows it."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.count = 0

    def at(self, page: Page, title: str) -> None:
        """The page must be the one that is meant: `title` is its heading."""
        expect(page.get_by_role("heading", name=re.compile(title)).first).to_be_visible()
        self.count += 1
        self.faults += [f"{title}: {fault}" for fault in looks.faults(page)]


@pytest.fixture
def look() -> Iterator[Look]:
    every = Look()
    yield every
    assert every.faults == []
    assert every.count


def longest() -> Person:
    """A name of forty letters, none of which wants to break."""
    short = somebody("m" * 34, "Maximiliane Alexandra Hohenstein-Bergmannshausen von und zu Unterwaldhausen-Oberwaldhausen")
    return Person(f"{short.username:m<40}", short.full_name, f"{short.username:m<40}@example.org")


def with_long_names(people: People) -> tuple[Person, Laptop, Phone]:
    person, laptop = people.newcomer(longest())
    phone = people.phone(service_workers="block")
    people.have_paired(laptop, phone, LONG_DEVICE)
    return person, laptop, phone


def test_before_anybody_is_signed_in(people: People, look: Look) -> None:
    laptop, alice = people.laptop(), longest()
    look.at(laptop.open("/login/"), "Sign in")
    laptop.sign_in(alice)
    look.at(laptop.page, "Sign in")
    look.at(laptop.open("/signup/"), "Create your account")
    submit_empty(laptop.page)
    look.at(laptop.page, "Create your account")
    look.at(laptop.open("/reset/"), "Set a new password")
    laptop.ask_for_link(alice)
    look.at(laptop.page, "Check your e-mail")
    look.at(laptop.open("/help/"), "Help")
    look.at(laptop.open("/logout/"), "You are signed out")
    look.at(laptop.open("/nowhere/"), "There is no such page")
    look.at(laptop.open("/reset/new/"), "This link has ended")
    look.at(laptop.open("/login/wait/"), "Let us start again")


def submit_empty(page: Page) -> None:
    """Past the browser's own checks, to ours."""
    page.locator("main form").first.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.locator("[aria-invalid=true]").first.wait_for()


def test_from_the_code_to_the_first_pairing(people: People, look: Look) -> None:
    laptop, alice = people.laptop(), longest()
    laptop.sign_up(alice)
    look.at(laptop.page, "Check your e-mail")
    code = people.nod.outbox.next_code(alice.email)
    laptop.type_code(wrong(code))
    laptop.page.locator("[aria-invalid=true]").wait_for()
    look.at(laptop.page, "Check your e-mail")
    laptop.type_code(code)
    laptop.is_in()
    look.at(laptop.page, "Hello")
    look.at(laptop.open("/security/"), "Security")
    look.at(laptop.open(ADD), "Add your authenticator")
    look.at(laptop.open("/security/authenticators/confirm/"), "has not answered yet")
    laptop.open(ADD)
    phone = people.phone()
    look.at(phone.arrive(laptop.pairing_link()), "Make this phone your authenticator")
    phone.agree(LONG_DEVICE)
    look.at(phone.page, "Now look at the other screen")
    laptop.page.locator("button[data-confirm-device]").wait_for()
    look.at(laptop.page, "Is this yours")
    laptop.say_yes()
    look.at(laptop.page, "Security")
    look.at(laptop.open("/security/authenticators/confirm/"), "Nothing to confirm|Is it still you")
    laptop.open("/")
    look.at(laptop.page, "Hello")


def test_use_this_browser(people: People, look: Look) -> None:
    _, laptop = people.newcomer(longest())
    laptop.open(ADD)
    laptop.page.locator(f"form[action='{ADD}'] button").click()
    look.at(laptop.page, "Use this browser")
    here = Phone(people.nod, laptop.context)
    here.arrive(laptop.pairing_link())
    look.at(here.page, "Make this computer your authenticator")
    here.agree(LONG_DEVICE)
    laptop.say_yes()
    look.at(laptop.page, "Security")
    here.is_ready()
    look.at(here.page, "Nothing to approve")


def test_the_wait_the_question_and_every_end_of_it(people: People, look: Look) -> None:
    alice, _, phone = with_long_names(people)
    look.at(phone.page, "Nothing to approve")
    third = people.laptop()
    third.sign_in(alice)
    number = third.number()
    third.page.locator("details summary").click()
    look.at(third.page, "Type this on your phone")
    phone.is_asked()
    look.at(phone.page, "Are you signing in")
    phone.approve(wrong(number))
    look.at(phone.page, "That was another number")
    look.at(third.page, "This sign-in was not approved")
    third.sign_in(alice)
    third.page.locator("[data-number]").wait_for()
    moments.end_questions(people.nod, alice.username, seconds=0)
    look.at(third.page, "The time ran out")
    third.sign_in(alice)
    phone.open()
    phone.answer("Deny")
    look.at(phone.page, "Denied")
    third.sign_in(alice)
    phone.open()
    phone.answer("It was not me")
    look.at(phone.page, "Stopped")
    third.sign_in(alice)
    look.at(third.page, "We cannot ask you right now")


def test_two_questions_at_once(people: People, look: Look) -> None:
    alice, _, phone = with_long_names(people)
    laptops = people.laptop(), people.laptop()
    for laptop in laptops:
        laptop.sign_in(alice)
        laptop.page.locator("[data-number]").wait_for()
    phone.open()
    look.at(phone.page, "Several requests are open")
    phone.page.get_by_role("button", name="Open").first.click()
    look.at(phone.page, "Are you signing in")


def test_without_scripts_and_approved(people: People, look: Look) -> None:
    alice, _, phone = with_long_names(people)
    third = people.laptop()
    third.sign_in(alice)
    number = third.number()
    third.page.route("**/login/state/", lambda route: route.abort())
    third.page.route("**/js/wait*.js", lambda route: route.abort())
    phone.approve(number)
    look.at(phone.page, "Approved")
    third.page.reload()
    look.at(third.page, "Approved")
    submit(third.page)
    third.is_in()
    look.at(third.page, "Hello")
    look.at(third.open("/security/"), "Security")
    look.at(third.open("/security/history/"), "All sign-ins")


def test_a_browser_of_one_s_own_and_the_pages_behind_a_proof(people: People, look: Look) -> None:
    alice, laptop, phone = with_long_names(people)
    look.at(laptop.open("/logout/"), "Sign out")
    look.at(laptop.open("/security/password/"), "Is it still you")
    for answer, title in {"Deny": "You said no", "wrong": "That was another number", "It was not me": "Stopped"}.items():
        laptop.prove(alice, "/security/password/")
        number = laptop.number()
        look.at(laptop.page, "Type this on")
        phone.open()
        if answer == "wrong":
            phone.approve(wrong(number))
        else:
            phone.answer(answer)
        look.at(laptop.page, title)


def test_changing_password_and_device(people: People, look: Look) -> None:
    alice, laptop, phone = with_long_names(people)
    laptop.prove(alice, "/security/password/")
    phone.approve(laptop.number())
    look.at(laptop.page, "Change your password")
    laptop.open("/security/")
    laptop.page.locator("li", has_text=LONG_DEVICE).get_by_role("link", name="Manage").click()
    look.at(laptop.page, "very old telephone")
    laptop.page.locator("a[href$='/revoke/']").click()
    look.at(laptop.page, "Remove")
    laptop.page.get_by_role("button", name="Remove it").click()
    phone.open()
    expect(phone.page.get_by_text("No longer the authenticator")).to_be_visible()
    look.at(phone.page, "Nothing to approve")


def test_a_new_password_and_a_sign_in_undone(people: People, look: Look) -> None:
    alice, _, phone = with_long_names(people)
    laptop = people.laptop()
    laptop.ask_for_link(alice)
    laptop.page.goto(people.nod.outbox.next_link(alice.email, "/link/reset/"))
    look.at(laptop.page, "First, your authenticator")
    submit(laptop.page)
    phone.approve(laptop.number())
    look.at(laptop.page, "Set a new password")
    new = "another walk, another river"
    laptop.set_password(new)
    look.at(laptop.page, "Your new password is set")
    people.nod.outbox.forget()
    laptop.sign_in(alice, password=new)
    phone.open()
    phone.approve(laptop.number())
    laptop.is_in()
    laptop.page.goto(people.nod.outbox.next_link(alice.email, "/link/disavow/"))
    look.at(laptop.page, "Was this you")
    laptop.page.get_by_role("button", name="It was not me").click()
    look.at(laptop.page, "That sign-in has ended")


def test_the_administrator_s_pages(people: People, look: Look) -> None:
    alice, _, _ = with_long_names(people)
    people.laptop().sign_in(alice)
    laptop = people.laptop()
    look.at(laptop.open("/enrol/"), "This link has ended")
    root, link = made(people.nod)
    laptop.page.goto(link)
    look.at(laptop.page, "Choose a password")
    laptop.set_password("short")
    laptop.page.locator("[aria-invalid=true]").wait_for()
    look.at(laptop.page, "Choose a password")
    laptop.set_password(root.password)
    look.at(laptop.page, "Add your authenticator")
    phone = people.phone()
    people.pair(laptop, phone, LONG_DEVICE)
    look.at(laptop.page, "Your authenticator is ready")
    submit(laptop.page)
    laptop.sign_in(root, "/login/?next=/admin/")
    number = laptop.number()
    assert len(number) == 6
    look.at(laptop.page, "Type this on")
    phone.is_asked()
    look.at(phone.page, "Are you signing in")
    phone.approve(number)
    look.at(laptop.page, "Sign-ins and people")
    for path in ("risk/loginlog/", "risk/knownbrowser/", "accounts/user/"):
        look.at(laptop.open(f"/admin/{path}"), "Select|")
        laptop.page.locator("#result_list tbody tr a").first.click()
        look.at(laptop.page, "")
    look.at(laptop.open("/admin/nowhere/"), "There is no such page")


def test_the_outbox(people: People, look: Look) -> None:
    people.newcomer(longest())
    page = people.laptop(**DIRECT).page
    page.goto(people.nod.outbox_link)
    look.at(page, "Outbox")


def test_an_empty_authenticator(people: People, look: Look) -> None:
    phone = people.phone()
    look.at(phone.open(), "No account yet")
    phone.page.goto(f"{people.nod.authenticator_origin}/authenticator/pair/#{'A' * 43}")
    look.at(phone.page, "This link no longer works")
    assert heading(phone.page, "This link no longer works").count() == 1
