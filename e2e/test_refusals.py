"""No from the phone: deny, "it was not me" and a wrong number end a sign-in, and
both sides say so.
"""

import pytest
from playwright.sync_api import expect

from e2e import moments
from e2e.pages import Laptop, heading
from e2e.people import People
from e2e.person import Person, wrong

ONE_SENTENCE = "This sign-in was not approved"


def asked_again(people: People, alice: Person) -> Laptop:
    """Another unknown browser, after the password."""
    laptop = people.laptop()
    laptop.sign_in(alice)
    return laptop


def test_deny_ends_it_and_both_sides_say_so(people: People) -> None:
    alice, _, phone = people.paired()
    third = asked_again(people, alice)
    phone.answer("Deny")
    phone.says("Denied. Nobody got in.")
    expect(heading(third.page, ONE_SENTENCE)).to_be_visible()
    third.is_out()


def test_not_me_ends_it_mails_the_owner_and_both_sides_say_so(people: People) -> None:
    alice, _, phone = people.paired()
    people.nod.outbox.forget()
    third = asked_again(people, alice)
    phone.answer("It was not me")
    phone.says("Stopped. Nobody got in.")
    expect(heading(third.page, ONE_SENTENCE)).to_be_visible()
    third.is_out()
    mail = people.nod.outbox.next_mail(alice.email)
    assert mail.subject.startswith("You stopped a sign-in")
    assert "Pixel 8" in mail.text
    assert mail.code is None


def test_after_not_me_unknown_browsers_reach_neither_the_phone_nor_the_mailbox(
    people: People,
) -> None:
    alice, first, phone = people.paired()
    asked_again(people, alice)
    phone.answer("It was not me")
    phone.says("Stopped. Nobody got in.")
    people.nod.outbox.forget()
    fourth = asked_again(people, alice)
    expect(heading(fourth.page, "We cannot ask you right now")).to_be_visible()
    for refused in ("Ask", "Get a code"):
        assert fourth.page.get_by_role("button", name=refused).count() == 0
    expect(heading(phone.open(), "Nothing to approve")).to_be_visible()
    first.sign_out()
    first.sign_in(alice)
    first.is_in()


def test_a_way_that_was_not_offered_is_refused_when_it_is_sent_all_the_same(people: People) -> None:
    alice, _, phone = people.paired()
    people.nod.outbox.forget()
    asked_again(people, alice)
    phone.answer("It was not me")
    people.nod.outbox.next_mail(alice.email)
    before = moments.messages(people.nod, alice.username)
    fourth = asked_again(people, alice)
    fourth.page.locator("form[action='/login/cancel/']").evaluate(
        "form => form.action = '/login/choose/'"
    )
    fourth.page.locator("form[action='/login/choose/'] button").evaluate(
        "button => { button.name = 'way'; button.value = 'email'; button.click(); }"
    )
    expect(heading(fourth.page, "Too many requests in a row")).to_be_visible()
    assert moments.messages(people.nod, alice.username) == before


def test_a_wrong_number_ends_it_and_a_new_sign_in_works(people: People) -> None:
    alice, _, phone = people.paired()
    third = asked_again(people, alice)
    phone.approve(wrong(third.number()))
    phone.says("That was another number")
    expect(heading(third.page, ONE_SENTENCE)).to_be_visible()
    third.is_out()
    third.sign_in(alice)
    phone.page.get_by_role("button", name="Done").click()
    phone.approve(third.number())
    third.is_in()


def test_two_wrong_numbers_rest_the_phone(people: People) -> None:
    alice, _, phone = people.paired()
    for _ in range(2):
        third = asked_again(people, alice)
        phone.open()
        phone.approve(wrong(third.number()))
        phone.says("That was another number")
    fourth = asked_again(people, alice)
    expect(heading(fourth.page, "We cannot ask you right now")).to_be_visible()


@pytest.mark.parametrize(
    ("answer", "phone_says", "browser_says"),
    [
        ("Deny", "Denied. Nobody got in.", "You said no"),
        ("It was not me", "Stopped. Nobody got in.", "Stopped. Nobody got in."),
        ("a wrong number", "That was another number", "That was another number"),
    ],
)
def test_a_browser_that_is_the_person_s_own_reads_which_no_it_was(
    people: People, answer: str, phone_says: str, browser_says: str
) -> None:
    alice, first, phone = people.paired()
    first.prove(alice, "/security/password/")
    expect(heading(first.page, "Type this on Pixel 8")).to_be_visible()
    if answer == "a wrong number":
        phone.approve(wrong(first.number()))
    else:
        phone.answer(answer)
    phone.says(phone_says)
    expect(heading(first.page, browser_says)).to_be_visible()


def test_an_approval_by_mistake_is_taken_back_before_the_page_went_on(people: People) -> None:
    alice, _, phone = people.paired()
    third = asked_again(people, alice)
    number = third.number()
    third.page.route("**/login/state/", lambda route: route.abort())
    phone.approve(number)
    phone.page.get_by_role("button", name="I approved this by mistake").click()
    phone.says("Taken back. Nobody got in.")
    third.page.unroute("**/login/state/")
    expect(heading(third.page, ONE_SENTENCE)).to_be_visible()
    third.is_out()
