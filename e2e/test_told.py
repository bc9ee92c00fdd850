"""Waiting is told: pages and phones go on by an event where they may not ask, and ask where no
event comes.
"""

import pytest
from playwright.sync_api import Page, Request, Route, expect

from e2e.pages import heading
from e2e.people import People
from e2e.waiting import until

STATE, EVENTS = "/login/state/", "/login/events/"
INBOX, INBOX_EVENTS = "/v1/authenticator/inbox", "/v1/authenticator/inbox/events"


class Calls:
    """What a page calls, by address; `block` lets so many calls through and none after them."""

    def __init__(self, page: Page) -> None:
        self.page, self.made = page, list[str]()
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.made.append("/" + request.url.split("/", 3)[3])

    def count(self, path: str) -> int:
        return self.made.count(path)

    def block(self, path: str, *, after: int = 0) -> None:
        seen = 0

        def answer(route: Route) -> None:
            nonlocal seen
            seen += 1
            if seen > after:
                route.abort("blockedbyclient")
            else:
                route.continue_()

        self.page.route(f"**{path}", answer)

    def come(self, path: str, times: int) -> None:
        """Waits until there were so many."""
        sorry = lambda: f"not {times} but {self.count(path)} calls of {path}"  # noqa: E731
        until(self.page, lambda: self.count(path) >= times, sorry)


NEVER = """globalThis.setTimeout = ((really) => (call, ms, ...given) => really(call, ms > 900 ?
  3_600_000 : ms, ...given))(setTimeout)"""
"""In a page: nothing is done by itself after a while, so that only what is told makes it ask."""


def test_the_page_goes_on_by_the_event_alone(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.page.add_init_script(NEVER)
    calls = Calls(third.page)
    third.sign_in(alice)
    calls.come(STATE, 1)
    phone.approve(third.number())
    third.is_in()
    assert calls.count(STATE) == 2, "one when the stream began, and one for the answer"
    assert calls.count(EVENTS) == 1


@pytest.mark.parametrize("button", ["Deny", "It was not me"])
def test_a_no_is_told_too(people: People, button: str) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.page.add_init_script(NEVER)
    calls = Calls(third.page)
    third.sign_in(alice)
    calls.come(STATE, 1)
    phone.answer(button)
    expect(heading(third.page, "This sign-in was not approved")).to_be_visible()


def test_without_the_stream_the_page_goes_on_by_asking(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    calls = Calls(third.page)
    calls.block(EVENTS)
    third.sign_in(alice)
    phone.approve(third.number())
    third.is_in()
    assert calls.count(EVENTS) >= 1


def test_a_browser_without_event_streams_asks(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.page.add_init_script("delete globalThis.EventSource")
    calls = Calls(third.page)
    third.sign_in(alice)
    phone.approve(third.number())
    third.is_in()
    assert calls.count(EVENTS) == 0


def test_a_proxy_that_keeps_the_events_to_itself_is_noticed(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    # The head arrives, so that the stream is open; what follows does not.
    third.page.add_init_script(
        "EventSource = class { constructor() { setTimeout(() => this.onopen?.(), 1); } close() {} }"
    )
    calls = Calls(third.page)
    third.sign_in(alice)
    calls.come(STATE, 2)
    phone.approve(third.number())
    third.is_in()


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}"""
COUNTED = """{
  globalThis.streams = { open: 0 };
  const Really = EventSource;
  globalThis.EventSource = class extends Really {
    constructor(...given) { super(...given); streams.open += 1; }
    close() { super.close(); streams.open -= 1; }
  };
}"""


def test_a_hidden_page_lets_its_stream_go_and_takes_another_when_it_is_back(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.page.add_init_script(COUNTED)
    calls = Calls(third.page)
    third.sign_in(alice)
    calls.come(STATE, 1)
    assert third.page.evaluate("streams.open") == 1
    third.page.evaluate(HIDE, True)
    assert third.page.evaluate("streams.open") == 0
    before = calls.count(STATE)
    phone.approve(third.number())
    phone.says("Approved")
    assert calls.count(STATE) == before
    third.page.evaluate(HIDE, False)
    third.is_in()


def test_who_comes_back_to_the_wait_page_is_told_again(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    calls = Calls(third.page)
    third.sign_in(alice)
    calls.come(STATE, 1)
    number = third.number()
    third.page.goto(f"{people.nod.origin}/help/")
    third.page.go_back()
    third.page.locator("[data-number]").wait_for()
    calls.come(EVENTS, 2)
    phone.approve(number)
    third.is_in()


# The phone


def test_the_phone_is_told_of_a_question_it_may_not_ask_for(people: People) -> None:
    alice, _, phone = people.paired()
    phone.page.add_init_script(NEVER)
    calls = Calls(phone.page)
    phone.is_ready()
    calls.come(INBOX_EVENTS, 1)
    # at the start, and when its stream began; once more where something else made it ask meanwhile
    calls.come(INBOX, 2)
    before = calls.count(INBOX)
    third = people.laptop()
    third.sign_in(alice)
    expect(heading(phone.page, "Are you signing in?")).to_be_visible()
    assert calls.count(INBOX) > before
    assert calls.count(INBOX_EVENTS) == 1
    third.page.get_by_role("button", name="Cancel this sign-in").click()
    expect(heading(phone.page, "This request is over")).to_be_visible()


def test_without_its_stream_the_phone_asks(people: People) -> None:
    alice, _, phone = people.paired()
    calls = Calls(phone.page)
    calls.block(INBOX_EVENTS)
    phone.is_ready()
    third = people.laptop()
    third.sign_in(alice)
    expect(heading(phone.page, "Are you signing in?")).to_be_visible()
    assert calls.count(INBOX_EVENTS) >= 1


def test_a_hidden_phone_lets_its_stream_go_and_takes_another_when_it_is_back(
    people: People,
) -> None:
    alice, _, phone = people.paired()
    calls, gone = Calls(phone.page), list[str]()
    phone.page.on("requestfailed", lambda request: gone.append(request.url))
    phone.is_ready()
    calls.come(INBOX, 2)
    phone.page.evaluate(HIDE, True)
    until(
        phone.page,
        lambda: any(url.endswith(INBOX_EVENTS) for url in gone),
        lambda: f"only {gone} went",
    )
    third = people.laptop()
    third.sign_in(alice)
    phone.page.evaluate(HIDE, False)
    expect(heading(phone.page, "Are you signing in?")).to_be_visible()
    calls.come(INBOX_EVENTS, 2)
