"""Where Chromium is, and how it is started: quiet, and unable to leave this machine."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSIDE = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules={INSIDE}",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),  # Chromium's sandbox refuses root
]


def installed() -> str | None:
    """The path of CHROMIUM where set, else of the system's Chromium, else None."""
    chosen = os.environ.get("CHROMIUM", "")
    if chosen:
        return chosen if Path(chosen).is_file() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def from_playwright() -> str | None:
    """The path of the Chromium that `playwright install` downloads, if it did."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def find() -> str | None:
    """A Chromium that is there."""
    return installed() or from_playwright()
