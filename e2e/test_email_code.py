"""A code by mail: the other way in, and the only one for who has no authenticator."""

from playwright.sync_api import expect

from e2e import moments
from e2e.pages import Laptop, heading, submit
from e2e.people import People
from e2e.person import Person, wrong
from e2e.waiting import pass_time, stop_time

PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
}"""


def by_mail(people: People) -> tuple[Person, Laptop, str]:
    """A person with a phone, in an unknown browser, who asked for a code instead; and the code."""
    alice, _ = people.with_key()
    people.nod.outbox.forget()
    moments.age_sends(people.nod, alice.username, seconds=31)
    third = people.laptop()
    third.sign_in(alice)
    third.choose("Get a code by e-mail")
    third.page.locator("[name=code]").wait_for()
    return alice, third, people.nod.outbox.next_code(alice.email)


def test_instead_of_the_phone(people: People) -> None:
    alice, third, code = by_mail(people)
    expect(third.page.locator("main")).to_contain_text(f"a•••{alice.username[-1]}@example.org")
    third.type_code(f"{code[:3]} {code[3:]}")
    third.is_in()


def test_who_has_no_authenticator_is_sent_to_the_mailbox_at_once(people: People) -> None:
    alice, _ = people.newcomer()
    moments.age_sends(people.nod, alice.username, seconds=31)
    third = people.laptop()
    third.sign_in(alice)
    third.type_code(people.nod.outbox.next_code(alice.email))
    third.is_in()


def test_a_wrong_code_says_how_many_tries_are_left_and_keeps_the_place(people: People) -> None:
    _, third, code = by_mail(people)
    for words in (
        "4 tries are left.",
        "3 tries are left.",
        "2 tries are left.",
        "One try is left.",
    ):
        third.type_code(wrong(code))
        expect(third.page.locator("main")).to_contain_text(f"That is not the code. {words}")
        expect(third.page.locator("[name=code]")).to_be_focused()
    third.type_code(code)
    third.is_in()


def test_after_five_wrong_codes_the_right_one_is_refused(people: People) -> None:
    _, third, code = by_mail(people)
    for _ in range(5):
        third.type_code(wrong(code))
        third.page.locator("[aria-invalid=true]").wait_for()
    third.type_code(code)
    expect(third.page.locator("main")).to_contain_text("This code does not work any more.")
    third.is_out()


def test_what_is_no_code_is_said_and_nothing_is_sent(people: People) -> None:
    _, third, _ = by_mail(people)
    third.page.fill("[name=code]", "12ab")
    third.page.locator("main button[type=submit]").first.click()
    assert third.page.locator("[name=code]").evaluate("field => field.validity.patternMismatch")
    assert third.page.url.endswith("/login/code/")


def test_another_code_can_be_sent_after_half_a_minute_and_the_first_is_dead(people: People) -> None:
    alice, third, old = by_mail(people)
    moments.hold_sends(people.nod, alice.username)
    third.page.reload()
    again = third.page.get_by_role("button", name="Send another code")
    expect(third.page.locator("[data-resend-wait]")).to_contain_text(
        "Nothing came? You can send another in"
    )
    expect(again).to_be_hidden()
    moments.release_sends(people.nod, alice.username)
    third.page.reload()
    again.click()
    new = people.nod.outbox.next_code(alice.email)
    third.type_code(old)
    expect(third.page.locator("main")).to_contain_text("That is not the code.")
    third.type_code(new)
    third.is_in()


def test_who_was_sent_a_code_just_now_reads_when_to_go_on(people: People) -> None:
    alice, _ = people.newcomer()
    moments.hold_sends(people.nod, alice.username)
    third = people.laptop()
    third.sign_in(alice)
    expect(heading(third.page, "One moment, please")).to_be_visible()
    expect(third.page.locator("main")).to_contain_text("You can be asked again in")
    expect(third.page.get_by_role("button", name="Get a code by e-mail")).to_be_disabled()
    moments.release_sends(people.nod, alice.username)
    third.page.reload()
    third.page.get_by_role("button", name="Get a code by e-mail").click()
    third.type_code(people.nod.outbox.next_code(alice.email))
    third.is_in()


def test_asking_too_soon_is_told_how_long_to_wait(people: People) -> None:
    alice, third, _ = by_mail(people)
    moments.hold_sends(people.nod, alice.username)
    third.page.locator("[data-resend] button").evaluate("button => button.click()")
    expect(heading(third.page, "Too many requests in a row")).to_be_visible()
    expect(third.page.locator("main")).to_contain_text("Please wait")


def test_the_button_for_another_code_comes_by_itself(people: People) -> None:
    alice, _ = people.newcomer()
    moments.age_sends(people.nod, alice.username, seconds=31)
    third = people.laptop()
    stop_time(third.page)
    third.sign_in(alice)
    third.page.locator("[name=code]").wait_for()
    moments.hold_sends(people.nod, alice.username)
    third.page.reload()
    wait, again = (
        third.page.locator("[data-resend-wait]"),
        third.page.get_by_role("button", name="Send another code"),
    )
    seconds = int(wait.get_attribute("data-resend-wait") or 0)
    pass_time(third.page, seconds - 1)
    expect(wait).to_contain_text("1 second.")
    expect(again).to_be_hidden()
    pass_time(third.page, 1)
    expect(again).to_be_visible()


def test_what_must_wait_can_be_pressed_when_its_time_has_come(people: People) -> None:
    alice, _ = people.newcomer()
    moments.hold_sends(people.nod, alice.username)
    third = people.laptop()
    stop_time(third.page)
    third.sign_in(alice)
    way = third.page.get_by_role("button", name="Get a code by e-mail")
    expect(heading(third.page, "One moment, please")).to_be_visible()
    third.page.wait_for_load_state()  # its script counts from here on
    seconds = int(way.get_attribute("data-later") or 0)
    pass_time(third.page, seconds - 1)
    expect(way).to_contain_text("In 1 second")
    expect(way).to_be_disabled()
    pass_time(third.page, 1)
    expect(way).to_be_enabled()
    moments.release_sends(people.nod, alice.username)
    way.click()
    third.type_code(people.nod.outbox.next_code(alice.email))
    third.is_in()


def test_a_form_that_was_refused_for_a_time_counts_it_down(people: People) -> None:
    alice, _ = people.newcomer()
    other = people.laptop()
    stop_time(other.page)
    other.open("/reset/")
    refused = other.page.locator("[data-later-form]")
    for _ in range(2):
        other.open("/reset/")
        other.page.fill("[name=email]", alice.email)
        submit(other.page)
    send = other.page.get_by_role("button", name="Send the link")
    expect(refused).to_contain_text("Too many requests in a row. Please wait")
    other.page.wait_for_load_state()
    seconds = int(refused.get_attribute("data-later") or 0)
    pass_time(other.page, seconds - 1)
    expect(refused).to_contain_text("1 second.")
    expect(send).to_be_disabled()
    pass_time(other.page, 1)
    expect(send).to_be_enabled()
    expect(refused).to_be_hidden()


def test_a_pasted_code_may_have_words_around_it(people: People) -> None:
    _, third, code = by_mail(people)
    third.page.locator("[name=code]").evaluate(PASTE, f"Your code is {code[:3]} {code[3:]}")
    expect(third.page.locator("[name=code]")).to_have_value(code)
