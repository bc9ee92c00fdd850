"""A phone and the endpoints it talks to. The pages come from a real server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.pwa.pushing import PUSH_SERVICE
from e2e.pwa.scripted import Scripted
from e2e.server import Nod

PHONE = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def server(nod: Nod) -> Scripted:
    return Scripted(nod.authenticator_origin)


@pytest.fixture
def phone(server: Scripted, new_browser: Callable[..., BrowserContext]) -> Page:
    """A phone that has not paired. Its service worker is off, so that every call comes to the script; its time stands, and the script's."""
    context = new_browser(service_workers="block", **PHONE)
    server.stop_time(context)
    server.install(context)
    return context.new_page()


@pytest.fixture
def paired(server: Scripted, phone: Page) -> Page:
    return server.pair(phone)


@pytest.fixture
def browser(server: Scripted, new_browser: Callable[..., BrowserContext]) -> BrowserContext:
    """A computer's browser with a service worker, where notifications are allowed."""
    context = new_browser()
    context.grant_permissions(["notifications"], origin=server.origin)
    server.install(context)
    return context


@pytest.fixture
def listening(server: Scripted, browser: BrowserContext) -> Page:
    """The home page there, paired, with notifications turned on and no push yet."""
    browser.add_init_script(PUSH_SERVICE)
    page = server.pair(browser.new_page())
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("Waiting for the first push")).to_be_visible()
    return page
