"""Who changes what can prove a person ends what is under way elsewhere, and every other session
proves itself anew before it changes anything.
"""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest

from accounts import sessions
from accounts.journey import Admitted, Over, StepUp
from accounts.models import Link, LoginAttempt, User
from accounts.services import contacts, links, login, wait_page
from accounts.tests.api import Program, refusal
from accounts.tests.helpers import answer, app_of, arriving, code_to, phone
from mfa.factors.recovery import enrolment as paper
from mfa.factors.totp import enrolment as apps
from mfa.services import enrolment
from mfaproject.lib import clock as time
from mfaproject.lib.testing import PASSWORD, FrozenClock, person

pytestmark = pytest.mark.django_db
Change = Callable[[User, sessions.BrowserSession], Any]


@pytest.fixture
def alice(clock: FrozenClock) -> User:
    user: User = person()
    return user


def signed_in(user: User, proof: str = "strong") -> sessions.BrowserSession:
    user.refresh_from_db()
    return sessions.load(
        sessions.open_session(user, sessions.Evidence(proof), epoch=user.auth_epoch)[1]
    )


def again(session: sessions.BrowserSession) -> sessions.BrowserSession:
    """The same session at its next request."""
    assert session.row is not None
    session.row.refresh_from_db()
    return sessions.BrowserSession(session.row)


def adds_an_app(user: User, by: sessions.BrowserSession) -> None:
    draft = apps.begin(user.pk, by.public_id)
    assert apps.confirm(user.pk, draft.factor_id, pyotp.TOTP(draft.secret).at(time.now()))


def makes_recovery_codes(user: User, by: sessions.BrowserSession) -> None:
    paper.new_codes(user.pk, by.public_id)


def pairs_a_phone(user: User, by: sessions.BrowserSession) -> None:
    assert enrolment.confirm_factor(
        user.pk,
        enrolment.add_factor(user.pk, "push", "Pixel 8", added_by=by.public_id, confirmed=False),
    )


def removes_a_phone(user: User, by: sessions.BrowserSession) -> None:
    assert enrolment.revoke_factor(user.pk, enrolment.factors(user.pk)[0].id, session=by.public_id)


def changes_her_address(user: User, by: sessions.BrowserSession) -> None:
    contacts.change_email(user, "new@example.net")
    contacts.send_code(by, user, arriving(), kind="email")
    contacts.verify(by, user, arriving(), kind="email", typed=code_to("new@example.net"))


_EVERY: tuple[Change, ...] = (
    adds_an_app,
    makes_recovery_codes,
    pairs_a_phone,
    removes_a_phone,
    changes_her_address,
)
CHANGES = {each.__name__: each for each in _EVERY}
EACH = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@pytest.fixture
def factor(alice: User) -> int:
    return phone(alice, "Old phone")


@EACH
def test_the_epoch_is_another_one(alice: User, factor: int, change: Change) -> None:
    before = alice.auth_epoch
    change(alice, signed_in(alice))
    alice.refresh_from_db()
    assert alice.auth_epoch != before


@EACH
def test_a_sign_in_under_way_ends(alice: User, factor: int, change: Change) -> None:
    step = login.begin(arriving(), name="alice", password=PASSWORD)
    assert isinstance(step, StepUp)
    answer(step, factor)
    change(alice, signed_in(alice))
    assert login.finish(step.ticket, arriving()) == Over("gone")
    assert LoginAttempt.objects.get().state == "superseded"
    assert wait_page.look(step.ticket) == Over("gone")


@EACH
def test_every_session_stays_and_only_the_one_that_did_it_keeps_its_fresh_proof(
    alice: User, factor: int, change: Change
) -> None:
    here, elsewhere = signed_in(alice), signed_in(alice)
    change(alice, here)
    for session, fresh in ((here, True), (elsewhere, False)):
        assert sessions.is_alive(session)
        assert again(session).proof_is_recent is fresh


@EACH
def test_a_link_to_a_new_password_that_waits_in_a_mailbox_is_dead(
    alice: User, factor: int, change: Change
) -> None:
    token = links.issue(alice, Link.Purpose.RESET)
    change(alice, signed_in(alice))
    assert links.find(Link.Purpose.RESET, token) is None


def test_a_proof_given_again_is_fresh_again(alice: User, factor: int) -> None:
    elsewhere = signed_in(alice)
    adds_an_app(alice, signed_in(alice))
    assert elsewhere.row is not None
    assert sessions.renew_proof(elsewhere.row.pk, proof="strong", factor="push", factor_id=factor)
    assert again(elsewhere).proof_is_recent


def test_a_stale_proof_is_not_freshened_by_a_new_key(alice: User, factor: int) -> None:
    elsewhere = signed_in(alice)
    adds_an_app(alice, signed_in(alice))
    alice.refresh_from_db()
    key = sessions.carry_over(again(elsewhere), alice.auth_epoch)
    assert not sessions.load(key).proof_is_recent


def test_what_somebody_else_removed_leaves_no_proof_fresh(alice: User, factor: int) -> None:
    here = signed_in(alice)
    enrolment.revoke_factor(alice.pk, factor)
    assert not again(here).proof_is_recent


@pytest.mark.parametrize(
    "what", ["a wrong code", "a draft that goes", "another name", "nothing to remove"]
)
def test_what_changes_nothing_ends_nothing(alice: User, factor: int, what: str) -> None:
    here, before = signed_in(alice), alice.auth_epoch
    draft = apps.begin(alice.pk, here.public_id)
    match what:
        case "a wrong code":
            assert not apps.confirm(alice.pk, draft.factor_id, "000")
        case "a draft that goes":
            assert enrolment.revoke_factor(alice.pk, draft.factor_id)
        case "another name":
            assert enrolment.rename_factor(alice.pk, factor, "Pixel 9")
        case "nothing to remove":
            assert not enrolment.revoke_factor(alice.pk, 999_999)
    alice.refresh_from_db()
    assert alice.auth_epoch == before


def test_a_code_that_waits_for_another_address_is_over_and_a_new_one_works(
    alice: User, clock: FrozenClock, settings: Any
) -> None:
    settings.MFA_CHANNELS = settings.MFA_CHANNELS | {"sms": "mfa.channels.memory.MemoryChannel"}
    by = signed_in(alice, "weak")
    contacts.change_phone(by, alice, "+33612345678", arriving())
    contacts.send_code(by, alice, arriving(), kind="sms")
    changes_her_address(alice, by)
    late = contacts.verify(by, alice, arriving(), kind="sms", typed=code_to("+33612345678"))
    assert late.__class__.__name__ == "Dead"
    alice.refresh_from_db()
    clock.forward(minutes=1)
    contacts.send_code(by, alice, arriving(), kind="sms")
    assert (
        contacts.verify(
            by, alice, arriving(), kind="sms", typed=code_to("+33612345678")
        ).__class__.__name__
        == "Enrolled"
    )


def test_a_program_elsewhere_is_asked_to_step_up(alice: User) -> None:
    app = app_of(alice)
    here, elsewhere = Program(), Program()
    for program in (here, elsewhere):
        evidence = sessions.Evidence("strong", token_name="curl")
        program.token = sessions.open_session(alice, evidence, epoch=alice.auth_epoch)[1]
    assert here.call("delete-totp-method", "DELETE").status_code == 204
    assert elsewhere.get_page("me").status_code == 200
    assert refusal(elsewhere.call("add-totp-method")) == (403, "proof_required")
    assert here.call("add-totp-method").status_code == 200
    assert app.secret


def test_a_new_phone_can_answer_at_once(alice: User) -> None:
    pairs_a_phone(alice, signed_in(alice))
    step = login.begin(arriving(), name="alice", password=PASSWORD)
    assert isinstance(step, StepUp)
    answer(step, enrolment.factors(alice.pk)[-1].id)
    assert isinstance(login.finish(step.ticket, arriving()), Admitted)
