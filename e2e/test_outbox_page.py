"""/outbox/ shows codes, so it opens with the key of the printed link and for this machine's own
browser only.
"""

import pytest
from playwright.sync_api import expect

from e2e.pages import heading
from e2e.people import People
from e2e.person import somebody

DIRECT = {"address": ""}


def status(people: People, url: str, **options: object) -> int:
    answer = people.laptop(**{**DIRECT, **options}).page.goto(url)
    assert answer is not None
    return answer.status


def test_the_printed_link_shows_what_was_sent(people: People) -> None:
    alice = somebody()
    people.laptop().sign_up(alice)
    code = people.nod.outbox.next_code(alice.email)
    page = people.laptop(**DIRECT).page
    page.goto(people.nod.outbox_link)
    expect(heading(page, "Outbox")).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"To {alice.email}")
    assert code in page.locator("main").inner_text().replace(" ", "")


@pytest.mark.parametrize("query", ["", "?key=", "?key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_without_the_key_there_is_no_such_page(people: People, query: str) -> None:
    assert status(people, f"{people.nod.origin}/outbox/{query}") == 404


def test_through_a_proxy_there_is_no_such_page(people: People) -> None:
    assert status(people, people.nod.outbox_link) == 200
    assert status(people, people.nod.outbox_link, address="127.0.0.1") == 404


def test_a_link_in_a_mail_can_be_followed_from_there(people: People) -> None:
    alice, laptop = people.newcomer()
    laptop.ask_for_link(alice)
    people.nod.outbox.next_link(alice.email, "/link/reset/")
    page = people.laptop(**DIRECT).page
    page.goto(people.nod.outbox_link)
    page.locator("a[href*='/link/reset/']").first.click()
    expect(page.locator("[name=password]")).to_be_visible()
