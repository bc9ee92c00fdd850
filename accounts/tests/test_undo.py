"""A changed address mails the old one a link that puts it back. Looking changes nothing, pressing
acts once, and it never opens an account.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from accounts import sessions
from accounts.journey import Refused, StepUp
from accounts.models import Link, Session, User
from accounts.services import contacts, links, login, reset, undo
from accounts.tests.helpers import (
    Browser,
    answer,
    app_of,
    arriving,
    attempt_of,
    code_to,
    mails_to,
    phone,
)
from mfa.services import enrolment
from mfaproject.lib import tokens
from mfaproject.lib.testing import PASSWORD, FrozenClock, person
from risk import services as risk

pytestmark = pytest.mark.django_db
OLD, NEW, OTHER = "alice@example.org", "new@example.net", "third@example.com"


@pytest.fixture
def alice(clock: FrozenClock) -> User:
    user: User = person()
    return user


def session_for(user: User, **evidence: Any) -> tuple[sessions.BrowserSession, str]:
    user.refresh_from_db()
    kept = {"token_name": "curl"} | evidence
    key = sessions.open_session(user, sessions.Evidence("weak", **kept), epoch=user.auth_epoch)[1]
    return sessions.load(key, Session.Kind.TOKEN), key


def change(
    user: User, address: str, session: sessions.BrowserSession | None = None
) -> sessions.BrowserSession:
    """The person, or who plays her, proves another address."""
    by = session or session_for(user)[0]
    user.refresh_from_db()
    contacts.change_email(user, address)
    contacts.send_code(by, user, arriving(), kind="email")
    code = code_to(address)
    assert (
        contacts.verify(by, user, arriving(), kind="email", typed=code).__class__.__name__
        == "Enrolled"
    )
    user.refresh_from_db()
    assert user.email == address
    return by


def tokens_to(address: str) -> list[str]:
    found = [re.findall(r"/link/undo/([\w-]{43})/", mail.text) for mail in mails_to(address)]
    return [token for each in found for token in each]


def link_to(address: str) -> str:
    return tokens_to(address)[-1]


def opened(token: str) -> Browser:
    browser = Browser()
    browser.get(f"/link/undo/{token}/")
    return browser


def press(token: str, what: str = "not_me") -> int:
    return int(opened(token).post("/undo/", {"answer": what}).status_code)


class TestTheMail:
    def test_goes_to_the_old_mailbox_once_with_the_new_address_masked(self, alice: User) -> None:
        change(alice, NEW)
        found = [mail for mail in mails_to(OLD) if "n•••@example.net" in mail.text]
        assert [mail.subject for mail in found] == ["The address of your account was changed"]
        assert NEW not in found[0].text + found[0].html
        assert "7 days" in found[0].text
        assert "/link/undo/" in found[0].html
        assert tokens_to(NEW) == []

    def test_the_link_is_kept_as_a_digest_and_bound_to_nothing_that_a_thief_can_renew(
        self, alice: User
    ) -> None:
        change(alice, NEW)
        row = Link.objects.get(purpose="undo")
        assert row.token_digest == tokens.digest("link/undo", link_to(OLD))
        assert (row.address, row.epoch) == (OLD, None)

    def test_an_address_that_nobody_proved_gets_none(self, alice: User) -> None:
        User.objects.filter(pk=alice.pk).update(email_confirmed_at=None)
        change(alice, NEW)
        assert not Link.objects.filter(purpose="undo").exists()
        assert tokens_to(OLD) == []

    @pytest.mark.parametrize("again", [OLD, OLD.upper()])
    def test_proving_the_same_address_again_leaves_nothing(self, alice: User, again: str) -> None:
        by = session_for(alice)[0]
        contacts.send_code(by, alice, arriving(), kind="email")
        contacts.verify(by, alice, arriving(), kind="email", typed=code_to(OLD))
        User.objects.filter(pk=alice.pk).update(email=again)
        alice.refresh_from_db()
        assert not contacts._leaves(alice, OLD)
        assert not Link.objects.filter(purpose="undo").exists()


class TestPressing:
    def test_puts_the_address_back_and_ends_everything(self, alice: User) -> None:
        _, elsewhere = session_for(alice)
        by = change(alice, NEW)
        assert press(link_to(OLD)) == 200
        epoch = alice.auth_epoch
        alice.refresh_from_db()
        assert (alice.email, alice.new_email, alice.email_confirmed_at is not None) == (
            OLD,
            "",
            True,
        )
        assert alice.auth_epoch != epoch
        assert not alice.has_usable_password()
        assert sessions.load(elsewhere, Session.Kind.TOKEN).user is None
        assert not sessions.is_alive(by)
        assert [factor for factor in enrolment.factors(alice.pk) if factor.kind == "email"] == []
        assert login.begin(arriving(), name="alice", password=PASSWORD) == Refused()

    def test_the_new_mailbox_proves_nothing_any_more(self, alice: User) -> None:
        change(alice, NEW)
        press(link_to(OLD))
        assert isinstance(reset.request_link(arriving(), NEW), reset.Sent)
        assert not any("/link/reset/" in mail.text for mail in mails_to(NEW))
        reset.request_link(arriving(ip="198.51.100.8"), OLD)
        assert any("/link/reset/" in mail.text for mail in mails_to(OLD))

    def test_both_mailboxes_are_told(self, alice: User) -> None:
        change(alice, NEW)
        press(link_to(OLD))
        for address in (OLD, NEW):
            assert mails_to(address)[-1].subject == "Your account has its old address back"
        assert tokens_to(NEW) == [], "else the two would take it from each other for ever"

    def test_acts_once(self, alice: User) -> None:
        change(alice, NEW)
        token = link_to(OLD)
        assert [press(token), press(token)] == [200, 410]

    def test_sets_no_password_and_signs_nobody_in(self, alice: User) -> None:
        change(alice, NEW)
        browser = opened(link_to(OLD))
        browser.post("/undo/", {"answer": "not_me", "password": "a walk along another river"})
        assert browser.get("/security/").status_code == 302
        alice.refresh_from_db()
        assert not alice.has_usable_password()

    def test_it_was_me_changes_nothing_and_the_link_stays(self, alice: User) -> None:
        change(alice, NEW)
        assert press(link_to(OLD), "mine") == 200
        alice.refresh_from_db()
        assert alice.email == NEW
        assert undo.find(link_to(OLD)) is not None

    def test_the_sign_in_that_did_it_is_marked_in_the_ledger(self, alice: User) -> None:
        factor = phone(alice)
        step = login.begin(arriving(), name="alice", password=PASSWORD)
        assert isinstance(step, StepUp)
        answer(step, factor)
        login.finish(step.ticket, arriving())
        row = Session.objects.get()
        change(alice, NEW, sessions.BrowserSession(row))
        press(link_to(OLD))
        assert risk.recent_logins(alice.pk)[0].outcome == "disavowed"
        assert attempt_of(step.ticket).state == "finished"

    def test_works_after_the_thief_changed_the_password(self, alice: User) -> None:
        change(alice, NEW)
        alice.set_password("the thief's own password")
        alice.save()
        sessions.renew_epoch(alice.pk)
        assert press(link_to(OLD)) == 200


class TestLooking:
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_changes_nothing_however_often(self, alice: User, method: str) -> None:
        change(alice, NEW)
        scanner, token = Browser(), link_to(OLD)
        for _ in range(9):
            getattr(scanner, method)(f"/link/undo/{token}/")
            assert getattr(scanner, method)("/undo/").status_code == 200
        alice.refresh_from_db()
        assert alice.email == NEW

    def test_says_which_account_and_address_and_puts_the_harmless_button_first(
        self, alice: User
    ) -> None:
        change(alice, NEW)
        page = opened(link_to(OLD)).get("/undo/")
        text = page.content.decode()
        assert "alice" in text
        assert OLD in text
        assert NEW not in text
        assert text.index('value="mine"') < text.index('value="not_me"')
        assert "no-store" in page["Cache-Control"]

    @pytest.mark.parametrize(
        "posted", [{}, {"answer": ""}, {"answer": "yes"}, {"answer": ["mine", "not_me"]}], ids=str
    )
    def test_an_answer_that_is_none_asks_again_and_changes_nothing(
        self, alice: User, posted: dict[str, Any]
    ) -> None:
        change(alice, NEW)
        page = opened(link_to(OLD)).post("/undo/", posted)
        assert page.status_code == 400
        assert b'value="not_me"' in page.content
        alice.refresh_from_db()
        assert alice.email == NEW


def nothing(_alice: User) -> str:
    return ""


def another(_alice: User) -> str:
    return "x" * 43


def used(alice: User) -> str:
    change(alice, NEW)
    press(link_to(OLD))
    return link_to(OLD)


def of_a_reset(alice: User) -> str:
    return links.issue(alice, Link.Purpose.RESET)


BAD: dict[str, Callable[[User], str]] = {
    "none": nothing,
    "unknown": another,
    "used": used,
    "of another purpose": of_a_reset,
}


class TestALinkThatDoesNotWork:
    @pytest.mark.parametrize("make", BAD.values(), ids=BAD)
    def test_gets_one_answer_for_every_reason(
        self, alice: User, make: Callable[[User], str]
    ) -> None:
        token = make(alice)
        browser = Browser()
        browser.cookies["nod_link"] = f"undo.{token}"
        for answer_ in (browser.get("/undo/"), browser.post("/undo/", {"answer": "not_me"})):
            assert answer_.status_code == 410
            assert b"This link has ended" in answer_.content

    def test_it_lives_for_seven_days(self, alice: User, clock: FrozenClock) -> None:
        change(alice, NEW)
        token = link_to(OLD)
        clock.forward(days=6, hours=23)
        assert undo.find(token) is not None
        clock.forward(hours=1)
        assert undo.find(token) is None
        assert press(token) == 410

    def test_it_dies_with_the_account(self, alice: User) -> None:
        change(alice, NEW)
        token = link_to(OLD)
        alice.delete()
        assert press(token) == 410

    def test_the_address_may_be_another_accounts_by_now(self, alice: User) -> None:
        _, key = session_for(alice)
        change(alice, NEW)
        token = link_to(OLD)
        person("bob", email=OLD)
        assert press(token) == 410
        alice.refresh_from_db()
        assert (alice.email, alice.has_usable_password()) == (NEW, True)
        assert sessions.load(key, Session.Kind.TOKEN).user == alice

    def test_tries_are_limited_by_address(self) -> None:
        browser = Browser()
        answers = [browser.get("/undo/").status_code for _ in range(21)]
        assert (answers[19], answers[20]) == (410, 429)


class TestManyChanges:
    @pytest.fixture
    def moved(self, alice: User, clock: FrozenClock) -> sessions.BrowserSession:
        by = change(alice, NEW)
        clock.forward(minutes=1)  # a code goes out twice a minute at most
        return by

    def test_the_oldest_mailbox_wins_over_a_thief_who_went_on(
        self, alice: User, moved: sessions.BrowserSession
    ) -> None:
        change(alice, OTHER, moved)
        first, second = link_to(OLD), link_to(NEW)
        assert press(first) == 200
        assert press(second) == 410
        alice.refresh_from_db()
        assert alice.email == OLD

    def test_the_later_link_leaves_the_older_one_alone(
        self, alice: User, moved: sessions.BrowserSession
    ) -> None:
        change(alice, OTHER, moved)
        assert press(link_to(NEW)) == 200
        alice.refresh_from_db()
        assert alice.email == NEW
        assert press(link_to(OLD)) == 200

    def test_who_goes_back_by_herself_gives_the_other_mailbox_no_link(
        self, alice: User, moved: sessions.BrowserSession
    ) -> None:
        first = link_to(OLD)
        change(alice, OLD, moved)
        assert tokens_to(NEW) == []
        assert press(first) == 410


class TestWhoHoldsTheOldMailbox:
    """It may have been left because somebody else reads it."""

    def test_must_still_prove_the_factor_that_is_not_mail(self, alice: User) -> None:
        app_of(alice)
        change(alice, NEW)
        press(link_to(OLD))
        alice.refresh_from_db()
        assert reset.needs_factor(alice)

    @pytest.mark.parametrize("kind", ["push", "sms"])
    def test_cannot_strip_what_the_same_session_added_down_to_the_mailbox(
        self, alice: User, kind: str
    ) -> None:
        by = session_for(alice)[0]
        enrolment.add_factor(alice.pk, kind, "+33612345642", added_by=by.public_id)
        change(alice, NEW, by)
        press(link_to(OLD))
        alice.refresh_from_db()
        assert reset.needs_factor(alice)

    def test_ends_what_the_thief_added_where_something_of_the_owner_remains(
        self, alice: User
    ) -> None:
        phone(alice, "Hers")
        by = change(alice, NEW)
        enrolment.add_factor(alice.pk, "push", "The thief's", added_by=by.public_id)
        press(link_to(OLD))
        assert [factor.label for factor in enrolment.factors(alice.pk)] == ["Hers"]
