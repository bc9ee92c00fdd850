"""A phone and the endpoints it talks to. The pages come from a real server."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from e2e.kept import Kept
from e2e.opened import Open, fresh
from e2e.pwa.pushing import PUSH_SERVICE
from e2e.pwa.screens import heading
from e2e.pwa.scripted import Paired, Scripted
from e2e.server import Nod

PHONE = {
    "service_workers": "block",
    "viewport": {"width": 360, "height": 640},
    "is_mobile": True,
    "has_touch": True,
}
"""Its service worker is off, so that every call comes to the script."""


NATIVES = """() => {
  const names = {
    globalThis: ["setTimeout"],
    AbortSignal: ["timeout"],
    "PushManager.prototype": ["getSubscription", "subscribe"],
    "ServiceWorkerRegistration.prototype": ["getNotifications", "showNotification"],
  };
  globalThis.natives ??= Object.entries(names).flatMap(([path, those]) => {
    const where = path.split(".").reduce((found, name) => found[name], globalThis);
    return those.map((name) => [where, name, where[name]]);
  });
  natives.forEach(([where, name, native]) => { where[name] = native; });
}"""
"""What tests change inside a worker: first noted, and put back from then on."""


class Lent(Kept):
    """A browser that has paired. What it talks to is the script of whoever has it now."""

    def __init__(self, script: Scripted, context: BrowserContext) -> None:
        self.script = script
        self._as: dict[str, Paired] = {}
        context.route("**/v1/authenticator/**", self._answer)
        super().__init__(script.origin, script.pair(context.new_page()))
        self.keep("paired")

    def _answer(self, route: Route) -> None:
        self.script.answer(route)

    def keep(self, name: str) -> None:
        (self._as[name],) = self.script.devices
        self.script.devices = [replace(self._as[name])]
        super().keep(name)

    def lend(self, script: Scripted, name: str) -> Page:
        """It is the script's from now on."""
        self.leave()  # what the page of the test before still asks is not this script's to answer
        script.user, script.moment = self.script.user, self.script.moment
        script.devices = [replace(self._as[name], health={})]
        self.script = script
        page = self.restore(name)
        for worker in self.context.service_workers:
            worker.evaluate(NATIVES)
        return page


@pytest.fixture
def server(nod: Nod) -> Scripted:
    return Scripted(nod.authenticator_origin)


@pytest.fixture
def phone(server: Scripted, new_browser: Callable[..., BrowserContext]) -> Page:
    """A phone that has not paired. Its time stands, and the script's."""
    context = new_browser(**PHONE)
    server.stop_time(context)
    server.install(context)
    return context.new_page()


@pytest.fixture(scope="session")
def pocket(nod: Nod, chromium: Browser) -> Iterator[Lent]:
    context, script = fresh(chromium, **PHONE), Scripted(nod.authenticator_origin)  # type: ignore[arg-type]
    script.stop_time(context)
    yield Lent(script, context)
    context.close()


@pytest.fixture
def paired(server: Scripted, opened: Open, pocket: Lent) -> Page:
    """One that has, likewise, on its first page."""
    opened.lend(pocket.context)
    page = pocket.lend(server, "paired")
    expect(heading(page, "Nothing to approve")).to_be_visible()
    return page


@pytest.fixture
def browser(server: Scripted, new_browser: Callable[..., BrowserContext]) -> BrowserContext:
    """A computer's browser with a service worker, where notifications are allowed."""
    context = new_browser()
    context.grant_permissions(["notifications"], origin=server.origin)
    server.install(context)
    return context


@pytest.fixture(scope="session")
def desk(nod: Nod, whole_chromium: Browser) -> Iterator[Lent]:
    """Such a browser, paired, and then with notifications turned on."""
    context = fresh(whole_chromium)
    context.grant_permissions(["notifications"], origin=nod.authenticator_origin)
    context.add_init_script(PUSH_SERVICE)
    lent = Lent(Scripted(nod.authenticator_origin), context)
    turn_on(lent.open("paired"))
    lent.keep("listening")
    yield lent
    context.close()


def turn_on(page: Page) -> Page:
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("Waiting for the first push")).to_be_visible()
    return page


@pytest.fixture
def off(server: Scripted, opened: Open, desk: Lent) -> Page:
    """The home page there, paired, with notifications still off."""
    opened.lend(desk.context)
    page = desk.lend(server, "paired")
    expect(page.get_by_text("Notifications are off")).to_be_visible()
    return page


@pytest.fixture
def listening(server: Scripted, opened: Open, desk: Lent) -> Page:
    """The home page there, paired, with notifications turned on and no push yet."""
    opened.lend(desk.context)
    page = desk.lend(server, "listening")
    expect(page.get_by_text("Waiting for the first push")).to_be_visible()
    return page
