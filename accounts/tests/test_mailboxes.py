"""One mailbox is one mailbox, however it is typed, and mail goes to the domain that was meant."""

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts import sessions
from accounts.forms import SignupForm
from accounts.journey import Admitted, Limited, Over, StepUp
from accounts.models import Link, Session, User
from accounts.services import contacts, links, login, people, reset, signup, undo
from accounts.services.signup import NewAccount
from accounts.tests.api import Program, refusal
from accounts.tests.helpers import Browser, arriving, code_to, mails_to
from mfa.results import Dead, Enrolled, Opened
from mfaproject.lib.testing import PASSWORD, FrozenClock, person

pytestmark = pytest.mark.django_db
THERE = "w@xn--bcher-kva.example"
SPELLINGS = [
    "w@bücher.example",
    THERE,
    "W@BÜCHER.example",
    "w@bu\u0308cher.example",
    "w@ｂücher。example",
    "w@XN--BCHER-KVA.EXAMPLE",
]
each = pytest.mark.parametrize("typed", SPELLINGS)


def reached(typed: str) -> str:
    """Where its mail goes: what stands before the @ is the server's to read."""
    return f"{typed.partition('@')[0]}@xn--bcher-kva.example"


def signed_up(email: str, name: str = "mallory", ip: str = "198.51.100.7") -> StepUp:
    step = signup.begin(arriving(ip=ip), NewAccount("Mallory Martin", name, email, PASSWORD))
    assert isinstance(step, StepUp)
    return step


def session_of(user: User) -> sessions.BrowserSession:
    user.refresh_from_db()
    evidence = sessions.Evidence("weak", token_name="curl")
    return sessions.load(
        sessions.open_session(user, evidence, epoch=user.auth_epoch)[1], Session.Kind.TOKEN
    )


@pytest.mark.usefixtures("clock")
class TestAConfirmedMailbox:
    @pytest.fixture(autouse=True)
    def owner(self) -> User:
        made: User = person("wanda", email="w@bücher.example")
        return made

    @each
    def test_is_no_second_accounts(self, typed: str) -> None:
        step = signed_up(typed)
        mails = mails_to(reached(typed))
        assert [mail.subject for mail in mails] == ["You have an account at Nod already"]
        assert step.way == "email", "the page looks as always"
        assert User.objects.get(username="mallory").email_confirmed_at is None

    @each
    def test_is_no_second_accounts_through_the_api_either(self, typed: str) -> None:
        answer = Program().call(
            "auth/register", fullname="M", username="mallory", password=PASSWORD, email=typed
        )
        assert answer.status_code == 201
        assert [mail.subject for mail in mails_to("w@xn--bcher-kva.example")] == [
            "You have an account at Nod already"
        ]

    @each
    def test_is_kept_one_by_the_database(self, typed: str) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            person("mallory", email=typed)
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.bulk_create(
                [
                    User(
                        username="m",
                        username_key="m",
                        email=typed,
                        email_confirmed_at=arriving().at,
                    )
                ]
            )

    @each
    def test_gets_its_link_to_a_new_password(self, typed: str) -> None:
        assert Browser().post("/reset/", {"email": typed}).headers["Location"] == "/reset/sent/"
        assert len(mails_to(THERE)) == 1
        assert [link.user.username for link in Link.objects.all()] == ["wanda"]

    @each
    def test_is_no_address_to_change_to_for_its_owner(self, owner: User, typed: str) -> None:
        contacts.change_email(owner, typed)
        assert owner.new_email == ""

    @each
    def test_is_nobody_elses_to_take(self, typed: str) -> None:
        mallory = person("mallory")
        here = session_of(mallory)
        contacts.change_email(mallory, typed)
        assert isinstance(contacts.send_code(here, mallory, arriving(), kind="email"), Opened)
        code = code_to(reached(typed))
        assert not isinstance(
            contacts.verify(here, mallory, arriving(), kind="email", typed=code), Enrolled
        )

    @each
    def test_is_taken_for_an_administrator(self, typed: str) -> None:
        with pytest.raises(CommandError, match="belongs to another account"):
            call_command("make_admin", "--username", "boss", "--email", typed)


def test_of_two_who_sign_up_with_it_one_confirms_it(clock: FrozenClock) -> None:
    first = signed_up("w@bücher.example", "alice")
    code = code_to(THERE)
    clock.forward(minutes=1)
    second = signed_up(THERE, "mallory")
    other = code_to(THERE)
    assert isinstance(login.prove(first.ticket, arriving(), typed=code), Admitted)
    assert login.prove(second.ticket, arriving(), typed=other) == Over("gone")
    assert User.objects.get(username="mallory").email_confirmed_at is None


def test_a_mailbox_has_one_share_of_mails_however_it_is_typed() -> None:
    signed_up(SPELLINGS[0], "alice")
    for number, typed in enumerate(SPELLINGS):
        assert isinstance(reset.request_link(arriving(ip=f"203.0.113.{number}"), typed), Limited)


@pytest.mark.parametrize(
    ("typed", "to"),
    [("q@faß.example", "q@xn--fa-hia.example"), ("q@βόλος.example", "q@xn--nxasmm1c.example")],
)
def test_mail_goes_to_the_domain_that_was_typed_and_not_to_one_that_looks_alike(
    typed: str, to: str
) -> None:
    step = signed_up(typed)
    assert mails_to("q@fass.example") == mails_to(typed) == []
    assert isinstance(login.prove(step.ticket, arriving(), typed=code_to(to)), Admitted)
    user = User.objects.get()
    assert (user.email, user.email_key) == (typed, to), "what was typed is kept beside it"
    assert people.owner_of("q@fass.example") is None
    assert isinstance(reset.request_link(arriving(ip="203.0.113.9"), "q@fass.example"), reset.Sent)
    assert not Link.objects.exists()


@pytest.mark.usefixtures("clock")
class TestAnotherAddress:
    NEW = "new@bücher.example"

    @pytest.fixture
    def alice(self) -> User:
        user: User = person()
        return user

    def moved(self, user: User, typed: str, to: str, here: sessions.BrowserSession) -> Any:
        user.refresh_from_db()
        contacts.change_email(user, typed)
        contacts.send_code(here, user, arriving(), kind="email")
        return contacts.verify(here, user, arriving(), kind="email", typed=code_to(to))

    def test_is_kept_as_it_was_typed_and_found_however_it_is(self, alice: User) -> None:
        assert isinstance(
            self.moved(alice, self.NEW, "new@xn--bcher-kva.example", session_of(alice)), Enrolled
        )
        alice.refresh_from_db()
        assert (alice.email, alice.email_key) == (self.NEW, "new@xn--bcher-kva.example")
        assert people.owner_of("NEW@xn--bcher-kva.example") == alice

    def test_the_same_mailbox_spelt_otherwise_leaves_nothing_behind(self) -> None:
        wanda = person("wanda", email="w@bücher.example")
        assert not contacts._leaves(wanda, "W@xn--bcher-kva.example")
        assert contacts._leaves(wanda, "w@bucher.example")

    def test_whoever_goes_back_to_the_old_one_spelt_otherwise_has_undone_it(
        self, clock: FrozenClock
    ) -> None:
        wanda = person("wanda", email="w@bücher.example")
        here = session_of(wanda)
        self.moved(wanda, "new@example.net", "new@example.net", here)
        assert links.undo_to(wanda.pk, "W@xn--bcher-kva.EXAMPLE") is not None
        clock.forward(minutes=1)
        self.moved(wanda, "w@xn--bcher-kva.example", THERE, here)
        assert links.undo_to(wanda.pk, "w@bücher.example") is None
        assert not any("/link/undo/" in mail.text for mail in mails_to("new@example.net"))

    def test_the_old_one_is_not_put_back_where_it_is_another_accounts_by_now(self) -> None:
        wanda = person("wanda", email="w@bücher.example")
        self.moved(wanda, "new@example.net", "new@example.net", session_of(wanda))
        (token,) = re.findall(r"/link/undo/([\w-]{43})/", mails_to(THERE)[-1].text)
        person("bob", email=THERE)
        assert not undo.by_link(token, arriving())
        wanda.refresh_from_db()
        assert wanda.email == "new@example.net"

    def test_a_doubled_account_holds_an_address_of_its_own_once_it_has_one(
        self, alice: User
    ) -> None:
        User.objects.filter(pk=alice.pk).update(email_doubled=True)
        assert people.owner_of("alice@example.org") is None
        assert isinstance(
            self.moved(alice, self.NEW, "new@xn--bcher-kva.example", session_of(alice)), Enrolled
        )
        assert people.owner_of(self.NEW) == alice

    def test_a_doubled_account_cannot_take_the_address_that_another_holds(
        self, alice: User
    ) -> None:
        bob = person("bob", email="bob@bücher.example")
        User.objects.filter(pk=bob.pk).update(email_doubled=True)
        User.objects.filter(pk=alice.pk).update(
            email="bob@xn--bcher-kva.example", email_key="bob@xn--bcher-kva.example"
        )
        here = session_of(bob)
        contacts.send_code(here, bob, arriving(), kind="email")
        result = contacts.verify(
            here, bob, arriving(), kind="email", typed=code_to("bob@xn--bcher-kva.example")
        )
        assert not isinstance(result, Enrolled | Dead)


@pytest.mark.parametrize("address", ['"w x"@example.org', "w@[192.0.2.1]"])
def test_an_address_that_was_taken_once_still_gets_its_link(address: str) -> None:
    person("wanda", email=address)
    assert Browser().post("/reset/", {"email": address}).status_code == 302
    assert len(mails_to(address)) == 1
    assert Link.objects.count() == 1


class TestWhatIsTyped:
    SENTENCES = {
        "alice": "This is not a complete address, such as name@example.org.",
        "é@example.org": (
            "Before the @ only letters without accents, digits and signs such as . - _ + are"
            " possible."
        ),
        '"a\x01b"@example.org': (
            "Before the @ only letters without accents, digits and signs such as . - _ + are"
            " possible."
        ),
        "alice@[127.0.0.1]": "After the @ the name of a mail server is wanted, not its number.",
        "alice@i❤.ws": "There can be no mail server of that name. Look at what stands after the @.",
        "a" * 235 + "@bücher.example": "This address is too long.",
    }

    @pytest.mark.parametrize(("typed", "sentence"), SENTENCES.items())
    def test_an_address_that_is_none_says_why(self, typed: str, sentence: str) -> None:
        form = SignupForm(
            {"full_name": "Alice", "username": "alice", "email": typed, "password": PASSWORD}
        )
        assert form.errors["email"] == [sentence]

    @pytest.mark.parametrize(("typed", "sentence"), SENTENCES.items())
    def test_programs_read_the_same(self, typed: str, sentence: str) -> None:
        answer = Program().call(
            "auth/register", fullname="A", username="alice", password=PASSWORD, email=typed
        )
        assert refusal(answer) == (400, "bad_request")
        assert answer.json()["errors"] == {"email": [sentence]}

    def test_also_where_an_address_is_changed(self) -> None:
        program, alice = Program(), person()
        program.sign_in()
        answer = program.call("me", "PATCH", email="alice@i❤.ws")
        assert refusal(answer) == (400, "bad_request")
        assert answer.json()["errors"].keys() == {"email"}
        alice.refresh_from_db()
        assert alice.new_email == ""
