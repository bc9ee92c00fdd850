"""Pushes as the browser's own push service would bring them, and what is shown then."""

from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import CDPSession, Page, Worker

from e2e.notifications import Notifications
from e2e.waiting import in_page, until

T = TypeVar("T")
# Chromium without its push service refuses to subscribe, so these stand in for it: the last
# subscription, kept across reloads.
PUSH_SERVICE = """
  const made = (endpoint) => ({
    endpoint,
    toJSON: () => ({ endpoint, keys: { auth: "a".repeat(22), p256dh: "B".repeat(87) } }),
    unsubscribe: async () => { localStorage.removeItem("endpoint"); return true; },
  });
  PushManager.prototype.getSubscription = async () => localStorage.endpoint ?
    made(localStorage.endpoint) : null;
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly ||
      applicationServerKey.length !== 87) throw new TypeError("not as it should be");
    const number = () => (localStorage.made = Number(localStorage.made ?? 0) + 1);
    localStorage.endpoint ??= `https://push.example/${number()}`;
    return made(localStorage.endpoint);
  };
"""
NO_PUSH_SERVICE = """() => {
  PushManager.prototype.subscribe = async () => { throw new DOMException("no push service",
    "AbortError"); };
}"""
BLOCKED = "Object.defineProperty(Notification, 'permission', { value: 'denied' })"
SHOWN = """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
  .then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))"""
EVERYTHING = """async () => (await registration.getNotifications()).map(
  ({ title, body, tag, actions, requireInteraction, renotify }) =>
    ({ title, body, tag, actions: actions.map(({ action }) => action), stays: requireInteraction,
      rings_again: renotify }))"""
PRESS = in_page("""async ([tag, action]) => {
  const [notification] = await registration.getNotifications({ tag });
  return notification && dispatchEvent(new NotificationEvent("notificationclick", { notification,
    action }));
}""")
NO_PATIENCE = """() => {
  AbortSignal.timeout = () => AbortSignal.abort(new DOMException("", "TimeoutError"));
}"""
"""In a worker: whatever it waits for from now on takes too long. (A page's
clock can be put forward.)"""
WITHOUT_RESTS = """() => {
  const really = setTimeout;
  const isRest = (time) => time >= 1000 && time < 10000;
  globalThis.rests = [];
  globalThis.setTimeout = (act, time) => {
    if (!isRest(time)) return really(act, time);
    rests.push(time);
    queueMicrotask(act);
  };
}"""
"""In a worker: where it would rest for seconds it goes on at once; for how many ms is noted."""


def worker_of(page: Page) -> Worker:
    """The one that runs now."""
    return until(page, lambda: page.context.service_workers, lambda: "no worker runs")[-1]


def press(page: Page, tag: str, action: str = "") -> None:
    """A press on a notification, or on one of its buttons. Chromium lets no script open a window
    without a real press: one has to be open."""
    worker_of(page).evaluate(PRESS, [tag, action])


class Push:
    """Delivers push events as the browser's own push service would, by the developer protocol."""

    def __init__(self, page: Page, origin: str) -> None:
        self.origin = origin
        self.page = page
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.notifications = Notifications(self.session)
        self.found: list[str] = []
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self.session.send("ServiceWorker.enable")
        until(page, lambda: self.found, lambda: "no worker is registered")

    def _note(self, event: dict[str, Any]) -> None:
        self.found += [
            one["registrationId"] for one in event["registrations"] if not one["isDeleted"]
        ]

    def deliver(self, *messages: str) -> None:
        """All at once; ends when the worker has dealt with each, so that what it shows is shown."""
        due = self.notifications.pushes + len(messages)
        for data in messages:
            self.session.send(
                "ServiceWorker.deliverPushMessage",
                {"origin": self.origin, "registrationId": self.found[-1], "data": data},
            )
        until(
            self.page,
            lambda: self.notifications.pushes >= due,
            lambda: (
                f"{due - self.notifications.pushes} of {len(messages)} pushes are not dealt with"
            ),
        )

    def stop_worker(self) -> None:
        self.session.send("ServiceWorker.stopAllWorkers")


def shown(page: Page, count: int = 1) -> list[dict[str, str]]:
    """The notifications, as soon as there are so many."""
    return _as_many(page, count, lambda: page.evaluate(SHOWN))


def notices(page: Page, count: int = 1) -> list[dict[str, Any]]:
    """As `shown`, with all that a person would see; asked of the worker, so
    that no page of ours needs to be open."""
    return _as_many(page, count, lambda: worker_of(page).evaluate(EVERYTHING))


def _as_many(page: Page, count: int, ask: Callable[[], list[T]]) -> list[T]:
    found: list[T] = []

    def are_there() -> bool:
        found[:] = ask()
        return len(found) == count

    until(page, are_there, lambda: f"not {count} notifications but {found}")
    return found


def notice(push: Push, tag: str, title: str) -> dict[str, Any]:
    """The notification of this tag, as soon as it says this."""
    shown = push.notifications.shown

    def says_so() -> dict[str, Any] | None:
        if (tag, title) not in shown:
            return None
        found = [one for one in worker_of(push.page).evaluate(EVERYTHING) if one["tag"] == tag]
        return found[0] if [one["title"] for one in found] == [title] else None

    return until(push.page, says_so, lambda: f"{tag} does not say {title!r}: {shown}")
