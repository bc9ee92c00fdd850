"""The second language: one press, remembered, and every flow goes on working, whichever sentences
are translated.
"""

from playwright.sync_api import Page, expect

from e2e.pages import ADD, Laptop, Phone
from e2e.people import People
from e2e.person import somebody


def is_french(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def in_french(people: People) -> Laptop:
    """A browser that asks for English, after a press on "Français"."""
    laptop = people.laptop()
    laptop.open("/login/")
    laptop.page.get_by_role("link", name="Français").click()
    is_french(laptop.page)
    return laptop


def approve(phone: Phone, number: str) -> None:
    """Like `Phone.approve`, without its English words."""
    phone.look()
    phone.page.fill("[name=number]", number)
    phone.page.locator("button[value=approve]").click()


def test_signing_up_pairing_and_signing_in(people: People) -> None:
    alice = somebody()
    first = in_french(people)
    first.sign_up(alice)
    is_french(first.page)
    first.confirm(alice)
    is_french(first.page)
    first.open(ADD)
    is_french(first.page)
    phone = people.phone(locale="fr-FR")
    is_french(phone.arrive(first.pairing_link()))
    words = phone.agree()
    assert first.say_yes() == words
    is_french(first.page)
    phone.open()
    third = in_french(people)
    third.sign_in(alice)
    is_french(third.page)
    approve(phone, third.number())
    third.is_in()
    is_french(third.page)


def test_the_browser_s_own_wish_counts_until_somebody_chooses(people: People) -> None:
    laptop = people.laptop(locale="fr-FR")
    is_french(laptop.open("/login/"))
    laptop.page.get_by_role("link", name="English").click()
    for path in ("/login/", "/signup/", "/help/"):
        expect(laptop.open(path).locator("html")).to_have_attribute("lang", "en")


def test_choosing_keeps_the_page_and_its_question(people: People) -> None:
    laptop = people.laptop()
    laptop.open("/login/?next=/security/")
    laptop.page.get_by_role("link", name="Français").click()
    expect(laptop.page.locator("[name=next]")).to_have_value("/security/")


def test_errors_too(people: People) -> None:
    laptop = in_french(people)
    answer = laptop.page.goto(f"{people.nod.origin}/nowhere/")
    assert answer is not None
    assert answer.status == 404
    is_french(laptop.page)
