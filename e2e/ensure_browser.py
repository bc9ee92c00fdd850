"""`python -m e2e.ensure_browser`: Chromium, Firefox and curl are there afterwards, or the
reason why not is. Browser tests are never skipped.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from e2e import browser


@dataclass(frozen=True)
class Need:
    """A program, how it is found, Debian's package of it, what else helps who cannot have that, and
    the variable that may name its path."""

    name: str
    find: Callable[[], str | None]
    package: str
    else_: str
    variable: str = ""

    @property
    def sorry(self) -> str:
        """What helps, a line each."""
        lines = [
            f"These tests need {self.name}, and it could not be installed. One of these helps:"
        ]
        lines += [f"apt-get install {self.package:<29}(Debian, as root)", self.else_]
        if self.variable:
            lines.append(
                f"{f'{self.variable}=/path/to/{self.name.lower()} make test':<45}(one that you"
                " have)"
            )
        return "\n  ".join(lines)

    @property
    def wrong(self) -> str:
        """What is wrong with the variable, if it is set: asked only of what was not found."""
        chosen = os.environ.get(self.variable, "") if self.variable else ""
        return f"{self.variable}={chosen} is no file." if chosen else ""


CHROMIUM = Need(
    "Chromium",
    browser.find,
    "chromium",
    ".venv/bin/playwright install chromium        (any user)",
    "CHROMIUM",
)
FIREFOX = Need(
    "Firefox",
    browser.firefox,
    "firefox-esr",
    "Firefox ESR from www.mozilla.org             (any user)",
    "FIREFOX",
)

CURL = Need(
    "curl",
    partial(shutil.which, "curl"),
    "curl",
    "curl from your system's packages             (any user)",
)

SHELL = Need("Chromium's shell", browser.shell, "chromium-headless-shell", "")
"""Nobody must have it: the whole browser does the same, at twice the cost."""


def missing(needs: list[Need]) -> list[Need]:
    return [need for need in needs if not need.find()]


def by_apt(needs: list[Need]) -> None:
    """Debian's packages, where this is root on a machine with apt; one that another command is
    using is waited for."""
    apt = shutil.which("apt-get")
    if not needs or os.geteuid() != 0 or apt is None:
        return
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    patient = [apt, "-o", "DPkg::Lock::Timeout=300", "-qq"]
    for command in (
        ["update"],
        ["install", "-y", "--no-install-recommends", *(need.package for need in needs)],
    ):
        subprocess.run(
            [*patient, *command],
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )


def by_playwright() -> None:
    """Playwright's own Chromium, into the user's cache. Its Firefox is no help: it has another way
    of being driven, and no push."""
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        stdin=subprocess.DEVNULL,
        check=False,
    )


def ensure(
    wanted: list[Need],
    *,
    optional: list[Need],
    otherwise: Callable[[list[Need]], None] = lambda _: None,
) -> None:
    """What is wanted is there afterwards, or the command ends with the reason. `otherwise` may help
    with what apt did not bring."""
    needs = missing(wanted)
    wrong = [need.wrong for need in needs if need.wrong]
    if wrong:
        sys.exit("\n".join(wrong))
    if needs:
        print(
            f"Installing {', '.join(need.name for need in needs)} for the tests (once).", flush=True
        )
    by_apt(needs)
    # by itself: where there is no such package, the others must come all the same
    by_apt(missing(optional))
    otherwise(missing(needs))
    lacking = missing(needs)
    if lacking:
        sys.exit("\n".join(need.sorry for need in lacking))


def main() -> None:
    ensure(
        [CHROMIUM, FIREFOX, CURL],
        optional=[SHELL],
        otherwise=lambda lacking: by_playwright() if CHROMIUM in lacking else None,
    )


if __name__ == "__main__":
    main()
