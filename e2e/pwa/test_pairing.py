"""From a pairing link to two words, and what the browser keeps."""

from playwright.sync_api import Page, expect

from authenticator.words import words_of
from e2e import axe
from e2e.pwa.screens import heading, look, press
from e2e.pwa.scripted import Scripted

READ_KEY = """async () => {
  const database = await new Promise((ok) => {
    indexedDB.open("nod-authenticator").onsuccess = (event) => ok(event.target.result); });
  const store = database.transaction("devices").objectStore("devices");
  const rows = await new Promise((ok) => { store.getAll().onsuccess = (event) =>
    ok(event.target.result); });
  const exported = await Promise.all(["jwk", "pkcs8", "raw"].map((form) =>
    crypto.subtle.exportKey(form, rows[0].key).then(() => form, () => "")));
  return { extractable: rows[0].key.extractable, exported: exported.join(""),
    usages: rows[0].key.usages };
}"""


def test_the_link_s_token_leaves_the_address_bar_at_once(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    expect(phone.locator("[data-pair]")).to_be_visible()
    assert phone.url == f"{server.origin}/authenticator/pair/"
    phone.go_back()
    assert server.token not in phone.url


def test_the_phone_says_which_account_it_would_speak_for(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    expect(phone.locator("main")).to_contain_text(
        "It will approve sign-ins for Alice Martin (alice) at"
    )
    expect(phone.locator("[name=device_name]")).not_to_have_value("")
    assert axe.findings(phone) == []


def test_both_screens_can_show_the_same_two_words(server: Scripted, phone: Page) -> None:
    phone.goto(f"{server.origin}/authenticator/pair/#{server.token}")
    press(phone, "Pair this phone")
    phone.locator(".two-words b").last.wait_for()
    words = " ".join(phone.locator(".two-words b").all_text_contents())
    assert words == " ".join(words_of(server.devices[0].key.thumbprint))
    assert axe.findings(phone) == []


def test_the_key_signs_and_cannot_be_taken_out(paired: Page) -> None:
    assert paired.evaluate(READ_KEY) == {"extractable": False, "exported": "", "usages": ["sign"]}


def test_a_name_is_asked_for_and_cut_to_what_the_protocol_takes(
    server: Scripted, phone: Page
) -> None:
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
