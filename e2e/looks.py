"""Whether a page that is open can be read by everybody: axe-core in light and dark, nothing over
the edge at any width.

With NOD_PICTURES=folder each page looked at is also painted there, for a person's own eyes.
"""

import os
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

from e2e import axe

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
OF_COLOUR = ("color-contrast", "link-in-text-block")  # all that a scheme can change
WIDTHS = {320: "a narrow phone, or 640 at 200 %", 360: "a phone", 640: "1280 at 200 %"}
# Django's admin lets its colours fade from one scheme to the other: half way there is no contrast
# to measure.
SETTLED = """() => {
  getComputedStyle(document.body).color;
  document.getAnimations().forEach((one) => one.effect.getComputedTiming().endTime === Infinity ?
    one.cancel() : one.finish());
}"""
STICKS_OUT = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  const over = [...document.body.querySelectorAll("*")].filter((one) =>
    one.getBoundingClientRect().right > edge + 1);
  const named = over.slice(-3).map((one) =>
    `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`);
  return [...named, `the page is ${document.documentElement.scrollWidth} px wide`];
}"""


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in words; leaves it as it was."""
    before = page.viewport_size
    found = [*_by_axe(page), *_by_width(page)]
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
    return found


def _by_axe(page: Page) -> list[str]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(SETTLED)
        found += [
            f"{scheme}: {finding}"
            for finding in axe.findings(page, rules=OF_COLOUR if scheme == "dark" else ())
        ]
        _paint(page, scheme)
    return found


def _by_width(page: Page) -> list[str]:
    found = []
    for width, what in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 640})
        found += [f"{width} px ({what}): {element}" for element in page.evaluate(STICKS_OUT)]
        _paint(page, f"{width}")
    return found


def _paint(page: Page, variant: str) -> None:
    folder = os.environ.get("NOD_PICTURES")
    if folder:
        name = re.sub(
            r"[^\w]+",
            "-",
            f"{page.url.partition('//')[2].partition('/')[2].partition('?')[0]}-{page.title()}",
        )
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name[:80]}-{variant}.png", full_page=True)


class Look:
    """Collects the faults of the pages that a test shows it."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.count = 0

    def at(self, page: Page, title: str) -> None:
        """The page must be the one that is meant: `title` is its heading."""
        expect(page.get_by_role("heading", name=re.compile(title)).first).to_be_visible()
        self.count += 1
        self.faults += [f"{title}: {fault}" for fault in faults(page)]
