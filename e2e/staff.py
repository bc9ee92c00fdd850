"""An administrator's way in, as far as a test needs it."""

import re

from playwright.sync_api import expect

from e2e.pages import Laptop, Phone, heading, submit
from e2e.people import People
from e2e.person import Person, somebody
from e2e.server import Nod


def made(nod: Nod) -> tuple[Person, str]:
    """A staff account as `make admin` makes it, and the link that it printed."""
    root = somebody("root", "Robin Root")
    printed = nod.manage(
        "make_admin",
        "--username",
        root.username,
        "--email",
        root.email,
        "--full-name",
        root.full_name,
    )
    return root, next(line for line in printed.splitlines() if "/link/enrol/" in line)


def enrolled(people: People) -> tuple[Person, Laptop]:
    """After the link and the password, before any authenticator."""
    root, link = made(people.nod)
    laptop = people.laptop()
    laptop.page.goto(link)
    assert "/link/" not in laptop.page.url
    laptop.set_password(root.password)
    laptop.page.locator("a[data-pair-link]").wait_for()
    return root, laptop


def ready(people: People) -> tuple[Person, Laptop, Phone]:
    """With an authenticator, and signed in with it."""
    root, laptop = enrolled(people)
    phone = people.phone(service_workers="block")
    people.pair(laptop, phone)
    expect(heading(laptop.page, "Your authenticator is ready")).to_be_visible()
    submit(laptop.page)
    laptop.sign_in(root, "/login/?next=/admin/")
    number = laptop.number()
    assert re.fullmatch("[0-9]{6}", number)
    phone.approve(number)
    expect(laptop.page).to_have_url(f"{people.nod.origin}/admin/")
    return root, laptop, phone
