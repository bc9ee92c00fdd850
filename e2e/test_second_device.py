"""Several authenticators: all are asked, one answers, one can go."""

import re

from playwright.sync_api import Page, expect

from e2e import moments
from e2e.pages import ADD, Laptop, Phone, heading
from e2e.people import People
from e2e.person import Person


def with_tablet(people: People) -> tuple[Person, Laptop, Phone, Phone]:
    """Two devices, the second one vouched for by the first."""
    alice, first, phone = people.paired()
    first.prove(alice, ADD)
    phone.approve(first.number())
    first.page.locator("a[data-pair-link]").wait_for()
    tablet = people.phone(service_workers="block")
    people.have_paired(first, tablet, "Kitchen tablet")
    phone.is_ready()
    return alice, first, phone, tablet


def manage(laptop: Laptop, device: str) -> Page:
    """The page of one authenticator, by its row on the security page."""
    page = laptop.open("/security/")
    page.locator("li", has_text=device).get_by_role("link", name="Manage").click()
    expect(heading(page, device)).to_be_visible()
    return page


def test_a_second_device_needs_the_first_one_s_yes(people: People) -> None:
    alice, first, phone = people.paired()
    first.open(ADD)
    expect(heading(first.page, "Is it still you?")).to_be_visible()
    first.prove(alice, ADD)
    assert first.page.get_by_role("button", name=re.compile("e-mail")).count() == 0
    phone.approve(first.number())
    expect(first.page.locator("a[data-pair-link]")).to_be_visible()


def test_both_are_asked_and_one_answer_is_enough(people: People) -> None:
    alice, _, phone, tablet = with_tablet(people)
    third = people.laptop()
    third.sign_in(alice)
    number = third.number()
    phone.is_asked()
    tablet.approve(number)
    third.is_in()
    phone.look()
    phone.says("This request is over")


def test_a_removed_device_is_not_asked_any_more_and_says_so(people: People) -> None:
    alice, first, phone, tablet = with_tablet(people)
    page = manage(first, "Kitchen tablet")
    page.get_by_role("link", name="Remove this authenticator").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("status")).to_contain_text("Kitchen tablet is removed")
    third = people.laptop()
    third.sign_in(alice)
    number = third.number()
    tablet.look()
    expect(
        tablet.page.get_by_text(f"No longer the authenticator of {alice.full_name}")
    ).to_be_visible()
    phone.approve(number)
    third.is_in()


def test_a_device_gets_another_name(people: People) -> None:
    _, first, _, _ = with_tablet(people)
    page = manage(first, "Kitchen tablet")
    page.fill("[name=name]", "Living room tablet")
    page.locator("main button[type=submit]").first.click()
    expect(page).to_have_url(f"{people.nod.origin}/security/")
    expect(page.locator("li", has_text="Living room tablet")).to_be_visible()
    expect(page.locator("li", has_text="Kitchen tablet")).to_have_count(0)


def test_a_device_that_is_not_yours_is_refused_and_never_answers(people: People) -> None:
    alice, first = people.newcomer()
    stranger = people.phone()
    stranger.arrive(first.pairing_link())
    stranger.agree("Not mine")
    first.page.locator("button[data-refuse-device]").click()
    expect(first.page).to_have_url(f"{people.nod.origin}/security/")
    expect(first.page.locator("main")).not_to_contain_text("Not mine")
    third = people.laptop()
    moments.age_sends(people.nod, alice.username, seconds=31)
    third.sign_in(alice)
    third.page.locator("[name=code]").wait_for()
    expect(stranger.open().get_by_text(f"Almost there, {alice.full_name}")).to_be_visible()
    assert heading(stranger.page, "Are you signing in?").count() == 0
