"""Waiting is told in a Firefox too: its page and its authenticator go on by an event where they may
not ask, and ask where none comes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from e2e import browser
from e2e.crashes import started
from e2e.people import People
from e2e.person import Person
from e2e.push.autopush import Autopush
from e2e.push.background import Background
from e2e.push.firefox import Firefox
from e2e.push.phones import HEADING, FirefoxPhone, pair
from e2e.server import Nod
from e2e.test_told import NEVER

WITHOUT_STREAM = "delete globalThis.EventSource"
WITHOUT_INBOX_STREAM = """{
  const really = fetch;
  globalThis.fetch = (path, options) => String(path).endsWith("/inbox/events") ?
    Promise.reject(new TypeError("blocked")) : really(path, options);
}"""
SIGN_IN = """(name, password) => {
  document.querySelector("[name=username]").value = name;
  document.querySelector("[name=password]").value = password;
  document.querySelector("main form").requestSubmit();
}"""
NUMBER = "() => document.querySelector('[data-number]')?.innerText.replace(/\\s/g, '')"
IN = (
    "() => location.pathname === '/' &&"
    " Boolean(document.querySelector(\"form[action='/logout/']\"))"
)


@pytest.fixture(scope="module")
def nod(serve: Callable[..., Nod]) -> Nod:
    return serve()


@pytest.fixture(scope="module")
def firefox(folder: Path, background: Background) -> Iterator[Firefox]:
    path = browser.firefox()
    assert path, "no Firefox: run `make browser`"
    autopush = Autopush.start(background)
    running = started(lambda: Firefox(path, folder / "firefox", background, autopush))
    yield running
    running.close()


@contextmanager
def begun_with(firefox: Firefox, script: str) -> Iterator[None]:
    """Each page that is opened inside the block runs this first."""
    made = firefox.bidi.command(
        "script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}"
    )
    try:
        yield
    finally:
        firefox.bidi.command("script.removePreloadScript", script=made["script"])


@pytest.mark.parametrize("script", [NEVER, WITHOUT_STREAM], ids=["told", "asking"])
def test_the_page_goes_on(firefox: Firefox, nod: Nod, people: People, script: str) -> None:
    alice, _, phone = people.paired()
    with begun_with(firefox, script):
        firefox.goto(f"{nod.origin}/login/")
        firefox.call(SIGN_IN, alice.username, alice.password)
        phone.approve(firefox.until(NUMBER))
        firefox.until(IN)
    firefox.call("() => document.querySelector(\"form[action='/logout/']\").requestSubmit()")


@pytest.fixture(scope="module")
def alice(firefox: Firefox, nod: Nod, chromium: Browser) -> Person:
    """With this Firefox as her only phone, which no push wakes."""
    person, laptop = People(nod, chromium.new_context).newcomer()
    pair(laptop, FirefoxPhone(nod, firefox), "Firefox at home")
    laptop.context.close()
    return person


@pytest.mark.parametrize("script", [NEVER, WITHOUT_INBOX_STREAM], ids=["told", "asking"])
def test_the_authenticator_shows_the_question(
    firefox: Firefox, nod: Nod, alice: Person, people: People, script: str
) -> None:
    phone, third = FirefoxPhone(nod, firefox), people.laptop()
    with begun_with(firefox, script):
        phone.is_ready()
        third.sign_in(alice)
        firefox.until(HEADING, "Are you signing in?")
        phone.type_number(third.number())
        phone.press("Approve")
        phone.says("Approved")
    third.is_in()
