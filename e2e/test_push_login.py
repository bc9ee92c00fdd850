"""The main job: a login from an unknown browser asks the phone, and the page goes on by itself once the number was typed there."""

import re
import time

from playwright.sync_api import Page, Route, expect

from e2e.pages import Laptop, heading
from e2e.people import People
from e2e.person import somebody

ON_BY_ITSELF = 4.0  # seconds; two are promised, the others are for a machine that does eight things at once
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Polls:
    """Answers the wait page's polls itself: "pending", with so many seconds left that a test sees each answer arrive on the page."""

    def __init__(self, laptop: Laptop) -> None:
        self.page: Page = laptop.page
        self.count = 0
        self.page.route("**/login/state/", self._answer)
        laptop.asks_by_itself()

    def stop_time(self) -> None:
        """From now on the page's clock moves only by `pass_time`."""
        self.page.clock.install(time=0)
        self.page.clock.pause_at(1000)

    def are_to_come(self) -> None:
        """Waits until the page's script has begun: it takes away the link that does its work without it."""
        self.page.locator("[data-refresh][hidden]").wait_for(state="attached")

    def _answer(self, route: Route) -> None:
        self.count += 1
        route.fulfill(json={"state": "pending", "seconds_left": self.left()})

    def left(self) -> int:
        """Never what the page itself would have counted down to by then."""
        return 50 if self.count % 2 else 30

    def pass_time(self, milliseconds: int) -> None:
        self.page.clock.run_for(milliseconds)

    def come(self, times: int, *, every: int) -> None:
        """So many polls, one `every` milliseconds and none earlier."""
        for _ in range(times):
            before = self.count
            self.pass_time(every - 10)
            assert self.count == before
            self.pass_time(10)
            expect(self.page.locator("[data-time-left]")).to_have_text(f"{50 if before % 2 == 0 else 30} seconds left")
            assert self.count == before + 1


def test_from_the_sign_up_to_an_approved_login_in_a_third_browser_that_goes_on_by_itself(people: People) -> None:
    alice, first, phone = somebody(), people.laptop(), people.phone()
    first.sign_up(alice)
    first.confirm(alice)
    expect(first.page.locator("main")).to_contain_text("Add your authenticator")
    people.pair(first, phone)
    third = people.laptop()
    third.sign_in(alice)
    number = third.number()
    assert re.fullmatch("[0-9]{3}", number)
    expect(third.page).to_have_title(re.compile(f"^{number} "))
    phone.approve(number)
    pressed = time.monotonic()
    third.is_in()
    assert time.monotonic() - pressed < ON_BY_ITSELF
    phone.says("Approved")


def test_the_phone_shows_who_where_and_with_what_before_it_answers(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop(address="81.2.69.160")
    third.sign_in(alice)
    phone.is_asked()
    shown = phone.page.locator("main").inner_text()
    for fact in (alice.username, "Nod", "81.2.69.160", "on Linux", "Just now", f"You should be at {people.nod.origin.partition('://')[2]}"):
        assert fact in shown
    assert third.number() not in shown


def test_an_unknown_browser_reads_your_phone_and_no_device_name(people: People) -> None:
    alice, _, _ = people.paired()
    third = people.laptop()
    third.sign_in(alice)
    expect(third.page.locator("main")).to_contain_text("Your phone")
    expect(third.page.locator("main")).not_to_contain_text("Pixel 8")


def test_approving_without_the_whole_number_is_not_possible(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.sign_in(alice)
    phone.is_asked()
    approve = phone.page.get_by_role("button", name="Approve", exact=True)
    expect(approve).to_be_disabled()
    phone.page.fill("[name=number]", third.number()[:2])
    expect(approve).to_be_disabled()


def test_the_page_asks_every_second_and_after_twenty_every_two(people: People) -> None:
    alice, _, _ = people.paired()
    third = people.laptop()
    polls = Polls(third)
    polls.stop_time()
    third.sign_in(alice)
    polls.are_to_come()
    polls.come(20, every=1000)
    polls.come(5, every=2000)


def test_a_hidden_page_does_not_ask_and_asks_at_once_when_it_is_back(people: People) -> None:
    alice, _, _ = people.paired()
    third = people.laptop()
    polls = Polls(third)
    polls.stop_time()
    third.sign_in(alice)
    polls.are_to_come()
    third.page.evaluate(HIDE, True)
    polls.pass_time(30_000)
    assert polls.count == 0
    third.page.evaluate(HIDE, False)
    polls.come(1, every=200)


def test_the_frame_counts_down_and_turns_late_in_the_last_fifteen_seconds(people: People) -> None:
    alice, _, _ = people.paired()
    third = people.laptop()
    third.page.route("**/login/state/", lambda route: route.fulfill(json={"state": "pending", "seconds_left": 15}))
    third.sign_in(alice)
    before = third.page.locator("[data-time-left]").inner_text()
    expect(third.page.locator("[data-time-left]")).to_have_text(re.compile("^1[45] seconds left$"))
    expect(third.page.locator(".is-late [data-number]")).to_be_visible()
    assert before == "Less than 2 minutes left"


def test_a_server_that_is_away_is_said_and_asked_again(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.asks_by_itself()  # else it would, but only where its stream has ended
    third.sign_in(alice)
    number = third.number()
    third.page.route("**/login/state/", lambda route: route.abort("internetdisconnected"))
    expect(third.page.get_by_text("We cannot reach nod. Trying again.")).to_be_visible()
    third.page.unroute("**/login/state/")
    phone.approve(number)
    third.is_in()


def test_the_new_sign_in_is_mailed_with_a_way_to_undo_it(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    people.nod.outbox.forget()
    third.sign_in(alice)
    phone.approve(third.number())
    third.is_in()
    undo = people.laptop()
    undo.page.goto(people.nod.outbox.next_link(alice.email, "/link/disavow/"))
    expect(heading(undo.page, "Was this you?")).to_be_visible()
    undo.page.get_by_role("button", name="It was not me").click()
    expect(heading(undo.page, "That sign-in has ended")).to_be_visible()
    third.is_out()
