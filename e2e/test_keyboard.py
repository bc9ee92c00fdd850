"""A whole sign-in without a mouse or a finger: Tab, Enter and typing, and the focus can be seen at
every stop.
"""

from playwright.sync_api import Locator, Page, expect

from e2e import moments
from e2e.pages import ADD, heading
from e2e.people import People
from e2e.person import somebody

STOPS = 40  # presses of Tab within which everything on a page is reached
SEEN = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const halo = style.boxShadow !== "none" && parseFloat(style.borderTopWidth) >= 1;
  return one === document.body || ring || halo ? "" : one.outerHTML.slice(0, 120);
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus; at each stop on the way it
    must be seen where that is."""
    target.wait_for()
    for _ in range(STOPS):
        if target.evaluate("element => element === document.activeElement"):
            assert page.evaluate(SEEN) == "", "the focus cannot be seen"
            return
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == "", "the focus cannot be seen"
    raise AssertionError(f"Tab never reached {target}")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def fill(page: Page, fields: dict[str, str]) -> None:
    for name, text in fields.items():
        tab_to(page, page.locator(f"[name={name}]"))
        page.keyboard.type(text)


def test_signing_in_and_approving(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    page = third.open("/login/")
    fill(page, {"username": alice.username, "password": alice.password})
    page.keyboard.press("Enter")
    number = third.number()
    phone.is_asked()
    tab_to(phone.page, phone.page.locator("[name=number]"))
    phone.page.keyboard.type(number)
    tab_to(phone.page, button(phone.page, "Approve"))
    phone.page.keyboard.press("Enter")
    phone.says("Approved")
    third.is_in()


def test_denying(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.sign_in(alice)
    phone.is_asked()
    tab_to(phone.page, button(phone.page, "It was not me"))
    phone.page.keyboard.press("Enter")
    phone.says("Stopped. Nobody got in.")
    expect(heading(third.page, "This sign-in was not approved")).to_be_visible()


def test_another_way_and_its_code(people: People) -> None:
    alice, _ = people.with_key()
    moments.age_sends(people.nod, alice.username, seconds=31)
    people.nod.outbox.forget()
    third = people.laptop()
    third.sign_in(alice)
    tab_to(third.page, third.page.locator("details summary"))
    third.page.keyboard.press("Enter")
    tab_to(third.page, third.page.get_by_role("button", name="Get a code by e-mail"))
    third.page.keyboard.press("Enter")
    fill(third.page, {"code": people.nod.outbox.next_code(alice.email)})
    third.page.keyboard.press("Enter")
    third.is_in()


def test_signing_up_and_pairing(people: People) -> None:
    alice, laptop, phone = somebody(), people.laptop(), people.phone()
    page = laptop.open("/signup/")
    fill(
        page,
        {
            "full_name": alice.full_name,
            "username": alice.username,
            "email": alice.email,
            "password": alice.password,
        },
    )
    tab_to(page, button(page, "Create account"))
    page.keyboard.press("Enter")
    fill(page, {"code": people.nod.outbox.next_code(alice.email)})
    page.keyboard.press("Enter")
    laptop.is_in()
    tab_to(page, page.locator(f"main a[href='{ADD}']"))
    page.keyboard.press("Enter")
    phone.arrive(laptop.page.locator("a[data-pair-link]").get_attribute("href") or "")
    tab_to(phone.page, phone.page.locator("button[data-pair]"))
    phone.page.keyboard.press("Enter")
    tab_to(page, page.locator("button[data-confirm-device]"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("can approve your sign-ins from now on")


def test_the_focus_goes_to_what_is_wrong(people: People) -> None:
    laptop = people.laptop()
    laptop.sign_in(somebody("nobody"))
    expect(laptop.page.locator("[name=password]")).to_be_focused()
    assert laptop.page.evaluate(SEEN) == ""


def test_the_content_can_be_reached_past_the_navigation(people: People) -> None:
    _, laptop = people.newcomer()
    page = laptop.open("/security/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    assert page.evaluate(SEEN) == ""
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
