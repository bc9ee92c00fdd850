"""What is asked, what can be pressed, and what follows."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e import axe
from e2e.pwa.screens import approve, asked, heading, look, press
from e2e.pwa.scripted import Scripted


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
    assert "10:00 left to answer" in shown
    assert re.search(r"You should be at localhost:\d+", shown)
    approve(paired)
    expect(heading(paired, "Approved")).to_be_visible()
    assert question.state == "approved"


def test_why_nod_is_careful_is_told_where_there_is_something_to_tell(
    server: Scripted, paired: Page
) -> None:
    server.ask(careful="A browser you have not used before.")
    asked(paired)
    expect(paired.locator("[data-field=careful]")).to_have_text(
        "A browser you have not used before."
    )
    approve(paired)
    expect(heading(paired, "Approved")).to_be_visible()
    server.ask()
    server.pass_time(paired, 5)  # to read what came of the first
    asked(paired)
    expect(paired.locator("[data-field=careful]")).to_have_count(0)


def test_what_the_server_does_not_know_has_words(server: Scripted, paired: Page) -> None:
    server.ask(place=None, ip=None, browser=None, os=None)
    asked(paired)
    shown = paired.locator("main").inner_text()
    for text in (
        "Place not known",
        "Address not known",
        "A browser we do not know on a system we do not know",
    ):
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
    server: Scripted,
    paired: Page,
    extra: dict[str, int],
    complete: list[str],
    incomplete: list[str],
) -> None:
    server.extra = extra
    server.ask()
    asked(paired)
    field, button = (
        paired.locator("[name=number]"),
        paired.get_by_role("button", name="Approve", exact=True),
    )
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
    [
        ("Deny", "Denied. Nobody got in.", "denied"),
        ("It was not me", "Stopped. Nobody got in.", "not_me"),
    ],
)
def test_no_needs_no_number(
    server: Scripted, paired: Page, button: str, title: str, state: str
) -> None:
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
    server.ask(life=120)
    asked(paired)
    server.pass_time(paired, 119)
    expect(paired.get_by_text("0:01 left to answer")).to_be_visible()
    server.pass_time(paired, 1)
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
    question.state, question.lingers = "denied", True
    assert paired.title() == "Are you signing in? · nod"
    press(paired, "Approve")
    expect(heading(paired, "This request is over")).to_be_visible()


def test_two_requests_are_listed_and_one_wrong_number_ends_one(
    server: Scripted, paired: Page
) -> None:
    theirs = server.ask(browser="Chrome", os="Windows", place="Oslo, Norway")
    mine = server.ask()
    look(paired)
    expect(
        heading(paired, "Several requests are open").or_(
            paired.get_by_role("button", name="Show all")
        )
    ).to_be_visible()
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


def test_a_second_request_does_not_take_the_number_being_typed(
    server: Scripted, paired: Page
) -> None:
    server.ask()
    asked(paired)
    paired.keyboard.type("48")
    server.ask(browser="Chrome")
    look(paired)
    expect(paired.get_by_role("button", name="Show all")).to_be_visible()
    paired.keyboard.type("2")
    expect(paired.locator("[name=number]")).to_have_value("482")


def test_an_approval_can_be_taken_back_until_it_is_collected(
    server: Scripted, paired: Page
) -> None:
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
    expect(paired.get_by_role("link", name="Open Security")).to_have_attribute(
        "href", re.compile(r"http://localhost:\d+/security/")
    )
