"""Pushes as the browser's own push service would bring them, and what is shown then."""

from typing import Any

from playwright.sync_api import CDPSession, Page, Worker

from e2e.notifications import Notifications

# Chromium without its push service refuses to subscribe, so these stand in for it: the last subscription, kept across reloads.
PUSH_SERVICE = """
  const made = (endpoint) => ({
    endpoint,
    toJSON: () => ({ endpoint, keys: { auth: "a".repeat(22), p256dh: "B".repeat(87) } }),
    unsubscribe: async () => { localStorage.removeItem("endpoint"); return true; },
  });
  PushManager.prototype.getSubscription = async () => localStorage.endpoint ? made(localStorage.endpoint) : null;
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly || applicationServerKey.length !== 87) throw new TypeError("not as it should be");
    localStorage.endpoint ??= `https://push.example/${(localStorage.made = Number(localStorage.made ?? 0) + 1)}`;
    return made(localStorage.endpoint);
  };
"""
NO_PUSH_SERVICE = "PushManager.prototype.subscribe = async () => { throw new DOMException('no push service', 'AbortError'); }"
SHOWN = """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
  .then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))"""
EVERYTHING = """async () => (await registration.getNotifications()).map(
  ({ title, body, tag, actions, requireInteraction, renotify }) =>
    ({ title, body, tag, actions: actions.map(({ action }) => action), stays: requireInteraction, rings_again: renotify }))"""
PRESS = """async ([tag, action]) => {
  const shown = async () => (await registration.getNotifications({ tag }))[0];
  const end = performance.now() + 10000;
  while (!(await shown()) && performance.now() < end) await new Promise((passed) => setTimeout(passed, 20));
  const notification = await shown();
  dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
}"""


def worker_of(page: Page) -> Worker:
    return page.context.service_workers[0]


def press(page: Page, tag: str, action: str = "") -> None:
    """A press on a notification, or on one of its buttons. Chromium lets no script open a window without a real press: one has to be open."""
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
        for _ in range(100):
            if self.found:
                break
            page.wait_for_timeout(20)

    def _note(self, event: dict[str, Any]) -> None:
        self.found += [one["registrationId"] for one in event["registrations"] if not one["isDeleted"]]

    def deliver(self, *messages: str) -> None:
        """All at once; ends when the worker has dealt with each, so that what it shows is shown."""
        due = self.notifications.pushes + len(messages)
        for data in messages:
            self.session.send("ServiceWorker.deliverPushMessage", {"origin": self.origin, "registrationId": self.found[-1], "data": data})
        for _ in range(500):
            if self.notifications.pushes >= due:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{due - self.notifications.pushes} of {len(messages)} pushes are not dealt with")

    def stop_worker(self) -> None:
        self.session.send("ServiceWorker.stopAllWorkers")


def shown(page: Page, count: int = 1) -> list[dict[str, str]]:
    """The notifications, as soon as there are so many."""
    for _ in range(500):
        found: list[dict[str, str]] = page.evaluate(SHOWN)
        if len(found) == count:
            return found
        page.wait_for_timeout(20)
    raise AssertionError(f"not {count} notifications but {found}")


def notices(page: Page, count: int = 1) -> list[dict[str, Any]]:
    """As `shown`, with all that a person would see; asked of the worker, so that no page of ours needs to be open."""
    for _ in range(500):
        found: list[dict[str, Any]] = worker_of(page).evaluate(EVERYTHING)
        if len(found) == count:
            return found
        page.wait_for_timeout(20)
    raise AssertionError(f"not {count} notifications but {found}")


def notice(push: Push, tag: str, title: str) -> dict[str, Any]:
    """The notification of this tag, as soon as it says this."""
    for _ in range(500):
        if (tag, title) in push.notifications.shown:
            found = [one for one in worker_of(push.page).evaluate(EVERYTHING) if one["tag"] == tag]
            if [one["title"] for one in found] == [title]:
                one: dict[str, Any] = found[0]
                return one
        push.page.wait_for_timeout(20)
    raise AssertionError(f"{tag} does not say {title!r}: {push.notifications.shown}")
