"""A new password by mail: never around the authenticator of who has one."""

from playwright.sync_api import expect

from e2e import moments
from e2e.pages import heading, submit
from e2e.people import People
from e2e.person import somebody

NEW = "another walk, another river"


def test_who_has_only_a_mailbox_sets_it_by_the_link(people: People) -> None:
    alice, first = people.newcomer()
    other = people.laptop()
    other.ask_for_link(alice)
    other.page.goto(people.nod.outbox.next_link(alice.email, "/link/reset/"))
    assert "/link/" not in other.page.url
    other.set_password(NEW)
    expect(heading(other.page, "Your new password is set")).to_be_visible()
    first.is_out()
    other.sign_in(alice)
    expect(other.page.get_by_role("alert")).to_be_visible()
    moments.age_sends(people.nod, alice.username, seconds=31)
    people.nod.outbox.forget()
    other.sign_in(alice, password=NEW)
    other.type_code(people.nod.outbox.next_code(alice.email))
    other.is_in()


def test_who_has_an_authenticator_is_asked_there_first(people: People) -> None:
    alice, first, phone = people.paired()
    other = people.laptop()
    other.ask_for_link(alice)
    other.page.goto(people.nod.outbox.next_link(alice.email, "/link/reset/"))
    expect(heading(other.page, "First, your authenticator")).to_be_visible()
    assert other.page.locator("[name=password]").count() == 0
    submit(other.page)
    number = other.number()
    assert other.page.get_by_role("button", name="e-mail").count() == 0
    phone.approve(number)
    other.set_password(NEW)
    expect(heading(other.page, "Your new password is set")).to_be_visible()
    first.is_out()
    other.sign_in(alice, password=NEW)
    phone.open()
    phone.approve(other.number())
    other.is_in()


def test_a_no_on_the_phone_leaves_the_password_as_it_was(people: People) -> None:
    alice, first, phone = people.paired()
    other = people.laptop()
    other.ask_for_link(alice)
    link = people.nod.outbox.next_link(alice.email, "/link/reset/")
    other.page.goto(link)
    submit(other.page)
    other.page.locator("[data-number]").wait_for()
    phone.answer("Deny")
    expect(heading(other.page, "This sign-in was not approved")).to_be_visible()
    other.open("/reset/new/")
    assert other.page.locator("[name=password]").count() == 0
    first.sign_out()
    first.sign_in(alice)
    first.is_in()


def test_a_link_works_once(people: People) -> None:
    alice, _ = people.newcomer()
    other = people.laptop()
    other.ask_for_link(alice)
    link = people.nod.outbox.next_link(alice.email, "/link/reset/")
    other.page.goto(link)
    other.set_password(NEW)
    expect(heading(other.page, "Your new password is set")).to_be_visible()
    other.page.goto(link)
    expect(heading(other.page, "This link has ended")).to_be_visible()


def test_an_unknown_address_reads_the_same(people: People) -> None:
    alice, laptop = people.newcomer()
    laptop.sign_out()
    words = []
    for person in (alice, somebody("nobody")):
        laptop.ask_for_link(person)
        words.append(laptop.page.locator("main").inner_text())
    assert words[0] == words[1]
