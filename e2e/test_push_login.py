"""The main job: a login from an unknown browser asks the phone, and the page goes on by itself once
the number was typed there.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from e2e.pages import Laptop, heading
from e2e.people import People
from e2e.person import somebody
from e2e.waiting import pass_time, stop_time, until

COUNT = """{
  const really = fetch;
  globalThis.polls = 0;
  globalThis.fetch = (...given) => (String(given[0]).includes("/login/state/") && polls++,
    really(...given));
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Polls:
    """Answers the wait page's polls itself: "pending", with so many seconds left that a test sees
    each answer arrive on the page, where time stands. `left` are the seconds of the next answers;
    the last one is given again and again."""

    def __init__(self, laptop: Laptop, *left: int) -> None:
        self.page: Page = laptop.page
        self.left = list(left)
        stop_time(self.page)
        self.page.add_init_script(COUNT)
        self.page.route("**/login/state/", self._answer)
        laptop.asks_by_itself()

    @property
    def count(self) -> int:
        """How many the page has made; it knows that at once, whenever they arrive here."""
        made: int = self.page.evaluate("polls")
        return made

    def are_to_come(self) -> None:
        """Waits until the page's script has begun: it takes away the link that
        does its work without it."""
        self.page.locator("[data-refresh][hidden]").wait_for(state="attached")

    def _answer(self, route: Route) -> None:
        left = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        route.fulfill(json={"state": "pending", "seconds_left": left})

    def says(self, left: int) -> None:
        expect(self.page.locator("[data-time-left]")).to_have_text(f"{left} seconds left")

    def come(self, times: int, *, every: float) -> None:
        """So many polls, one `every` so many seconds and none earlier."""
        for _ in range(times):
            before = self.count
            pass_time(self.page, every - 0.01)
            assert self.count == before
            # never what the page itself would have counted down to by then
            self.left = [50 if before % 2 else 30]
            pass_time(self.page, 0.01)
            self.says(self.left[0])
            assert self.count == before + 1


def test_from_the_sign_up_to_an_approved_login_in_a_third_browser_that_goes_on_by_itself(
    people: People,
) -> None:
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
    third.is_in()
    phone.says("Approved")


def test_the_phone_shows_who_where_and_with_what_before_it_answers(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop(address="81.2.69.160")
    third.sign_in(alice)
    phone.is_asked()
    shown = phone.page.locator("main").inner_text()
    for fact in (
        alice.username,
        "Nod",
        "81.2.69.160",
        "on Linux",
        "Just now",
        f"You should be at {people.nod.origin.partition('://')[2]}",
    ):
        assert fact in shown
        shown = shown.replace(fact, "")  # a port or a name may have the same three digits in it
    assert third.number() not in shown


def test_an_unknown_browser_reads_your_phone_and_no_device_name(people: People) -> None:
    alice, _ = people.with_key()
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
    alice, _ = people.with_key()
    third = people.laptop()
    polls = Polls(third)
    third.sign_in(alice)
    polls.are_to_come()
    polls.come(20, every=1)
    polls.come(5, every=2)


def test_a_hidden_page_does_not_ask_and_asks_at_once_when_it_is_back(people: People) -> None:
    alice, _ = people.with_key()
    third = people.laptop()
    polls = Polls(third)
    third.sign_in(alice)
    polls.are_to_come()
    third.page.evaluate(HIDE, True)
    pass_time(third.page, 30)
    assert polls.count == 0
    third.page.evaluate(HIDE, False)
    polls.come(1, every=0.2)


def test_the_frame_counts_down_and_turns_late_in_the_last_fifteen_seconds(people: People) -> None:
    alice, _ = people.with_key()
    third = people.laptop()
    polls = Polls(third, 17, 60)
    third.sign_in(alice)
    polls.are_to_come()
    expect(third.page.locator("[data-time-left]")).to_have_text(
        re.compile("^(Less than 2 minutes|60 seconds) left$")
    )
    pass_time(third.page, 1)
    polls.says(17)
    third.page.route("**/login/state/", lambda _route: None)  # from here on it counts alone
    pass_time(third.page, 1)
    polls.says(16)
    late = third.page.locator(".is-late [data-number]")
    expect(late).to_have_count(0)
    pass_time(third.page, 1)
    polls.says(15)
    expect(late).to_be_visible()


def test_a_server_that_is_away_is_said_and_asked_again(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.asks_by_itself()  # else it would, but only where its stream has ended
    stop_time(third.page)
    third.sign_in(alice)
    number = third.number()
    third.page.route("**/login/state/", lambda route: route.abort("internetdisconnected"))
    said = third.page.get_by_text("We cannot reach nod. Trying again.")
    time_passes_until(third, said.is_visible)
    third.page.unroute("**/login/state/")
    phone.approve(number)
    time_passes_until(third, lambda: third.page.url == f"{people.nod.origin}/")
    third.is_in()


def time_passes_until(laptop: Laptop, done: Callable[[], bool]) -> None:
    """Second by second."""

    def look() -> bool:
        pass_time(laptop.page, 1)
        return done()

    until(laptop.page, look, lambda: f"it never was so at {laptop.page.url}")


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
