"""A database that does not do its work for a moment: nothing that was typed is lost, with scripts
and without.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.looks import Look
from e2e.pages import heading
from e2e.people import People
from e2e.person import longest, somebody
from e2e.server import Nod
from mfaproject.front.messages import Request
from mfaproject.front.refusals import Refusals
from mfaproject.lib.patience import PATIENCE

LATER = "One moment, please"


@contextmanager
def written_to(nod: Nod) -> Iterator[None]:
    """Somebody else writes to the file, and does not come to an end."""
    with closing(
        sqlite3.connect(nod.data_dir / "nod.sqlite3", isolation_level=None, timeout=PATIENCE)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").first.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_at_sign_up_survives_and_the_password_is_asked_for_again(
    people: People, scripts: bool
) -> None:
    alice, page = somebody(), people.laptop(java_script_enabled=scripts).open("/signup/")
    for name in ("full_name", "username", "email", "password"):
        page.fill(f"[name={name}]", getattr(alice, name))
    with written_to(people.nod):
        send(page)
        expect(heading(page, LATER)).to_be_visible()
    expect(page.get_by_text("Nothing was changed.")).to_be_visible()
    assert alice.password not in page.content()
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")
    page.get_by_label("Password").fill(alice.password)
    page.get_by_role("button", name="Try again").click()
    expect(heading(page, "Check your e-mail")).to_be_visible()


def test_it_can_be_pressed_again_and_again(people: People) -> None:
    page = people.laptop().open("/reset/")
    page.fill("[name=email]", "nobody@example.org")
    with written_to(people.nod):
        send(page)
        expect(heading(page, LATER)).to_be_visible()
        page.get_by_role("button", name="Try again").click()
        page.wait_for_load_state()
        expect(heading(page, LATER)).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(heading(page, "Check your e-mail")).to_be_visible()


def test_the_page_can_be_read_by_everybody(people: People, look: Look) -> None:
    laptop, alice = people.laptop(), longest()
    page = laptop.open("/signup/")
    for name in ("full_name", "username", "email", "password"):
        page.fill(f"[name={name}]", getattr(alice, name))
    with written_to(people.nod):
        send(page)
        look.at(page, LATER)
    page.route("**/signup/", unsure)
    page.get_by_label("Password").fill(alice.password)
    page.get_by_role("button", name="Try again").click()
    look.at(page, "We cannot say whether this went through")
    expect(page.get_by_role("link", name="Look whether it happened")).to_have_attribute("href", "/")
    expect(page.get_by_role("button", name="Send it again")).to_be_visible()


def unsure(route: Route) -> None:
    """What a server says that got no answer to its COMMIT."""
    request = route.request
    sent = request.all_headers() | {"host": urlsplit(request.url).netloc}
    form = request.post_data_buffer or b""
    peer = ("127.0.0.1", ("localhost", 80), "http", 0.0, True, form)
    asked = Request("POST", b"/signup/", b"", "1.1", list(sent.items()), *peer)
    answer = Refusals()(503, asked, True)
    route.fulfill(status=answer.status, headers=dict(answer.fields), body=answer.body)
