"""Connections that break and clocks that are off: no answer is lost, none counts twice."""

from playwright.sync_api import Page, Route, expect

from e2e.pwa.screens import approve, asked, heading, look, press
from e2e.pwa.scripted import Scripted
from e2e.settings import HOUR
from e2e.waiting import until


def test_an_answer_without_connection_is_kept_and_goes_out_by_itself(
    server: Scripted, paired: Page
) -> None:
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
    expect(paired.get_by_text("Your answer is kept and goes out by itself.")).to_be_visible()
    server.pass_time(paired, 2)
    expect(heading(paired, "Approved")).to_be_visible()
    assert len(server.bodies) == 2
    assert len(set(server.bodies)) == 1


def test_a_server_that_never_answers_is_given_up(server: Scripted, paired: Page) -> None:
    question = server.ask(life=2 * HOUR // 1000)
    asked(paired)
    server.fault = "silent"
    paired.fill("[name=number]", "482")
    press(paired, "Approve")
    until(paired, lambda: "answer" in server.calls, lambda: server.calls)
    server.pass_time(paired, HOUR // 1000)
    expect(paired.get_by_text("Your answer is kept and goes out by itself.")).to_be_visible()
    server.fault = ""
    press(paired, "Try now")
    expect(heading(paired, "Approved")).to_be_visible()
    assert question.state == "approved"


def test_an_answer_of_which_the_server_cannot_say_what_came_of_it_is_sent_again_when_it_asks_for_it(
    server: Scripted, paired: Page
) -> None:
    """It was counted, and the phone cannot know. The same bytes again, and not
    sooner than it was told."""
    question = server.ask()
    asked(paired)
    server.fault, server.patience = "unsure", 4
    paired.fill("[name=number]", "482")
    press(paired, "Approve")
    expect(paired.get_by_text("Your answer is kept and goes out by itself.")).to_be_visible()
    server.pass_time(paired, server.patience - 1)
    for _turn in range(5):  # in which it would have been sent
        paired.evaluate("() => fetch('/healthz', { cache: 'no-store' }).then(() => undefined)")
    assert len(server.bodies) == 1
    server.pass_time(paired, 1)
    expect(heading(paired, "Approved")).to_be_visible()
    assert question.state == "approved"
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


def test_an_answer_that_comes_late_says_nothing_of_the_clock(
    server: Scripted, paired: Page
) -> None:
    def hold() -> Route:
        server.fault, server.held = "silent", []
        look(paired)
        until(paired, lambda: server.held, lambda: server.calls)
        server.fault = ""
        return server.held[0]

    server.ask(life=120)
    asked(paired)
    late = hold()
    server.pass_time(paired, 100)
    server.answer(late)
    hold()  # the page has that answer, and asks anew
    server.pass_time(paired, 1)
    expect(paired.get_by_text("0:19 left to answer")).to_be_visible()


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


def test_without_connection_the_home_page_says_so_and_recovers(
    server: Scripted, paired: Page
) -> None:
    server.fault = "down"
    look(paired)
    expect(paired.get_by_text("No connection")).to_be_visible()
    server.fault = ""
    look(paired)
    expect(paired.get_by_text("Connected")).to_be_visible()


def test_a_request_on_the_screen_stays_while_the_line_is_down(
    server: Scripted, paired: Page
) -> None:
    server.ask()
    asked(paired)
    server.fault = "down"
    for _look in (1, 2):  # the second one begins when the first has been dealt with
        server.calls.clear()
        look(paired)
        until(paired, lambda: "inbox" in server.calls, lambda: server.calls)
    expect(heading(paired, "Are you signing in?")).to_be_visible()
