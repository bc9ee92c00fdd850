"""What the authenticator shows and sends, screen by screen, against endpoints that check every signature."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from authenticator.words import words_of
from e2e import axe
from e2e.scripted import Scripted
from e2e.server import Nod

PHONE = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}
KEYBOARD_OPEN = {"width": 360, "height": 430}
READ_KEY = """async () => {
  const database = await new Promise((ok) => { indexedDB.open("nod-authenticator").onsuccess = (event) => ok(event.target.result); });
  const store = database.transaction("devices").objectStore("devices");
  const rows = await new Promise((ok) => { store.getAll().onsuccess = (event) => ok(event.target.result); });
  const exported = await Promise.all(["jwk", "pkcs8", "raw"].map((form) => crypto.subtle.exportKey(form, rows[0].key).then(() => form, () => "")));
  return { extractable: rows[0].key.extractable, exported: exported.join(""), usages: rows[0].key.usages };
}"""


@pytest.fixture
def server(nod: Nod) -> Scripted:
    return Scripted(nod.authenticator_origin)


@pytest.fixture
def phone(server: Scripted, new_browser: Callable[..., BrowserContext]) -> Page:
    """A phone that has not paired. Its service worker is off, so that every call comes to the script."""
    context = new_browser(service_workers="block", **PHONE)
    server.install(context)
    return context.new_page()


@pytest.fixture
def paired(server: Scripted, phone: Page) -> Page:
    return server.pair(phone)


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", name=text, exact=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look(page: Page) -> None:
    """Asks the inbox now; without it each test would wait two seconds for the next round."""
    page.evaluate("dispatchEvent(new Event('online'))")


def asked(page: Page) -> None:
    look(page)
    expect(heading(page, "Are you signing in?")).to_be_visible()


def approve(page: Page, number: str = "482") -> None:
    asked(page)
    page.fill("[name=number]", number)
    press(page, "Approve")


# Pairing


def test_the_link_s_token_leaves_the_address_bar_at_once(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    expect(phone.locator("[data-pair]")).to_be_visible()
    assert phone.url == f"{server.origin}/authenticator/pair/"
    phone.go_back()
    assert server.token not in phone.url


def test_the_phone_says_which_account_it_would_speak_for(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    expect(phone.locator("main")).to_contain_text("It will approve sign-ins for Alice Martin (alice) at")
    expect(phone.locator("[name=device_name]")).not_to_have_value("")
    assert axe.findings(phone) == []


def test_both_screens_can_show_the_same_two_words(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    press(phone, "Pair this phone")
    words = " ".join(phone.locator(".two-words b").all_text_contents())
    assert words == " ".join(words_of(server.devices[0].key.thumbprint))
    assert axe.findings(phone) == []


def test_the_key_signs_and_cannot_be_taken_out(paired: Page) -> None:
    assert paired.evaluate(READ_KEY) == {"extractable": False, "exported": "", "usages": ["sign"]}


def test_a_name_is_asked_for_and_cut_to_what_the_protocol_takes(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    phone.fill("[name=device_name]", " \u202e ")
    press(phone, "Pair this phone")
    expect(phone.locator("[name=device_name]")).to_be_focused()
    expect(phone.get_by_text("Give it a name that you will know again.")).to_be_visible()
    assert server.devices == []
    phone.fill("[name=device_name]", " Kitchen\u202e tablet ")
    press(phone, "Pair this phone")
    phone.locator(".two-words").wait_for()
    assert server.devices[0].name == "Kitchen  tablet"


def test_a_used_link_and_a_cut_link_say_so_kindly(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{'A' * 43}")
    expect(heading(phone, "This link no longer works")).to_be_visible()
    phone.goto(f"{server.origin}/authenticator/pair/#abc")
    expect(heading(phone, "This link is incomplete")).to_be_visible()


def test_a_second_link_opened_in_the_same_window_counts(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{'A' * 43}")
    expect(heading(phone, "This link no longer works")).to_be_visible()
    phone.evaluate(f"location.hash = '{server.token}'")
    expect(phone.locator("[data-pair]")).to_be_visible()
    assert phone.url.endswith("/pair/")


def test_pairing_survives_a_bad_line_and_a_wrong_clock(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    phone.locator("[data-pair]").wait_for()
    server.fault = "down"
    press(phone, "Pair this phone")
    expect(phone.get_by_text("No connection. Nothing is lost: try again.")).to_be_visible()
    server.fault, server.ahead = "", 3600
    press(phone, "Pair this phone")
    expect(phone.locator(".two-words")).to_be_visible()


def test_two_accounts_live_side_by_side_in_one_browser(server: Scripted, paired: Page) -> None:
    server.pair(paired, name="Pixel 8 again")
    assert len({one.key.thumbprint for one in server.devices}) == 2
    expect(paired.get_by_text("Pixel 8 again, paired on")).to_be_visible()
    expect(paired.get_by_text("Pixel 8, paired on")).to_be_visible()


def test_until_the_other_screen_says_yes_the_phone_waits(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    press(phone, "Pair this phone")
    phone.locator(".two-words").wait_for()
    server.devices[0].listening = False
    phone.goto(f"{server.origin}/authenticator/")
    expect(phone.get_by_text("Almost there, Alice Martin")).to_be_visible()
    server.devices[0].listening = True
    look(phone)
    expect(phone.get_by_text("The key of Alice Martin is in this browser")).to_be_visible()


def test_a_removed_device_says_so_and_can_drop_its_key(server: Scripted, paired: Page) -> None:
    server.devices[0].listening = False
    look(paired)
    expect(paired.get_by_text("No longer the authenticator of Alice Martin")).to_be_visible()
    press(paired, "Remove its key")
    expect(heading(paired, "No account yet")).to_be_visible()


# The question


def test_every_signed_field_is_on_the_screen(server: Scripted, paired: Page) -> None:
    question = server.ask(account="alice@example.org", weather="rain", floor=3, gone=None)
    asked(paired)
    shown = paired.locator("main").inner_text()
    for text in (
        "alice@example.org",
        "Nod",
        "Lyon, France",
        "192.0.2.44",
        "Firefox on Linux",
        "Just now",
        "weather: rain",
        "floor: 3",
        "gone: not known",
    ):
        assert text in shown
    assert re.search(r"[12]:\d\d left to answer", shown)
    assert re.search(r"You should be at localhost:\d+", shown)
    approve(paired)
    expect(heading(paired, "Approved")).to_be_visible()
    assert question.state == "approved"


def test_what_the_server_does_not_know_has_words(server: Scripted, paired: Page) -> None:
    server.ask(place=None, ip=None, browser=None, os=None)
    asked(paired)
    shown = paired.locator("main").inner_text()
    for text in ("Place not known", "Address not known", "A browser we do not know on a system we do not know"):
        assert text in shown


def test_markup_in_a_field_is_text(server: Scripted, paired: Page) -> None:
    server.ask(browser="<img src=x onerror=alert(1)>", app="<b>Nod</b>", x="<svg onload=alert(1)>")
    asked(paired)
    shown = paired.locator("main").inner_text()
    assert "<img src=x onerror=alert(1)> on Linux" in shown
    assert "x: <svg onload=alert(1)>" in shown


def test_a_context_outside_the_protocol_is_not_offered(server: Scripted, paired: Page) -> None:
    server.ask(nested={"a": 1})
    look(paired)
    expect(paired.get_by_text("A request for Alice Martin cannot be shown")).to_be_visible()
    assert paired.get_by_role("button", name="Approve").count() == 0


@pytest.mark.parametrize(
    ("extra", "complete", "incomplete"),
    [
        ({"digits": 3}, ["482", "4 8 2", "4829"], ["48", "４８２", "abc"]),
        ({"digits": 6}, ["482913", "482 913"], ["482", "48291"]),
        ({}, ["482", "482913"], ["48", "4829"]),
    ],
)
def test_approve_waits_for_the_whole_number(
    server: Scripted, paired: Page, extra: dict[str, int], complete: list[str], incomplete: list[str]
) -> None:
    server.extra = extra
    server.ask()
    asked(paired)
    field, button = paired.locator("[name=number]"), paired.get_by_role("button", name="Approve", exact=True)
    expect(field).to_be_focused()
    for typed in complete:
        field.fill("")
        field.press_sequentially(typed)
        expect(button).to_be_enabled()
    for typed in incomplete:
        field.fill("")
        field.press_sequentially(typed)
        expect(button).to_be_disabled()


def test_the_field_shows_how_many_digits_there_are(server: Scripted, paired: Page) -> None:
    server.extra = {"digits": 6}
    server.ask(number="482913")
    asked(paired)
    expect(paired.locator("[name=number]")).to_have_attribute("placeholder", "––––––")
    approve(paired, "482 913")
    expect(heading(paired, "Approved")).to_be_visible()


def test_it_works_by_keyboard_alone(server: Scripted, paired: Page) -> None:
    server.ask()
    asked(paired)
    paired.keyboard.type("482")
    paired.keyboard.press("Enter")
    expect(heading(paired, "Approved")).to_be_visible()
    expect(heading(paired, "Approved")).to_be_focused()


@pytest.mark.parametrize(
    ("button", "title", "state"),
    [("Deny", "Denied. Nobody got in.", "denied"), ("It was not me", "Stopped. Nobody got in.", "not_me")],
)
def test_no_needs_no_number(server: Scripted, paired: Page, button: str, title: str, state: str) -> None:
    question = server.ask()
    asked(paired)
    press(paired, button)
    expect(heading(paired, title)).to_be_visible()
    assert question.state == state
    assert axe.findings(paired) == []


def test_a_wrong_number_ends_the_request(server: Scripted, paired: Page) -> None:
    question = server.ask()
    approve(paired, "111")
    expect(heading(paired, "That was another number")).to_be_visible()
    assert question.state == "wrong_number"
    press(paired, "Done")
    expect(paired.get_by_text("Another number for Firefox on Linux")).to_be_visible()


def test_a_request_that_runs_out_says_so(server: Scripted, paired: Page) -> None:
    server.ask(life=3)
    asked(paired)
    expect(heading(paired, "This request has run out")).to_be_visible()


def test_a_request_that_ended_elsewhere_leaves_the_screen(server: Scripted, paired: Page) -> None:
    question = server.ask()
    asked(paired)
    question.state = "superseded"
    look(paired)
    expect(heading(paired, "This request is over")).to_be_visible()


def test_an_answer_that_comes_second_is_told_so(server: Scripted, paired: Page) -> None:
    question = server.ask()
    asked(paired)
    paired.fill("[name=number]", "482")
    question.state = "denied"
    assert paired.title() == "Are you signing in? · nod"
    press(paired, "Approve")
    expect(heading(paired, "This request is over")).to_be_visible()


def test_two_requests_are_listed_and_one_wrong_number_ends_one(server: Scripted, paired: Page) -> None:
    theirs = server.ask(browser="Chrome", os="Windows", place="Oslo, Norway")
    mine = server.ask()
    look(paired)
    expect(heading(paired, "Several requests are open").or_(paired.get_by_role("button", name="Show all"))).to_be_visible()
    show_all = paired.get_by_role("button", name="Show all")
    if show_all.is_visible():
        show_all.click()
    rows = paired.locator(".list li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Oslo, Norway")
    assert paired.get_by_role("button", name="Approve").count() == 0
    assert axe.findings(paired) == []
    paired.get_by_role("button", name="Open the request from Chrome on Windows").click()
    expect(paired.get_by_text("Approve only the number you see.")).to_be_attached()
    approve(paired, "999")
    expect(heading(paired, "That was another number")).to_be_visible()
    press(paired, "Done")
    approve(paired)
    expect(heading(paired, "Approved")).to_be_visible()
    assert (theirs.state, mine.state) == ("wrong_number", "approved")


def test_a_second_request_does_not_take_the_number_being_typed(server: Scripted, paired: Page) -> None:
    server.ask()
    asked(paired)
    paired.keyboard.type("48")
    server.ask(browser="Chrome")
    look(paired)
    expect(paired.get_by_role("button", name="Show all")).to_be_visible()
    paired.keyboard.type("2")
    expect(paired.locator("[name=number]")).to_have_value("482")


def test_an_approval_can_be_taken_back_until_it_is_collected(server: Scripted, paired: Page) -> None:
    early, late = server.ask(), server.ask(browser="Chrome")
    late.state = "later"
    approve(paired)
    press(paired, "I approved this by mistake")
    expect(heading(paired, "Taken back. Nobody got in.")).to_be_visible()
    assert early.state == "denied"
    press(paired, "Done")
    late.state = "pending"
    approve(paired)
    expect(heading(paired, "Approved")).to_be_visible()
    late.state = "spent"
    press(paired, "I approved this by mistake")
    expect(heading(paired, "Too late to take back")).to_be_visible()
    expect(paired.get_by_role("link", name="Open Security")).to_have_attribute("href", re.compile(r"http://localhost:\d+/security/"))


# Bad lines and clocks


def test_an_answer_without_connection_is_kept_and_goes_out_by_itself(server: Scripted, paired: Page) -> None:
    question = server.ask()
    asked(paired)
    server.fault = "down"
    approve(paired)
    expect(paired.get_by_text("Your answer is kept and goes out by itself.")).to_be_visible()
    assert paired.get_by_role("button", name="Deny").is_disabled()
    server.fault = ""
    press(paired, "Try now")
    expect(heading(paired, "Approved")).to_be_visible()
    assert question.state == "approved"


def test_a_lost_answer_is_sent_again_byte_for_byte(server: Scripted, paired: Page) -> None:
    server.ask()
    asked(paired)
    paired.fill("[name=number]", "482")
    server.fault = "lost"
    press(paired, "Approve")
    expect(heading(paired, "Approved")).to_be_visible()
    assert len(server.bodies) == 2
    assert len(set(server.bodies)) == 1


def test_an_answer_survives_a_closed_page(server: Scripted, paired: Page) -> None:
    question = server.ask()
    asked(paired)
    server.fault = "down"
    approve(paired)
    expect(paired.get_by_text("Your answer is kept")).to_be_visible()
    server.fault = ""
    paired.goto(f"{server.origin}/authenticator/")
    expect(heading(paired, "Approved")).to_be_visible()
    assert question.state == "approved"


def test_a_wrong_clock_sets_itself_right(server: Scripted, paired: Page) -> None:
    server.ahead = -7200
    question = server.ask()
    approve(paired)
    expect(heading(paired, "Approved")).to_be_visible()
    assert question.state == "approved"


def test_a_kept_answer_that_became_too_old_is_signed_again(server: Scripted, paired: Page) -> None:
    question = server.ask(life=600)
    asked(paired)
    server.fault = "down"
    approve(paired)
    expect(paired.get_by_text("Your answer is kept")).to_be_visible()
    server.ahead, server.fault = 90, ""
    press(paired, "Try now")
    expect(heading(paired, "Approved")).to_be_visible()
    assert question.state == "approved"
    assert len(set(server.bodies)) == 2


def test_without_connection_the_home_page_says_so_and_recovers(server: Scripted, paired: Page) -> None:
    server.fault = "down"
    look(paired)
    expect(paired.get_by_text("No connection")).to_be_visible()
    server.fault = ""
    look(paired)
    expect(paired.get_by_text("Connected")).to_be_visible()


def test_a_request_on_the_screen_stays_while_the_line_is_down(server: Scripted, paired: Page) -> None:
    server.ask()
    asked(paired)
    server.fault = "down"
    look(paired)
    paired.wait_for_timeout(500)
    expect(heading(paired, "Are you signing in?")).to_be_visible()


# Looks


def test_all_three_answers_are_in_view_while_the_keyboard_is_open(server: Scripted, paired: Page) -> None:
    server.ask()
    asked(paired)
    paired.set_viewport_size(KEYBOARD_OPEN)  # type: ignore[arg-type]
    for name in ("Approve", "Deny", "It was not me"):
        expect(paired.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(paired.locator("[name=number]")).to_be_in_viewport(ratio=1)
    expect(paired.locator("[data-field=account]")).to_be_in_viewport(ratio=1)
    assert axe.findings(paired) == []


@pytest.mark.parametrize("width", [180, 320])
def test_nothing_runs_over_the_edge(server: Scripted, paired: Page, width: int) -> None:
    paired.set_viewport_size({"width": width, "height": 640})
    edge = "document.documentElement.scrollWidth"
    assert paired.evaluate(edge) == width
    server.ask(app="Hohenstein-Berg Logistics Customer Portal (staging)", ip="2001:db8:85a3:8d3:1319:8a2e:370:7348", account="m" * 40)
    asked(paired)
    assert paired.evaluate(edge) == width


def test_nothing_serious_is_found_on_the_home_page(paired: Page) -> None:
    assert axe.findings(paired) == []
