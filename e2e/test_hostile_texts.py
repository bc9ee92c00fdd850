"""Markup and direction marks in every text that people choose: shown as text, on every page, and no
script of theirs runs.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from e2e.pages import Laptop, Phone, heading, submit
from e2e.people import People
from e2e.person import PASSWORD, Person, somebody
from e2e.staff import ready

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "{{constructor.constructor('alert(1)')()}}",
    "javascript:alert(1)//",
    "</title><script>alert(1)</script>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
]
IN_USER_AGENT = (
    'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0 <script>alert(1)</script>"><img src=x'
    " onerror=alert(1)>"
)


@pytest.fixture
def dialogs(new_browser: Callable[..., BrowserContext]) -> Iterator[list[str]]:
    """What the pages of the test put up; nothing, one hopes."""
    put_up: list[str] = []
    yield put_up
    assert put_up == []


@pytest.fixture
def cast(people: People, dialogs: list[str]) -> People:
    """People whose every page is watched for dialogs."""
    ordinary = people.new_browser

    def close(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    def watched(**options: object) -> BrowserContext:
        context = ordinary(**options)
        context.on("dialog", close)
        return context

    people.new_browser = watched
    return people


def reads(page: Page, text: str) -> None:
    """The text stands there letter by letter."""
    expect(page.locator("body")).to_contain_text(text)


@pytest.mark.parametrize(("name", "device"), list(zip(CORPUS[::2], CORPUS[1::2], strict=True)))
def test_as_name_and_device_name(cast: People, name: str, device: str) -> None:
    alice, laptop, phone = hostile(cast, name, device)
    reads(laptop.open("/"), name.split(maxsplit=1)[0])
    page = laptop.open("/security/")
    row = page.locator("li", has_text=device)
    expect(row).to_have_count(1)
    row.get_by_role("link", name="Manage").click()
    page.fill("[name=password]", alice.password)
    submit(page)
    reads(page, device)
    phone.approve(laptop.number())
    expect(heading(page, device)).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value(device)
    reads(phone.open(), name)


def hostile(cast: People, name: str, device: str) -> tuple[Person, Laptop, Phone]:
    """Somebody who calls herself and her phone so."""
    alice, laptop = cast.newcomer(somebody(full_name=name))
    phone = cast.phone()
    reads(phone.arrive(laptop.pairing_link()), name)
    phone.agree(device)
    laptop.page.locator("button[data-confirm-device]").wait_for()
    reads(laptop.page, device)
    laptop.say_yes()
    phone.is_ready()
    return alice, laptop, phone


def test_as_user_agent_and_in_the_ledger(cast: People) -> None:
    name, device = CORPUS[:2]
    alice, first, phone = hostile(cast, name, device)
    third = cast.laptop(user_agent=IN_USER_AGENT)
    third.sign_in(alice)
    number = third.number()
    phone.is_asked()
    assert phone.page.locator("main img, main script").count() == 0
    phone.approve(number)
    third.is_in()
    reads(first.open("/security/"), "Firefox on Linux")
    _, root, _ = ready(cast)
    page = root.open("/admin/risk/loginlog/")
    page.locator("#result_list tbody tr", has_text="Firefox").get_by_role("link").first.click()
    for text in (name, device, IN_USER_AGENT):
        reads(page, text)
    reads(root.open("/admin/accounts/user/"), name)
    page.get_by_role("link", name=alice.username, exact=True).click()
    reads(page, name)


def test_as_username_it_is_refused_and_shown_as_it_was_typed(cast: People) -> None:
    page = cast.laptop().page
    for text in CORPUS:
        page.goto(f"{cast.nod.origin}/signup/")
        for name, value in {
            "full_name": text,
            "username": text[:40],
            "email": "alice@example.org",
            "password": PASSWORD,
        }.items():
            page.fill(f"[name={name}]", value)
        submit(page)
        expect(page.locator("[name=username]")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("[name=username]")).to_have_value(text[:40])
        expect(page.locator("[name=full_name]")).to_have_value(text)


def test_as_the_place_to_go_to_it_leads_home(cast: People) -> None:
    alice, laptop = cast.newcomer()
    for elsewhere in (
        "javascript:alert(1)",
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "/%09/evil.example/",
    ):
        laptop.sign_out()
        laptop.open("/login/")
        laptop.page.locator("[name=next]").evaluate(
            "(field, value) => { field.value = value; }", elsewhere
        )
        laptop.page.fill("[name=username]", alice.username)
        laptop.page.fill("[name=password]", alice.password)
        submit(laptop.page)
        expect(laptop.page).not_to_have_url(f"{cast.nod.origin}/login/")
        assert laptop.page.url.startswith(f"{cast.nod.origin}/")


def test_on_the_error_page(cast: People) -> None:
    laptop = cast.laptop()
    laptop.open("/<script>alert(1)<script>/?x=<img src=x onerror=alert(1)>")
    expect(heading(laptop.page, "There is no such page")).to_be_visible()
