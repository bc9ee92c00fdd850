"""Waiting for browsers: with the one patience of all tests, and for something that shows, never for
some time to pass.
"""

from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

from mfaproject.lib.patience import PATIENCE
from mfaproject.lib.patience import until as until_true

T = TypeVar("T")
MILLISECONDS = PATIENCE * 1000
_IN_PAGE = """(...given) => new Promise((found, late) => {
  let over = false;
  const end = (settle) => (value) => ((over = true), settle(value));
  setTimeout(end(late), %d, new Error("it never was so"));
  const look = async () => {
    const value = await (%s)(...given);
    if (value) end(found)(value);
    else if (!over) setTimeout(look, 25);
  };
  look().catch(end(late));
})"""


def until(page: Page, look: Callable[[], T | None], sorry: Callable[[], object]) -> T:
    """The first true thing that `look` gives. Browsers are heard meanwhile:
    what they ask of a script is answered."""
    return until_true(look, sorry, rest=lambda seconds: page.wait_for_timeout(seconds * 1000))


def stop_time(page: Page) -> None:
    """In this browser: until `pass_time` nothing that its pages wait for comes,
    and nothing that counts counts down."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


def pass_time(page: Page, seconds: float) -> None:
    """Where it stands. All that is due in between happens, each at its moment."""
    page.clock.run_for(round(seconds * 1000))


def in_page(function: str, patience: float = PATIENCE) -> str:
    """A function with the same parameters that gives the first true thing the function gives, which
    may be async; it throws after so many seconds.

    Playwright's own `wait_for_function` takes the promise of an async function for the true thing.
    For pages whose time does not stand.
    """
    return _IN_PAGE % (patience * 1000, function)
