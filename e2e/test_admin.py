"""The administrator's journey: a link from the terminal, an authenticator, and only then the
ledger.
"""

import re

from playwright.sync_api import expect

from e2e import moments
from e2e.looks import Look
from e2e.pages import ADD, heading, submit
from e2e.people import People
from e2e.staff import enrolled, made, ready


def test_from_the_terminal_to_the_page_of_one_login(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop(address="81.2.69.160")
    third.sign_in(alice)
    phone.approve(third.number())
    third.is_in()
    _, laptop, _ = ready(people)
    page = laptop.open("/admin/risk/loginlog/")
    row = page.locator("#result_list tbody tr", has_text="81.2.69.160").filter(
        has_text=alice.username
    )
    for fact in (alice.username, "81.2.69.160", "Chrome", "Authenticator"):
        expect(row).to_contain_text(fact)
    row.get_by_role("link").first.click()
    expect(heading(page, re.compile(alice.username))).to_be_visible()
    told = page.locator("main").inner_text()
    for fact in ("81.2.69.160", "Pixel 8", "on Linux", "Signed in", "Score"):
        assert fact in told
    score = int(page.locator("table tfoot td.points").inner_text())
    points = [
        int(text.replace("−", "-"))
        for text in page.locator("table tbody td.points").all_inner_texts()
    ]
    assert sum(points) == score


def test_the_ledger_is_searched_and_filtered_and_cannot_be_changed(people: People) -> None:
    alice, third = people.newcomer(), people.laptop()
    third.sign_in(alice[0], password="something else entirely")
    expect(third.page.get_by_role("alert")).to_be_visible()
    _, laptop, _ = ready(people)
    page = laptop.open("/admin/risk/loginlog/")
    page.fill("#searchbar", alice[0].username)
    page.locator("#changelist-search [type=submit]").click()
    expect(page).to_have_url(re.compile(r"\?q="))
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    page.goto(page.url + "&outcome__exact=wrong_password")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list tbody tr a").first.click()
    expect(heading(page, re.compile(alice[0].username))).to_be_visible()
    assert (
        page.locator("main input:visible, main select:visible, main textarea:visible").count() == 0
    )
    assert page.goto(f"{people.nod.origin}/admin/risk/loginlog/add/").status == 403  # type: ignore[union-attr]


def test_staff_without_a_strong_factor_reach_only_the_pairing_page(people: People) -> None:
    _, laptop = enrolled(people)
    for path in ("/", "/admin/", "/admin/risk/loginlog/", "/security/", "/security/password/"):
        laptop.open(path)
        expect(laptop.page).to_have_url(people.nod.origin + ADD)


def test_an_enrolment_link_works_once(people: People) -> None:
    root, link = made(people.nod)
    for _ in range(2):
        laptop = people.laptop()
        laptop.page.goto(link)
        field = laptop.page.locator("[name=password]")
        if field.is_visible():
            laptop.set_password(root.password)
            laptop.page.locator("a[data-pair-link]").wait_for()
    expect(heading(laptop.page, "This link has ended")).to_be_visible()


def test_a_known_browser_of_staff_is_asked_all_the_same_and_never_offered_a_code(
    people: People,
) -> None:
    root, laptop, phone = ready(people)
    laptop.sign_out()
    laptop.sign_in(root)
    assert re.fullmatch("[0-9]{6}", laptop.number())
    assert laptop.page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).count() == 0
    phone.open()
    phone.approve(laptop.number())
    laptop.is_in()


def test_who_proved_it_long_ago_proves_it_again_and_comes_back_to_the_same_list(
    people: People, look: Look
) -> None:
    alice, elsewhere = people.newcomer()
    root, laptop, phone = ready(people)
    moments.age_proofs(people.nod, root.username, minutes=11)
    page = laptop.open("/admin/accounts/session/?kind__exact=browser")
    expect(page.get_by_role("link", name="Prove it now")).to_be_visible()
    look.at(page, "session")
    end = "End these sessions"
    page.locator("#result_list tr", has_text=alice.username).get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label=end)
    page.locator("button[name=index]").click()
    expect(page.get_by_text("Nothing was done yet.")).to_be_visible()
    elsewhere.open("/")
    elsewhere.is_in()
    page.fill("[name=password]", root.password)
    submit(page)
    phone.open()
    phone.approve(laptop.number())
    expect(page).to_have_url(f"{people.nod.origin}/admin/accounts/session/?kind__exact=browser")
    expect(page.get_by_role("link", name="Prove it now")).to_be_hidden()
    page.locator("#result_list tr", has_text=alice.username).get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label=end)
    page.locator("button[name=index]").click()
    expect(page.get_by_text("These sessions have ended.")).to_be_visible()
    elsewhere.is_out()


def test_who_is_no_staff_gets_in_nowhere(people: People) -> None:
    _, laptop = people.newcomer()
    for path in ("/admin/", "/admin/login/", "/admin/risk/loginlog/", "/admin/accounts/user/"):
        answer = laptop.page.goto(people.nod.origin + path)
        assert answer is not None
        assert answer.status == 403
        expect(heading(laptop.page, "You may not open this")).to_be_visible()


def test_who_is_not_signed_in_is_sent_to_the_one_door(people: People) -> None:
    laptop = people.laptop()
    laptop.open("/admin/risk/loginlog/")
    expect(laptop.page).to_have_url(re.compile(r"/login/\?next="))
