"""Every page on the way in, in light and dark, on a phone and at 200 %, with the longest names:
nothing serious, nothing over the edge.
"""

from playwright.sync_api import Page

from e2e import moments
from e2e.looks import Look
from e2e.pages import ADD, Phone, heading, submit
from e2e.people import People
from e2e.person import LONG_DEVICE, longest, wrong


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
    page.locator("main form").first.evaluate(
        "form => { form.noValidate = true; form.requestSubmit(); }"
    )
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
    alice, _, phone = people.paired(longest(), LONG_DEVICE)
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
    moments.end_questions(people.nod, alice.username)
    look.at(third.page, "The time ran out")
    third.sign_in(alice)
    phone.open()
    phone.answer("Deny")
    look.at(phone.page, "Denied")
    look.at(third.page, "This sign-in was not approved")
    third.sign_in(alice)
    phone.open()
    phone.answer("It was not me")
    look.at(phone.page, "Stopped")
    look.at(third.page, "This sign-in was not approved")
    third.sign_in(alice)
    look.at(third.page, "We cannot ask you right now")


def test_two_questions_at_once(people: People, look: Look) -> None:
    alice, _, phone = people.paired(longest(), LONG_DEVICE)
    laptops = people.laptop(), people.laptop()
    for laptop in laptops:
        laptop.sign_in(alice)
        laptop.page.locator("[data-number]").wait_for()
    phone.open()
    look.at(phone.page, "Several requests are open")
    phone.page.get_by_role("button", name="Open").first.click()
    look.at(phone.page, "Are you signing in")


def test_without_scripts_and_approved(people: People, look: Look) -> None:
    alice, _, phone = people.paired(longest(), LONG_DEVICE)
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


def test_an_empty_authenticator(people: People, look: Look) -> None:
    phone = people.phone()
    look.at(phone.open(), "No account yet")
    phone.page.goto(f"{people.nod.authenticator_origin}/authenticator/pair/#{'A' * 43}")
    look.at(phone.page, "This link no longer works")
    assert heading(phone.page, "This link no longer works").count() == 1
