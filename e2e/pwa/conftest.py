"""A phone and the endpoints it talks to. The pages come from a real server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from e2e.pwa.scripted import Scripted
from e2e.server import Nod

PHONE = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def server(nod: Nod) -> Scripted:
    return Scripted(nod.authenticator_origin)


@pytest.fixture
def phone(server: Scripted, new_browser: Callable[..., BrowserContext]) -> Page:
    """A phone that has not paired. Its service worker is off, so that every call comes to the script."""
    context = new_browser(service_workers="block", **PHONE)
    server.install(context)
    return context.new_page()


@pytest.fixture
def paired(server: Scripted, phone: Page) -> Page:
    return server.pair(phone)
