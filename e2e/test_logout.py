"""Signing out, and what the back button shows afterwards."""

from playwright.sync_api import expect

from e2e.pages import heading
from e2e.people import People


def test_signing_out_ends_the_session(people: People) -> None:
    alice, laptop = people.newcomer()
    laptop.sign_out()
    laptop.is_out()
    laptop.sign_in(alice)
    laptop.is_in()


def test_the_back_button_after_it_shows_no_private_page(people: People) -> None:
    alice, laptop = people.newcomer()
    laptop.open("/security/")
    laptop.sign_out()
    for _ in range(3):
        laptop.page.go_back()
        expect(laptop.page.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)
        expect(laptop.page.locator("body")).not_to_contain_text(alice.email)


def test_a_link_from_elsewhere_only_asks(people: People) -> None:
    _, laptop = people.newcomer()
    page = laptop.open("/logout/")
    expect(heading(page, "Sign out?")).to_be_visible()
    laptop.open("/")
    laptop.is_in()


def test_another_browser_is_signed_out_from_the_security_page(people: People) -> None:
    alice, first, phone = people.paired()
    third = people.laptop()
    third.sign_in(alice)
    phone.approve(third.number())
    third.is_in()
    page = first.open("/security/")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_role("status")).to_contain_text("Signed out everywhere else.")
    third.is_out()
    first.open("/")
    first.is_in()
