"""A question that nobody answers ends by itself, on both sides."""

import re
from datetime import timedelta

from playwright.sync_api import Route, expect

from e2e import moments
from e2e.pages import Phone, heading
from e2e.people import People
from e2e.waiting import until
from mfaproject.lib import clock


def test_the_time_runs_out_on_both_sides_and_nobody_is_in(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.asks_by_itself()  # the question ends behind everybody's back
    phone.asks_by_itself()
    phone.page.clock.install()
    third.sign_in(alice)
    phone.is_asked()
    moments.end_questions(people.nod, alice.username)
    phone.page.clock.fast_forward("02:00")
    # Whichever the phone sees first: its own clock, or an inbox that holds the question no more.
    expect(
        phone.page.get_by_role("heading", name=re.compile("This request (has run out|is over)"))
    ).to_be_visible()
    expect(heading(third.page, "The time ran out")).to_be_visible()
    third.is_out()


def test_after_it_ran_out_the_phone_can_be_asked_again(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.asks_by_itself()  # the question ends behind everybody's back
    phone.asks_by_itself()
    third.sign_in(alice)
    number = third.number()
    moments.end_questions(people.nod, alice.username)
    expect(heading(third.page, "The time ran out")).to_be_visible()
    third.page.get_by_role("button", name="Ask my phone again").click()
    third.page.locator("[data-number]").wait_for()
    assert third.page.url.endswith("/login/wait/")
    phone.approve(third.number())
    third.is_in()
    assert number.isdigit()


class Told:
    """What a phone is told of its questions: that each ends four seconds after the first was told
    of. Its time stands."""

    def __init__(self, phone: Phone) -> None:
        self.end = 0
        phone.page.clock.install()
        # the answers of the server set it right
        phone.page.clock.pause_at(clock.now() + timedelta(minutes=1))
        phone.page.route("**/inbox", self._tell)

    def _tell(self, route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        self.end = self.end or clock.timestamp() + 4
        for question in told["challenges"]:
            question["exp"] = self.end
        route.fulfill(response=answer, json=told)


def test_an_answer_that_comes_too_late_lets_nobody_in(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.asks_by_itself()  # the question ends behind everybody's back
    phone.asks_by_itself()
    third.sign_in(alice)
    number = third.number()
    told = Told(phone)
    held: list[Route] = []
    # Playwright cannot wrap a method of a list.
    phone.page.route("**/answer", lambda route: held.append(route))  # noqa: PLW0108
    phone.approve(number)
    until(phone.page, lambda: held, lambda: "nothing was sent")
    moments.end_questions(people.nod, alice.username, at=told.end)
    expect(heading(third.page, "The time ran out")).to_be_visible()
    phone.page.unroute("**/answer")
    held[0].continue_()
    phone.says("This request has run out")
    third.is_out()
