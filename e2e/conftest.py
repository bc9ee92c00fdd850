"""Fixtures for browser tests.

`nod` is a server for all tests, `two_origins` one with the authenticator on its own host,
`new_browser` opens browsers that share nothing (each is a person's laptop or phone), `new_profile`
one that may install an app. What a failing test saw is kept in e2e/artifacts/.
"""

import fcntl
import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from e2e import browser, crashes
from e2e.looks import Look
from e2e.opened import Open, fresh
from e2e.people import People
from e2e.server import Nod, copy_of

HERE = Path(__file__).resolve().parent
# so that each browser can have an address of its own, as in real life
BEHIND_PROXY = {"TRUSTED_PROXY_COUNT": "1"}
_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    if HERE not in item.path.parents:
        return None
    crashes.run(item, nextitem)
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    crashes.summary(terminalreporter)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    crashes.noted(item, call, report)
    failed = report.when != "setup" and item.stash.get(_failed, False)
    item.stash[_failed] = failed or report.failed
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
    """A data folder as a first start leaves it; the workers of one run share
    it, and whoever comes first makes it."""
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
    """One server for all tests that need no settings of their own: choose user names that no other
    test uses (`somebody` does)."""
    server = Nod(copy_of(prepared, tmp_path_factory.mktemp("nod")), **BEHIND_PROXY).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def two_origins(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nod]:
    """Like `nod`, with the authenticator on a host of its own, as in real life."""
    own_host = "http://auth.localhost:{port}"
    server = Nod(
        copy_of(prepared, tmp_path_factory.mktemp("nod")),
        **BEHIND_PROXY,
        AUTHENTICATOR_ORIGIN=own_host,
    ).start()
    yield server
    server.stop()


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
    """`new_browser(**options)`: one that nobody has used; options as of `fresh`."""
    chromium: Browser = request.getfixturevalue(
        "whole_chromium" if request.node.get_closest_marker("whole_browser") else "chromium"
    )

    def new(**options: object) -> BrowserContext:
        return opened.add(fresh(chromium, **options))  # type: ignore[arg-type]

    return new


@pytest.fixture
def people(nod: Nod, new_browser: Callable[..., BrowserContext]) -> People:
    """The cast of one test, on the server of all."""
    return People(nod, new_browser)


@pytest.fixture
def new_profile(
    playwright: Playwright, chromium_path: str, opened: Open, tmp_path: Path
) -> Callable[..., BrowserContext]:
    """Like `new_browser`, with a profile on disk: only there does Chromium install apps."""

    def new(**options: object) -> BrowserContext:
        folder = tmp_path / f"profile-{len(opened.contexts)}"
        return opened.add(browser.launch_with_profile(playwright, chromium_path, folder, **options))

    return new


@pytest.fixture
def look() -> Iterator[Look]:
    """`look.at(page, title)` for each page that a test comes by; at its end
    nothing may be wrong with any."""
    every = Look()
    yield every
    assert every.faults == []
    assert every.count
