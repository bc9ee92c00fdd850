"""A browser in which a sign-in was approved needs the password only; every other one is asked,
always.
"""

from playwright.sync_api import expect

from e2e.pages import heading
from e2e.people import People

HOME = "81.2.69.142"


def test_three_browsers_on_one_machine_are_three(people: People) -> None:
    alice, first, phone = people.paired(address=HOME)
    second, third = people.laptop(address=HOME), people.laptop(address=HOME)
    second.sign_in(alice)
    phone.approve(second.number())
    second.is_in()
    for known in (first, second):
        known.sign_out()
        known.sign_in(alice)
        known.is_in()
    third.sign_in(alice)
    third.page.locator("[data-number]").wait_for()


def test_a_forgotten_browser_is_asked_again(people: People) -> None:
    alice, first, phone = people.paired()
    page = first.open("/security/")
    page.get_by_role("button", name="Forget").click()
    expect(page.get_by_role("status")).to_contain_text("It is asked again next time.")
    first.sign_out()
    first.sign_in(alice)
    phone.approve(first.number())
    first.is_in()


def test_a_browser_known_to_one_person_is_new_to_another(people: People) -> None:
    _, shared = people.newcomer()
    bob, _, phone = people.paired()
    shared.sign_out()
    shared.sign_in(bob)
    phone.approve(shared.number())
    shared.is_in()


def test_a_password_alone_makes_no_browser_known(people: People) -> None:
    alice, _ = people.with_key()
    third = people.laptop()
    for _ in range(2):
        third.sign_in(alice)
        third.page.locator("[data-number]").wait_for()
        third.page.get_by_role("button", name="Cancel this sign-in").click()
        expect(heading(third.page, "Sign in")).to_be_visible()
    third.is_out()
