"""A double press, the back button, another tab, somebody else's cookie: a kind page, nothing lost,
nobody in.
"""

from playwright.sync_api import Route, expect

from e2e import moments
from e2e.pages import heading, submit
from e2e.people import People
from e2e.person import somebody


def test_the_back_button_after_getting_in_says_so_and_leads_on(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.sign_in(alice)
    phone.approve(third.number())
    third.is_in()
    third.page.go_back()
    expect(heading(third.page, "You are signed in already")).to_be_visible()
    third.page.get_by_role("link", name="Go on").click()
    third.is_in()


def test_the_wait_page_belongs_to_the_browser_that_began(people: People) -> None:
    alice, _, phone = people.paired()
    third, foreign = people.laptop(), people.laptop()
    third.sign_in(alice)
    number = third.number()
    foreign.open("/login/wait/")
    expect(heading(foreign.page, "Let us start again")).to_be_visible()
    phone.approve(number)
    third.is_in()
    foreign.is_out()


def test_a_double_press_sends_one_form(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.open("/login/")
    posts: list[str] = []
    third.page.on(
        "request", lambda request: posts.append(request.url) if request.method == "POST" else None
    )
    third.page.fill("[name=username]", alice.username)
    third.page.fill("[name=password]", alice.password)
    third.page.locator("main button[type=submit]").first.evaluate(
        "button => { button.click(); button.click(); }"
    )
    phone.approve(third.number())
    third.is_in()
    assert [url for url in posts if url.endswith("/login/")] == [f"{people.nod.origin}/login/"]


def test_a_second_sign_in_in_another_tab_goes_on_with_the_first_ones_question(
    people: People,
) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.sign_in(alice)
    number = third.number()
    earlier, third.page = third.page, third.context.new_page()
    third.sign_in(alice)
    assert third.number() == number, "one journey, one question, one number"
    phone.approve(number)
    for page in (earlier, third.page):  # one of them collects it, the other sees that it is done
        expect(page.locator("[data-number]")).to_be_hidden()
    third.open("/")
    third.is_in()


def test_a_cancelled_sign_in_leaves_the_phone_with_nothing_to_answer(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.sign_in(alice)
    phone.is_asked()
    third.page.get_by_role("button", name="Cancel this sign-in").click()
    expect(heading(third.page, "Sign in")).to_be_visible()
    phone.look()
    phone.says("This request is over")


def test_a_page_that_is_being_left_goes_nowhere_else(people: People) -> None:
    """Cancelling ends the question, and the page hears of that before the
    answer to the form is there."""
    alice, _ = people.with_key()
    third = people.laptop()
    third.sign_in(alice)
    third.number()
    third.page.wait_for_load_state("load")
    gone: list[str] = []

    def goes(route: Route) -> None:
        gone.append(route.request.url)
        route.abort()

    third.page.route("**/login/wait/", goes)
    third.page.evaluate("document.dispatchEvent(new Event('submit'))")
    moments.end_questions(people.nod, alice.username)
    with third.page.expect_response("**/login/state/"):
        third.page.evaluate(
            "document.querySelector('[data-wait]').dispatchEvent(new Event('told'))"
        )
    third.page.evaluate("new Promise((done) => setTimeout(done, 50))")
    assert gone == []


def test_every_form_names_the_field_and_keeps_what_was_typed_but_no_password(
    people: People,
) -> None:
    laptop = people.laptop()
    page = laptop.open("/signup/")
    for name, value in {
        "full_name": "Alice Martin",
        "username": "alice",
        "email": "alice@example.org",
        "password": "short",
        "phone": "12",
    }.items():
        page.fill(f"[name={name}]", value)
    submit(page)
    for name in ("password", "phone"):
        expect(page.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=full_name]")).to_have_value("Alice Martin")
    expect(page.locator("[name=email]")).to_have_value("alice@example.org")
    expect(page.locator("[name=password]")).to_have_value("")


def test_wrong_password_and_unknown_name_read_the_same(people: People) -> None:
    alice, _ = people.newcomer()
    words = []
    for person in (alice, somebody("nobody")):
        laptop = people.laptop()
        laptop.sign_in(person, password="not the right one")
        alert = laptop.page.get_by_role("alert")
        words.append(alert.inner_text())
        expect(laptop.page.locator("[name=username]")).to_have_value(person.username)
        expect(laptop.page.locator("[name=password]")).to_have_value("")
    assert words[0] == words[1]


def test_a_used_address_looks_like_a_new_one_and_its_owner_is_told(people: People) -> None:
    alice, _ = people.newcomer()
    people.nod.outbox.forget()
    moments.forget_mails(people.nod)
    mallory = somebody("mallory", "Mallory")
    laptop = people.laptop()
    page = laptop.open("/signup/")
    for name, value in {
        "full_name": mallory.full_name,
        "username": mallory.username,
        "email": alice.email,
        "password": mallory.password,
    }.items():
        page.fill(f"[name={name}]", value)
    submit(page)
    page.locator("[name=code]").wait_for()
    mail = people.nod.outbox.next_mail(alice.email)
    assert mail.code is None
    assert "belongs to an account already" in mail.text
