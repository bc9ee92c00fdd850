"""A browser that is its own authenticator: possible, offered second, and the weaker factor."""

from playwright.sync_api import Page, expect

from e2e.pages import ADD, Laptop, Phone, heading, press
from e2e.people import People
from e2e.person import Person


def paired_here(people: People) -> tuple[Person, Laptop, Phone]:
    """Signed up, with the authenticator in a second tab of the same browser."""
    alice, first = people.newcomer()
    here = Phone(people.nod, first.context)
    first.open(ADD)
    press_use_this_browser(first.page)
    here.arrive(first.pairing_link())
    words = here.agree()
    assert first.say_yes() == words
    here.is_ready()
    return alice, first, here


def press_use_this_browser(page: Page) -> None:
    page.locator(f"form[action='{ADD}'] button").click()
    expect(heading(page, "Use this browser")).to_be_visible()


def forget_who_knows_it(laptop: Laptop) -> None:
    """The browser loses what makes it known and keeps the key of its authenticator."""
    laptop.context.clear_cookies()


def test_it_is_offered_second_and_opens_in_a_new_tab(people: People) -> None:
    _, first = people.newcomer()
    page = first.open(ADD)
    expect(page.locator("main [role=img]")).to_be_visible()
    press_use_this_browser(page)
    with first.context.expect_page() as opening:
        page.locator("a[data-pair-link]").click()
    tab = opening.value
    tab.locator("button[data-pair]").click()
    first.say_yes()
    expect(first.page.locator("main")).to_contain_text("Weaker")


def test_it_approves_a_sign_in_of_another_browser(people: People) -> None:
    alice, _, here = paired_here(people)
    third = people.laptop()
    third.sign_in(alice)
    here.approve(third.number())
    third.is_in()


def test_it_approves_a_sign_in_of_its_own_browser_in_a_second_tab(people: People) -> None:
    alice, first, here = paired_here(people)
    forget_who_knows_it(first)
    first.sign_in(alice)
    here.approve(first.number())
    first.is_in()


def test_a_stronger_device_is_added_with_a_code_by_mail_because_the_weak_one_vouches_for_nothing(
    people: People,
) -> None:
    alice, first, _ = paired_here(people)
    people.nod.outbox.forget()
    first.open("/security/authenticators/add/")
    expect(first.page.locator("a[data-pair-link]")).to_be_visible()
    phone = people.phone()
    people.pair(first, phone)
    third = people.laptop()
    third.sign_in(alice)
    phone.approve(third.number())
    third.is_in()


def test_two_tabs_ask_and_answer_side_by_side(people: People) -> None:
    alice, first, here = paired_here(people)
    forget_who_knows_it(first)
    first.sign_in(alice)
    number = first.number()
    here.is_asked()
    here.page.fill("[name=number]", number)
    press(here.page, "Approve")
    here.says("Approved")
    first.is_in()
