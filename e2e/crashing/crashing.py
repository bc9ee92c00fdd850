"""Each notes its runs in the file RUNS."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error

from e2e.crashes import Crashed

RUNS = Path(os.environ["RUNS"])


def first_run(name: str) -> bool:
    with RUNS.open("a") as file:
        file.write(f"{name}\n")
    return RUNS.read_text().split().count(name) == 1


def test_page(new_browser: Callable[..., BrowserContext]) -> None:
    page = new_browser().new_page()
    if first_run("page"):
        with pytest.raises(Error):
            page.goto("chrome://crash")
    page.goto("about:blank")


def test_browser(chromium: Browser, new_browser: Callable[..., BrowserContext]) -> None:
    page = new_browser().new_page()
    if first_run("browser"):
        session = chromium.new_browser_cdp_session()
        (process,) = [
            each["id"]
            for each in session.send("SystemInfo.getProcessInfo")["processInfo"]
            if each["type"] == "browser"
        ]
        os.kill(int(process), signal.SIGKILL)
    page.goto("about:blank")


def test_afterwards(new_browser: Callable[..., BrowserContext]) -> None:
    first_run("afterwards")
    new_browser().new_page().goto("about:blank")


def test_twice() -> None:
    first_run("twice")
    raise Crashed("again and again")


def test_assertion(new_browser: Callable[..., BrowserContext]) -> None:
    page = new_browser().new_page()
    assert not first_run("assertion"), "Target crashed"
    page.goto("about:blank")
