"""A factor from another package, added by one line of settings (e2e/toy_settings.py): everything
that goes for ours goes for it, on a real server, and nothing of Nod knows its name.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from e2e import moments, staff
from e2e.conftest import BEHIND_PROXY
from e2e.pages import Laptop, heading, press, submit
from e2e.people import People
from e2e.person import Person
from e2e.server import Nod, copy_of

OFFER, ADD = "Say your code word", "Choose a code word"
REMOVE = "a[href*='/security/factors/']"


@pytest.fixture(scope="module")
def toy_nod(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nod]:
    folder = copy_of(prepared, tmp_path_factory.mktemp("toy"))
    server = Nod(folder, **BEHIND_PROXY, DJANGO_SETTINGS_MODULE="e2e.toy_settings").start()
    yield server
    server.stop()


@pytest.fixture
def people(toy_nod: Nod, new_browser: Callable[..., BrowserContext]) -> People:
    return People(toy_nod, new_browser)


def enrolled(people: People) -> tuple[Person, Laptop, str]:
    """Somebody with a code word, which her own security page let her choose."""
    alice, laptop = people.newcomer()
    page = laptop.open("/security/")
    page.get_by_role("link", name=ADD).click()
    word = page.locator("[data-word]").inner_text()
    page.fill("[name=word]", word)
    submit(page)
    expect(heading(page, "Security")).to_be_visible()
    moments.age_sends(people.nod, alice.username, seconds=31)
    return alice, laptop, word


def asked(people: People, alice: Person, **options: object) -> Laptop:
    """A browser that she does not use, at the question for the code word."""
    stranger = people.laptop(**options)
    stranger.sign_in(alice)
    stranger.choose(OFFER)
    expect(heading(stranger.page, "What is your code word?")).to_be_visible()
    return stranger


def test_it_is_enrolled_listed_told_of_and_removed(people: People) -> None:
    people.nod.outbox.forget()
    alice, laptop, word = enrolled(people)
    told = people.nod.outbox.next_mail(alice.email)
    while told.subject != "A code word was added":
        told = people.nod.outbox.next_mail(alice.email)
    assert "It lets in whoever knows it." in told.text
    page = laptop.page
    expect(page.get_by_role("link", name=ADD)).to_have_count(0)
    page.locator(REMOVE).click()
    # there is a strong factor now, and the code by mail of the sign-up is none
    page.fill("[name=password]", alice.password)
    submit(page)
    press(page, OFFER)
    laptop.type_code(word)
    expect(heading(page, "Remove Code word?")).to_be_visible()
    press(page, "Remove it")
    expect(page.get_by_role("link", name=ADD)).to_be_visible()
    expect(page.locator(REMOVE)).to_have_count(0)
    assert people.nod.outbox.next_mail(alice.email).subject == "The code word was removed"


def test_it_signs_in_and_the_history_the_mail_and_the_ledger_say_so(people: People) -> None:
    alice, _laptop, word = enrolled(people)
    people.nod.outbox.forget()
    stranger = asked(people, alice)
    stranger.type_code(word.upper())
    stranger.is_in()
    expect(stranger.page.locator("main")).to_contain_text("with the code word")
    mail = people.nod.outbox.next_mail(alice.email)
    while "Proof: your code word" not in mail.text:
        mail = people.nod.outbox.next_mail(alice.email)
    _root, admin, _phone = staff.ready(people)
    page = admin.open("/admin/risk/loginlog/?factor__exact=toy")
    expect(page.locator("#changelist-filter")).to_contain_text("Code word")
    page.locator("#result_list tbody a").first.click()
    expect(page.locator("main, #content").first).to_contain_text("Code word")
    page = admin.open("/admin/mfa/factor/?kind__exact=toy")
    expect(page.locator("#result_list")).to_contain_text(alice.username)
    expect(page.locator("#result_list")).to_contain_text("code word")


def test_wrong_words_are_counted_and_switch_it_off_for_strangers_alone(people: People) -> None:
    alice, laptop, word = enrolled(people)
    people.nod.outbox.forget()
    stranger = asked(people, alice)
    for left in ("4 tries are left.", "3 tries are left.", "2 tries are left."):
        stranger.type_code("wrongword")
        expect(stranger.page.locator("main")).to_contain_text(f"That is not the code. {left}")
    stranger.type_code(word)
    expect(stranger.page.locator("main")).to_contain_text("No more codes of this kind are taken")
    told = people.nod.outbox.next_mail(alice.email)
    while told.subject != "Too many wrong codes: codes were switched off":
        told = people.nod.outbox.next_mail(alice.email)
    moments.age_sends(people.nod, alice.username, seconds=31)
    again = people.laptop()
    again.sign_in(alice)
    again.page.locator("[name=code]").wait_for()
    expect(again.page.get_by_role("button", name=OFFER)).to_have_count(0)
    # her own browser has a budget of its own
    laptop.prove(alice, "/security/password/")
    press(laptop.page, OFFER)
    laptop.type_code(word)
    expect(laptop.page).to_have_url(f"{people.nod.origin}/security/password/")


def test_it_speaks_the_language_of_the_person(people: People) -> None:
    alice, _laptop, _word = enrolled(people)
    stranger = people.laptop(locale="fr-FR")
    stranger.sign_in(alice)
    stranger.choose("Dites votre mot de passage")
    expect(heading(stranger.page, "Quel est votre mot de passage ?")).to_be_visible()


class Program:
    """Talks to /v1/ as a program does."""

    def __init__(self, nod: Nod, context: BrowserContext) -> None:
        self.nod, self.context = nod, context
        self.headers: dict[str, str] = {}

    def call(self, path: str, status: int = 200, method: str = "post", **body: str) -> Any:
        url = f"{self.nod.origin}/v1/{path}"
        ask = self.context.request.fetch
        answer = ask(url, method=method, headers=self.headers, data=body or None)
        assert answer.status == status, answer.text()
        return answer.json() if answer.body() else None

    def begin(self, person: Person) -> Any:
        return self.call("auth/login", username=person.username, password=person.password)

    def finish(self, path: str, reference: str, code: str) -> None:
        key = self.call(path, reference_id=reference, code=code)
        token = self.call("auth/login-with-mfa", **key)["token"]
        self.headers = {"Authorization": f"Bearer {token}"}


def test_a_program_enrols_it_signs_in_with_it_and_removes_it(people: People) -> None:
    bob, _laptop = people.newcomer()
    moments.age_sends(people.nod, bob.username, seconds=31)
    people.nod.outbox.forget()
    program = Program(people.nod, people.laptop().context)
    begun = program.begin(bob)
    assert begun["methods"] == ["email"]
    reference = begun["reference_id"]
    program.call("auth/send-login-email-code", 202, reference_id=reference)
    program.finish(
        "auth/verify-login-email-code", reference, people.nod.outbox.next_code(bob.email)
    )
    word = program.call("add-code-word")["word"]
    program.call("confirm-code-word", 401, code="wrongword")
    program.call("confirm-code-word", code=word)
    other = Program(people.nod, people.laptop().context)
    begun = other.begin(bob)
    assert begun["methods"] == ["email", "toy"]
    other.call("auth/verify-code-word", 401, reference_id=begun["reference_id"], code="wrongword")
    other.finish("auth/verify-code-word", begun["reference_id"], word)
    methods = other.call("list-mfa-methods", method="get")["methods"]
    assert [(each["kind"], each["strong"]) for each in methods] == [
        ("email", False),
        ("toy", True),
    ]
    newest = other.call("login-history", method="get")["results"][0]
    assert newest["factor"] == "toy"
    other.call("delete-code-word", 204, method="delete")
    other.call("delete-code-word", 404, method="delete")
    document = other.context.request.get(f"{people.nod.origin}/v1/schema/").text()
    assert "/v1/auth/verify-code-word" in document
