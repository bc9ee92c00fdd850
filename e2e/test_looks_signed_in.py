"""Every page behind a sign-in, in light and dark, on a phone and at 200 %, with the longest names:
nothing serious, nothing over the edge.
"""

from playwright.sync_api import expect

from e2e.looks import Look
from e2e.pages import submit
from e2e.people import People
from e2e.person import LONG_DEVICE, longest, wrong
from e2e.staff import made


def test_a_browser_of_one_s_own_and_the_pages_behind_a_proof(people: People, look: Look) -> None:
    alice, laptop, phone = people.paired(longest(), LONG_DEVICE)
    look.at(laptop.open("/logout/"), "Sign out")
    look.at(laptop.open("/security/password/"), "Is it still you")
    for answer, title in {
        "Deny": "You said no",
        "wrong": "That was another number",
        "It was not me": "Stopped",
    }.items():
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
    alice, laptop, phone = people.paired(longest(), LONG_DEVICE)
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
    alice, _, phone = people.paired(longest(), LONG_DEVICE)
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
    alice, _ = people.with_key(longest(), LONG_DEVICE)
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
        # of hundreds of rows, those with the longest names
        look.at(laptop.open(f"/admin/{path}?q={alice.username}"), "Select|")
        laptop.page.locator("#result_list tbody tr a").first.click()
        look.at(laptop.page, "")
    look.at(laptop.open("/admin/nowhere/"), "There is no such page")


def test_the_outbox(people: People, look: Look) -> None:
    people.newcomer(longest())
    page = people.laptop(address="").page
    page.goto(people.nod.outbox_link)
    look.at(page, "Outbox")
