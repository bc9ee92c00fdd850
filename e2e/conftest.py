"""Fixtures for browser tests.

`nod` is a server for all tests, `two_origins` one with the authenticator on its own host, `new_browser` opens browsers that share nothing
(each is a person's laptop or phone), `new_profile` one that may install an app. What a failing test saw is kept in e2e/artifacts/.
"""

import fcntl
import os
import re
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Playwright, WebError

from e2e import browser
from e2e.looks import Look
from e2e.people import People
from e2e.server import Nod, copy_of

HERE = Path(__file__).resolve().parent
ARTIFACTS = HERE / "artifacts"
FORBIDDEN = re.compile(r"Content Security Policy|Trusted ?Type", re.IGNORECASE)
BEHIND_PROXY = {"TRUSTED_PROXY_COUNT": "1"}  # so that each browser can have an address of its own, as in real life
USUAL = {
    "viewport": {"width": 1280, "height": 800},
    "locale": "en-GB",
    "reduced_motion": "reduce",
}  # a pulse painted sixty times a second costs a core
_addresses = (f"81.{number // 250}.{number % 250}.7" for number in count(250))
_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with browser.driver() as running:
        yield running


@pytest.fixture(scope="session")
def chromium_path(playwright: Playwright) -> str:
    found = browser.installed() or playwright.chromium.executable_path
    assert Path(found).is_file(), "no Chromium: run `make browser`"
    return found


@pytest.fixture(scope="session")
def whole_chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """With everything that an installed app may use."""
    running = browser.launch(playwright, chromium_path)
    yield running
    running.close()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """For pages alone."""
    running = browser.launch(playwright, browser.shell() or chromium_path)
    yield running
    running.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as a first start leaves it; the workers of one run share it, and whoever comes first makes it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "prepared"
    folder.mkdir(exist_ok=True)
    done = folder / "done"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            assert Nod(folder).start().stop() == 0
            done.touch()
    return folder


@pytest.fixture(scope="session")
def nod(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nod]:
    """One server for all tests that need no settings of their own: choose user names that no other test uses (`somebody` does)."""
    server = Nod(copy_of(prepared, tmp_path_factory.mktemp("nod")), **BEHIND_PROXY).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def two_origins(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nod]:
    """Like `nod`, with the authenticator on a host of its own, as in real life."""
    own_host = "http://auth.localhost:{port}"
    server = Nod(copy_of(prepared, tmp_path_factory.mktemp("nod")), **BEHIND_PROXY, AUTHENTICATOR_ORIGIN=own_host).start()
    yield server
    server.stop()


class Open:
    """The browsers of one test, and what went wrong inside them."""

    def __init__(self) -> None:
        self.contexts: list[BrowserContext] = []
        self.broken: list[str] = []

    def add(self, context: BrowserContext) -> BrowserContext:
        browser.patient(context)
        context.on("weberror", self._web_error)
        context.on("console", self._console)
        self.contexts.append(context)
        return context

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
            base = f"{name}-{number}"
            (ARTIFACTS / f"{base}.html").write_text(f"<!-- {page.url} -->\n{page.content()}")
            page.screenshot(path=ARTIFACTS / f"{base}.png", full_page=True)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Iterator[Open]:
    browsers = Open()
    yield browsers
    if request.node.stash.get(_failed, False) or browsers.broken:
        browsers.keep(re.sub(r"[^\w.-]+", "-", request.node.nodeid.removeprefix("e2e/"))[:150])
    browsers.close()
    if browsers.broken:
        pytest.fail("\n".join(browsers.broken))


@pytest.fixture
def new_browser(request: pytest.FixtureRequest, opened: Open) -> Callable[..., BrowserContext]:
    """`new_browser(**options)`: a browser that nobody has used, at an address of its own; options as of Playwright's `new_context`.

    With `address=""` it says nothing of its address, as a browser with no proxy before the server.
    """
    chromium: Browser = request.getfixturevalue("whole_chromium" if request.node.get_closest_marker("whole_browser") else "chromium")

    def new(*, address: str | None = None, **options: object) -> BrowserContext:
        where = next(_addresses) if address is None else address
        headers = {"extra_http_headers": {"X-Forwarded-For": where}} if where else {}
        return opened.add(chromium.new_context(**{**USUAL, **headers, **options}))  # type: ignore[arg-type]

    return new


@pytest.fixture
def people(nod: Nod, new_browser: Callable[..., BrowserContext]) -> People:
    """The cast of one test, on the server of all."""
    return People(nod, new_browser)


@pytest.fixture
def new_profile(playwright: Playwright, chromium_path: str, opened: Open, tmp_path: Path) -> Callable[..., BrowserContext]:
    """Like `new_browser`, with a profile on disk: only there does Chromium install apps."""

    def new(**options: object) -> BrowserContext:
        folder = tmp_path / f"profile-{len(opened.contexts)}"
        return opened.add(browser.launch_with_profile(playwright, chromium_path, folder, **options))

    return new


@pytest.fixture
def look() -> Iterator[Look]:
    """`look.at(page, title)` for each page that a test comes by; at its end nothing may be wrong with any."""
    every = Look()
    yield every
    assert every.faults == []
    assert every.count
