"""What a push shows, and where a press on its notification leads."""

import json

import pytest
from playwright.sync_api import Page, expect

from e2e.pwa.pushing import NO_PATIENCE, Push, notices, press, worker_of
from e2e.pwa.screens import heading, look
from e2e.pwa.scripted import Scripted
from e2e.waiting import until

pytestmark = pytest.mark.whole_browser

ASKS = "Are you signing in?"
WATCH = """() => {
  globalThis.used = [];
  for (const name of ["showNotification", "getNotifications"]) {
    const really = ServiceWorkerRegistration.prototype[name];
    ServiceWorkerRegistration.prototype[name] = async function (...given) {
      const { held } = await navigator.locks.query();
      globalThis.used.push([name, held.some(({ name }) => name === "nod-notices")]);
      return really.apply(this, given);
    };
  }
}"""


@pytest.fixture
def push(server: Scripted, listening: Page) -> Push:
    return Push(listening, server.origin)


def test_both_shapes_name_a_request_and_whatever_else_comes_names_none(
    server: Scripted, listening: Page, push: Push
) -> None:
    first, second = server.ask().challenge_id, server.ask().challenge_id
    push.deliver(
        json.dumps({"v": 1, "id": first}),
        json.dumps(
            {
                "from": "123",
                "fcmMessageId": "x",
                "priority": "normal",
                "data": {"v": "1", "id": second},
            }
        ),
        *(
            "",
            "no json",
            "null",
            "7",
            "[]",
            '"v"',
            "{}",
            json.dumps({"v": 2, "id": first}),
            json.dumps({"id": first}),
            json.dumps({"data": None}),
        ),
        *(json.dumps({"v": 1, "id": value}) for value in (7, [first], "../../evil", first + "A")),
        json.dumps(
            {
                "v": 1,
                "title": "482",
                "body": "https://evil.example",
                "notification": {"title": "482"},
            }
        ),
        json.dumps(
            {"data": {"v": "1", "url": "https://evil.example"}, "notification": {"title": "482"}}
        ),
    )
    shown = notices(listening, 3)
    assert {one["title"] for one in shown} == {ASKS}
    assert {one["tag"]: one["actions"] for one in shown} == {
        f"nod-{first}": ["approve", "deny"],
        f"nod-{second}": ["approve", "deny"],
        "nod-": [],
    }
    assert all(one["stays"] for one in shown)


def test_a_push_that_comes_twice_is_one_notification_and_rings_once(
    server: Scripted, listening: Page, push: Push
) -> None:
    question = server.ask()
    push.deliver(*[json.dumps({"v": 1, "id": question.challenge_id})] * 3)
    (shown,) = notices(listening, 1)
    assert not shown["rings_again"]


def test_showing_and_asking_for_notifications_never_meet(
    server: Scripted, listening: Page, push: Push
) -> None:
    for place in (listening, worker_of(listening)):
        place.evaluate(WATCH)
    questions = [server.ask() for _ in range(4)]
    push.deliver(*(json.dumps({"v": 1, "id": question.challenge_id}) for question in questions))
    expect(heading(listening, "Several requests are open")).to_be_visible()
    used = [place.evaluate("globalThis.used") for place in (listening, worker_of(listening))]
    assert {name for name, _held in used[0]} == {"getNotifications"}
    assert {name for name, _held in used[1]} == {"getNotifications", "showNotification"}
    assert [name for name, held in used[0] + used[1] if not held] == []


def test_a_page_that_never_ends_its_turn_holds_up_no_notification(
    server: Scripted, listening: Page, push: Push
) -> None:
    listening.evaluate(
        "() => { navigator.locks.request('nod-notices', () => new Promise(() => {})); }"
    )
    worker_of(listening).evaluate(NO_PATIENCE)
    question = server.ask()
    push.deliver(json.dumps({"v": 1, "id": question.challenge_id}))
    assert [one["tag"] for one in notices(listening, 1)] == [f"nod-{question.challenge_id}"]


def test_approve_opens_the_request_with_its_number_ready_to_be_typed(
    server: Scripted, listening: Page, push: Push
) -> None:
    listening.get_by_role("link", name="Check notifications").click()
    question = server.ask()
    push.deliver(json.dumps({"v": 1, "id": question.challenge_id}))
    notices(listening, 1)
    expect(heading(listening, ASKS)).to_be_visible()
    listening.locator("h1").click()
    press(listening, f"nod-{question.challenge_id}", "approve")
    expect(listening.locator("[name=number]")).to_be_focused()
    assert question.state == "pending"
    notices(listening, 0)
    assert listening.url == f"{server.origin}/authenticator/"


def test_with_two_requests_a_press_opens_the_list(
    server: Scripted, listening: Page, push: Push
) -> None:
    first = server.ask()
    look(listening)
    expect(heading(listening, ASKS)).to_be_visible()
    second = server.ask(browser="Chrome")
    push.deliver(json.dumps({"v": 1, "id": second.challenge_id}))
    expect(listening.get_by_role("button", name="Show all")).to_be_visible()
    press(listening, f"nod-{second.challenge_id}", "approve")
    expect(heading(listening, "Several requests are open")).to_be_visible()
    assert (first.state, second.state) == ("pending", "pending")


def test_a_notification_goes_when_its_request_has_ended(
    server: Scripted, listening: Page, push: Push
) -> None:
    question = server.ask()
    push.deliver(json.dumps({"v": 1, "id": question.challenge_id}))
    notices(listening, 1)
    expect(heading(listening, ASKS)).to_be_visible()
    question.state = "approved"
    look(listening)
    expect(heading(listening, "This request is over")).to_be_visible()
    notices(listening, 0)


def test_a_new_address_in_place_of_one_of_firebase_is_straight_web_push(
    server: Scripted, listening: Page
) -> None:
    listening.evaluate(
        """new Promise((done) => { indexedDB.open("nod-authenticator").onsuccess = ({ target }) => {
        const facts = target.result.transaction("facts", "readwrite").objectStore("facts");
        facts.put({ text: "of firebase" }, "firebase").onsuccess = done;
    }; }).then(() => true)"""
    )
    worker_of(listening).evaluate("""async () => {
        const ours = { toJSON: () => ({ endpoint: "https://push.example/4", keys: {
          auth: "a".repeat(22), p256dh: "B".repeat(87) } }) };
        PushManager.prototype.getSubscription = async () => null;
        PushManager.prototype.subscribe = async ({ applicationServerKey }) =>
          (applicationServerKey === nod.pushKey ? ours : null);
        dispatchEvent(Object.assign(new ExtendableEvent("pushsubscriptionchange"), {
          newSubscription: null, oldSubscription: null }));
    }""")
    until(
        listening,
        lambda: "push.example/4" in str(server.devices[0].subscription),
        lambda: server.devices[0].subscription,
    )
