"""Deny, pressed in a notification: what the worker sends, and what stands there afterwards."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.pwa.pushing import WITHOUT_RESTS, Push, notice, notices, press, worker_of
from e2e.pwa.screens import heading
from e2e.pwa.scripted import Question, Scripted

pytestmark = pytest.mark.whole_browser

ASKS, DENIED, NOT_YET = "Are you signing in?", "Denied. Nobody got in.", "Not denied yet"
Ask = Callable[..., Question]


@pytest.fixture
def push(server: Scripted, listening: Page) -> Push:
    return Push(listening, server.origin)


@pytest.fixture
def ask(server: Scripted, listening: Page, push: Push) -> Ask:
    """Opens a question and waits for its notification. No page of ours is open:
    the worker is alone."""
    listening.goto("about:blank")

    def ask(**facts: Any) -> Question:
        question = server.ask(**facts)
        push.deliver(json.dumps({"v": 1, "id": question.challenge_id}))
        notice(push, tag(question), ASKS)
        return question

    return ask


def tag(question: Question) -> str:
    return f"nod-{question.challenge_id}"


def deny(push: Push, question: Question, title: str) -> dict[str, Any]:
    """Presses Deny, and waits for what the notification says then."""
    press(push.page, tag(question), "deny")
    return notice(push, tag(question), title)


def test_deny_ends_the_request_without_any_page(
    server: Scripted, listening: Page, ask: Ask, push: Push
) -> None:
    question, other = ask(), ask()
    assert deny(push, question, DENIED)["actions"] == []
    assert (question.state, other.state) == ("denied", "pending")
    assert json.loads(server.bodies[0])["reason"] == "cancelled"
    # services deliver twice now and then
    push.deliver(json.dumps({"v": 1, "id": question.challenge_id}))
    notice(push, tag(question), DENIED)
    notice(push, tag(other), ASKS)
    listening.goto(f"{server.origin}/authenticator/")
    expect(heading(listening, ASKS)).to_be_visible()


def test_what_cannot_be_denied_says_why(
    server: Scripted, listening: Page, push: Push, ask: Ask
) -> None:
    unreadable, ended, late, wrong_time, orphan = (
        ask(nested={"a": 1}),
        ask(),
        ask(life=600),
        ask(),
        ask(),
    )
    assert "Open nod" in deny(push, unreadable, NOT_YET)["body"]
    unreadable.state = ended.state = "superseded"
    deny(push, ended, "This request is over")
    late.exp = 0
    deny(push, late, "This request is over")
    server.fault = "clock"
    assert "clock" in deny(push, wrong_time, NOT_YET)["body"]
    server.fault = ""
    server.devices[0].listening = False
    assert "removed" in deny(push, orphan, "Not counted")["body"]
    assert server.bodies == []


def test_without_connection_deny_can_be_pressed_again(
    server: Scripted, listening: Page, push: Push, ask: Ask
) -> None:
    question = ask()
    server.fault = "down"
    said = deny(push, question, NOT_YET)
    assert said["actions"] == ["approve", "deny"]
    assert "no connection" in said["body"]
    server.fault = ""
    deny(push, question, DENIED)
    assert question.state == "denied"


def test_a_denial_whose_answer_was_lost_goes_out_again_byte_for_byte(
    server: Scripted, listening: Page, push: Push, ask: Ask
) -> None:
    question = ask()
    server.fault = "lost answer"
    deny(push, question, NOT_YET)
    deny(push, question, DENIED)
    assert len(server.bodies) == 2
    assert len(set(server.bodies)) == 1


def test_a_denial_of_which_the_server_cannot_say_what_came_of_it_goes_out_again_by_itself(
    server: Scripted, listening: Page, push: Push, ask: Ask
) -> None:
    question = ask()
    server.fault = "unsure"
    worker_of(push.page).evaluate(WITHOUT_RESTS)
    deny(push, question, DENIED)
    assert question.state == "denied"
    assert len(server.bodies) == 2
    assert len(set(server.bodies)) == 1
    assert worker_of(push.page).evaluate("rests") == [server.patience * 1000]


def test_a_server_that_is_busy_is_asked_again_by_itself(
    server: Scripted, listening: Page, push: Push, ask: Ask
) -> None:
    question = ask()
    server.fault = "busy"
    worker_of(push.page).evaluate(WITHOUT_RESTS)
    deny(push, question, DENIED)
    assert question.state == "denied"


def test_a_denial_that_was_kept_goes_out_when_nod_is_opened(
    server: Scripted, listening: Page, push: Push, ask: Ask
) -> None:
    question = ask()
    server.fault = "lost answer"
    deny(push, question, NOT_YET)
    listening.goto(f"{server.origin}/authenticator/")
    expect(heading(listening, DENIED)).to_be_visible()
    assert len(set(server.bodies)) == 1
    notices(listening, 0)


def test_the_account_that_was_asked_answers(server: Scripted, listening: Page, push: Push) -> None:
    server.pair(listening, name="Second")
    listening.goto("about:blank")
    for account in server.devices:
        question = server.ask(asked=account)
        push.deliver(json.dumps({"v": 1, "id": question.challenge_id}))
        notice(push, tag(question), ASKS)
        deny(push, question, DENIED)  # the script takes the answer from no other key
        assert question.state == "denied"


def test_an_open_page_shows_what_was_denied_beside_it(
    server: Scripted, listening: Page, push: Push
) -> None:
    question = server.ask()
    push.deliver(json.dumps({"v": 1, "id": question.challenge_id}))
    expect(heading(listening, ASKS)).to_be_visible()
    deny(push, question, DENIED)
    expect(heading(listening, DENIED)).to_be_visible()


def test_notifications_of_ended_requests_go_when_the_worker_learns_it(
    listening: Page, push: Push, ask: Ask
) -> None:
    ended, open_one = ask(), ask()
    ended.state = "approved"
    deny(push, open_one, DENIED)
    notices(listening, 1)
