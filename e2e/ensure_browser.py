"""`python -m e2e.ensure_browser`: a Chromium is there afterwards, or the reason why not is. Browser tests are never skipped."""

import os
import shutil
import subprocess
import sys

from e2e import browser

SORRY = """The browser tests need Chromium, and it could not be installed. One of these helps:
  apt-get install chromium                     (Debian, as root)
  .venv/bin/playwright install chromium        (any user)
  CHROMIUM=/path/to/chromium make test         (one that you have)"""


def by_apt() -> None:
    """Debian's package, where this is root on a machine with apt."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.run([apt, "update", "-qq"], env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    install = [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    subprocess.run(install, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def by_playwright() -> None:
    """Playwright's own build, into the user's cache."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdin=subprocess.DEVNULL, check=False)


def main() -> None:
    if browser.find():
        return
    if os.environ.get("CHROMIUM"):
        sys.exit(f"CHROMIUM={os.environ['CHROMIUM']} is no file.")
    print("Installing Chromium for the browser tests (once).")
    for way in (by_apt, by_playwright):
        way()
        if browser.find():
            return
    sys.exit(SORRY)


if __name__ == "__main__":
    main()
