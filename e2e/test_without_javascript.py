"""The login site works without JavaScript; only the authenticator needs it, and says so."""

from playwright.sync_api import expect

from e2e import moments
from e2e.pages import Laptop, heading
from e2e.people import People
from e2e.person import somebody


def without_scripts(people: People) -> Laptop:
    return people.laptop(java_script_enabled=False)


def test_the_wait_page_has_a_link_to_look_again_and_a_button_to_go_on(people: People) -> None:
    alice, _, phone = people.paired()
    third = without_scripts(people)
    third.sign_in(alice)
    number = third.number()
    third.page.locator("a[data-refresh]").click()
    assert third.number() == number
    phone.approve(number)
    phone.says("Approved")
    third.page.locator("a[data-refresh]").click()
    third.page.get_by_role("button", name="Go on").click()
    third.is_in()


def test_a_no_shows_at_the_next_look(people: People) -> None:
    alice, _, phone = people.paired()
    third = without_scripts(people)
    third.sign_in(alice)
    third.page.locator("[data-number]").wait_for()
    phone.answer("Deny")
    phone.says("Denied. Nobody got in.")
    third.page.locator("a[data-refresh]").click()
    expect(heading(third.page, "This sign-in was not approved")).to_be_visible()


def test_signing_up_pairing_and_the_code_by_mail(people: People) -> None:
    alice, first = somebody(), without_scripts(people)
    first.sign_up(alice)
    first.confirm(alice)
    phone = people.phone()
    phone.arrive(first.pairing_link())
    words = phone.agree()
    first.page.locator("main a[href='/security/authenticators/confirm/']").click()
    assert first.say_yes() == words
    phone.is_ready()
    third = without_scripts(people)
    third.sign_in(alice)
    third.page.locator("[data-number]").wait_for()
    people.nod.outbox.forget()
    moments.age_sends(people.nod, alice.username, seconds=31)
    third.page.locator("a[data-refresh]").click()
    third.choose("Get a code by e-mail")
    third.type_code(people.nod.outbox.next_code(alice.email))
    third.is_in()


def test_nothing_that_needs_scripts_is_shown(people: People) -> None:
    laptop = without_scripts(people)
    laptop.open("/login/")
    assert laptop.page.get_by_role("button", name="Show password").count() == 0
    laptop.sign_up(somebody())
    expect(laptop.page.locator("[data-resend]")).to_be_hidden()


def test_the_authenticator_says_that_it_needs_scripts(people: People) -> None:
    phone = people.phone(java_script_enabled=False)
    expect(heading(phone.open(), "The authenticator needs JavaScript")).to_be_visible()
