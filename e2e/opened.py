"""The browsers of a test, and what goes wrong inside them."""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, WebError

from e2e.browser import patient

ARTIFACTS = Path(__file__).resolve().parent / "artifacts"
FORBIDDEN = re.compile(r"Content Security Policy|Trusted ?Type", re.IGNORECASE)
USUAL = {
    "viewport": {"width": 1280, "height": 800},
    "locale": "en-GB",
    "reduced_motion": "reduce",
}  # a pulse painted sixty times a second costs a core
_addresses = (f"81.{number // 250}.{number % 250}.7" for number in count(250))


def fresh(chromium: Browser, *, address: str | None = None, **options: object) -> BrowserContext:
    """A browser that nobody has used, at an address of its own; options as of Playwright's
    `new_context`.

    With `address=""` it says nothing of its address, as a browser with no proxy before the server.
    """
    where = next(_addresses) if address is None else address
    headers = {"extra_http_headers": {"X-Forwarded-For": where}} if where else {}
    return patient(chromium.new_context(**{**USUAL, **headers, **options}))  # type: ignore[arg-type]


class Open:
    """The browsers of one test, and what went wrong inside them."""

    def __init__(self) -> None:
        self.contexts: list[BrowserContext] = []
        self.broken: list[str] = []
        self._ends: list[Callable[[], None]] = []

    def add(self, context: BrowserContext) -> BrowserContext:
        """One that is closed at the end."""
        self._watch(context)
        self._ends.append(context.close)
        return context

    def lend(self, context: BrowserContext) -> BrowserContext:
        """One that other tests will have as well."""

        def give_back() -> None:
            context.remove_listener("weberror", self._web_error)
            context.remove_listener("console", self._console)

        self._watch(context)
        self._ends.append(give_back)
        return context

    def _watch(self, context: BrowserContext) -> None:
        context.on("weberror", self._web_error)
        context.on("console", self._console)
        self.contexts.append(context)

    def _web_error(self, error: WebError) -> None:
        self.broken.append(f"uncaught in a page: {error.error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and FORBIDDEN.search(message.text):
            self.broken.append(f"refused by our own policy: {message.text}")

    def keep(self, name: str) -> None:
        """A picture and the HTML of every open page."""
        ARTIFACTS.mkdir(exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages, 1):
            with suppress(Error):  # a page that crashed can be shown no more
                self._keep(page, f"{name}-{number}")

    def _keep(self, page: Page, name: str) -> None:
        (ARTIFACTS / f"{name}.html").write_text(f"<!-- {page.url} -->\n{page.content()}")
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)

    def close(self) -> None:
        for end in self._ends:
            end()
