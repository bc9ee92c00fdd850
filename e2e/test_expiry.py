"""A question that nobody answers ends by itself, on both sides."""

import re

from playwright.sync_api import Route, expect

from e2e import moments
from e2e.pages import heading
from e2e.people import People


def test_the_time_runs_out_on_both_sides_and_nobody_is_in(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.asks_by_itself()  # the question ends behind everybody's back
    phone.asks_by_itself()
    third.sign_in(alice)
    third.page.locator("[data-number]").wait_for()
    moments.end_questions(people.nod, alice.username, seconds=5)
    phone.is_asked()
    # Whichever the phone sees first: its own clock, or an inbox that holds the question no more.
    expect(phone.page.get_by_role("heading", name=re.compile("This request (has run out|is over)"))).to_be_visible()
    expect(heading(third.page, "The time ran out")).to_be_visible()
    third.is_out()


def test_after_it_ran_out_the_phone_can_be_asked_again(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.asks_by_itself()  # the question ends behind everybody's back
    phone.asks_by_itself()
    third.sign_in(alice)
    number = third.number()
    moments.end_questions(people.nod, alice.username, seconds=0)
    expect(heading(third.page, "The time ran out")).to_be_visible()
    third.page.get_by_role("button", name="Ask my phone again").click()
    third.page.locator("[data-number]").wait_for()
    assert third.page.url.endswith("/login/wait/")
    phone.approve(third.number())
    third.is_in()
    assert number.isdigit()


def test_an_answer_that_comes_too_late_lets_nobody_in(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.asks_by_itself()  # the question ends behind everybody's back
    phone.asks_by_itself()
    third.sign_in(alice)
    number = third.number()
    held: list[Route] = []
    phone.page.route("**/answer", lambda route: held.append(route))  # noqa: PLW0108 - Playwright cannot wrap a method of a list
    moments.end_questions(people.nod, alice.username, seconds=5)
    phone.approve(number)
    expect(heading(third.page, "The time ran out")).to_be_visible()
    held[0].continue_()
    # Whichever the phone sees first: its own clock, or an inbox that holds the question no more.
    expect(phone.page.get_by_role("heading", name=re.compile("This request (has run out|is over)"))).to_be_visible()
    third.is_out()
