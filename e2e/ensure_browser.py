"""`python -m e2e.ensure_browser`: Chromium and Firefox are there afterwards, or the reason why not is. Browser tests are never skipped."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from e2e import browser


@dataclass(frozen=True)
class Need:
    """A browser, how it is found, Debian's package of it, and what else to say where that could not be installed."""

    name: str
    find: Callable[[], str | None]
    package: str
    help: tuple[str, ...]

    @property
    def variable(self) -> str:
        return self.name.upper()

    @property
    def sorry(self) -> str:
        """What helps, a line each."""
        ways = (f"apt-get install {self.package:<29} (Debian, as root)", *self.help)
        return f"The browser tests need {self.name}, and it could not be installed. One of these helps:\n  " + "\n  ".join(ways)


CHROMIUM = Need(
    "Chromium",
    browser.find,
    "chromium",
    (".venv/bin/playwright install chromium        (any user)", "CHROMIUM=/path/to/chromium make test         (one that you have)"),
)
FIREFOX = Need(
    "Firefox",
    browser.firefox,
    "firefox-esr",
    ("FIREFOX=/path/to/firefox make test           (one that you have, 140 or newer)",),
)


def missing(needs: list[Need]) -> list[Need]:
    return [need for need in needs if not need.find()]


def by_apt(needs: list[Need]) -> None:
    """Debian's packages, where this is root on a machine with apt; one that another command is using is waited for."""
    apt = shutil.which("apt-get")
    if not needs or os.geteuid() != 0 or apt is None:
        return
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    patient = [apt, "-o", "DPkg::Lock::Timeout=300", "-qq"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *(need.package for need in needs)]):
        subprocess.run([*patient, *command], env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def by_playwright() -> None:
    """Playwright's own Chromium, into the user's cache. Its Firefox is no help: it has another way of being driven, and no push."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdin=subprocess.DEVNULL, check=False)


def main() -> None:
    needs = missing([CHROMIUM, FIREFOX])
    wrong = [f"{need.variable}={os.environ[need.variable]} is no file." for need in needs if os.environ.get(need.variable)]
    if wrong:
        sys.exit("\n".join(wrong))
    if needs:
        print(f"Installing {' and '.join(need.name for need in needs)} for the browser tests (once).", flush=True)
    by_apt(needs)
    if CHROMIUM in missing(needs):
        by_playwright()
    lacking = missing(needs)
    if lacking:
        sys.exit("\n".join(need.sorry for need in lacking))


if __name__ == "__main__":
    main()
