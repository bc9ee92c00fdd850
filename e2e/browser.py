"""Where the browsers are, and how Chromium is started: quiet, unable to leave this machine, and as
patient as every test.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from e2e.crashes import started
from e2e.waiting import MILLISECONDS

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SHELL = ("chromium-headless-shell",)
FIREFOX = ("firefox-esr", "firefox")
INSIDE = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"


def flags(*hosts: str) -> list[str]:
    """`hosts`: rules of Chromium's resolver for names that stand for something on this machine,
    such as `MAP a.example:443 127.0.0.1:4430`."""
    return [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        # per context, so people still share nothing; else a tab costs a process for its empty page
        # and one for ours
        "--renderer-process-limit=1",
        f"--host-resolver-rules={', '.join((*hosts, INSIDE))}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # Chromium's sandbox refuses root
    ]


FLAGS = flags()


@contextmanager
def driver() -> Iterator[Playwright]:
    """What drives Chromium."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=MILLISECONDS)
        yield playwright


def launch(playwright: Playwright, path: str | None, **options: object) -> Browser:
    """A Chromium; options as of Playwright's `launch`."""
    usual = {"executable_path": path, "args": FLAGS, "timeout": MILLISECONDS}
    return started(lambda: playwright.chromium.launch(**{**usual, **options}))  # type: ignore[arg-type]


def launch_with_profile(
    playwright: Playwright, path: str, folder: Path, **options: object
) -> BrowserContext:
    """A Chromium with a profile on disk; options as of Playwright's `launch_persistent_context`."""
    usual = {"executable_path": path, "args": FLAGS, "timeout": MILLISECONDS}
    chosen = {**usual, **options}
    return patient(
        started(lambda: playwright.chromium.launch_persistent_context(folder, **chosen))  # type: ignore[arg-type]
    )


def patient(context: BrowserContext) -> BrowserContext:
    """Waits for what is done in it, and in its pages, as long as a test does."""
    context.set_default_timeout(MILLISECONDS)
    return context


def _chosen_or_found(variable: str, names: tuple[str, ...]) -> str | None:
    chosen = os.environ.get(variable, "")
    if chosen:
        return chosen if Path(chosen).is_file() else None
    return next((found for name in names if (found := shutil.which(name))), None)


def installed() -> str | None:
    """The path of CHROMIUM where set, else of the system's Chromium, else None."""
    return _chosen_or_found("CHROMIUM", CHROMIUM)


def shell() -> str | None:
    """Chromium without its window, where the system has it and nobody chose another: the same
    engine at half the cost. It has no push."""
    return None if os.environ.get("CHROMIUM") else _chosen_or_found("CHROMIUM_SHELL", SHELL)


def firefox() -> str | None:
    """The path of FIREFOX where set, else of the system's Firefox, else None."""
    return _chosen_or_found("FIREFOX", FIREFOX)


def from_playwright() -> str | None:
    """The path of the Chromium that `playwright install` downloads, if it did."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def find() -> str | None:
    """A Chromium that is there."""
    return installed() or from_playwright()
