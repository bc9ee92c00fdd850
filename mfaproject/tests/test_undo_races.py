"""Races about addresses and factors, on PostgreSQL: a link puts an address back once, and whoever
undoes wins over whoever goes on.
"""

from functools import partial

import pyotp
import pytest

from accounts import sessions
from accounts.journey import Admitted, StepUp
from accounts.models import Session, User
from accounts.services import contacts, login, mails, profile, undo, wait_page
from accounts.tests.helpers import answer, arriving, attempt_of, code_to, phone
from mfa.factors.recovery import enrolment as paper
from mfa.factors.totp import enrolment as apps
from mfa.results import Enrolled
from mfa.services import enrolment
from mfaproject.lib import clock
from mfaproject.lib.racing import failures, together
from mfaproject.lib.testing import PASSWORD, FrozenClock, person
from mfaproject.tests.test_login_races import AT_ONCE, begin

pytestmark = [
    pytest.mark.races,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("messages_in_memory"),
]
OLD, NEW, OTHER = "alice@example.org", "new@example.net", "third@example.com"
TRIALS = 4


@pytest.fixture(name="time")
def _time(clock: FrozenClock) -> FrozenClock:
    """Before the person is made: her address is confirmed at some moment of it."""
    return clock


@pytest.fixture
def alice() -> User:
    user: User = person()
    return user


def session_of(user: User) -> sessions.BrowserSession:
    user.refresh_from_db()
    return sessions.load(
        sessions.open_session(
            user, sessions.Evidence("weak", token_name="x"), epoch=user.auth_epoch
        )[1],
        Session.Kind.TOKEN,
    )


def left(user: User, monkeypatch: pytest.MonkeyPatch) -> tuple[sessions.BrowserSession, str]:
    """Moves the account to another address; gives who did it, and the token of
    the link that undoes it."""
    given: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(
            mails, "address_changed", lambda _user, _new, token, _arrival: given.append(token)
        )
        by = session_of(user)
        assert isinstance(verified(by, user, NEW), Enrolled)
    return by, given[0]


def asked(by: sessions.BrowserSession, user: User, address: str) -> str:
    user.refresh_from_db()
    contacts.change_email(user, address)
    contacts.send_code(by, user, arriving(), kind="email")
    return code_to(address)


def verified(by: sessions.BrowserSession, user: User, address: str) -> object:
    return contacts.verify(by, user, arriving(), kind="email", typed=asked(by, user, address))


def test_a_link_puts_an_address_back_once(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = left(alice, monkeypatch)
    results = together(*[partial(undo.by_link, token, arriving())] * AT_ONCE)
    assert sorted(map(str, results)) == ["False"] * (AT_ONCE - 1) + ["True"]


def test_a_second_change_beside_it_never_wins(
    time: FrozenClock, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, token = left(alice, monkeypatch)
    time.forward(minutes=1)  # a code goes out twice a minute at most
    code = asked(by, alice, OTHER)
    moved, undone = together(
        partial(contacts.verify, by, alice, arriving(), kind="email", typed=code),
        partial(undo.by_link, token, arriving()),
    )
    assert undone is True
    assert not failures([moved])
    alice.refresh_from_db()
    assert alice.email == OLD
    assert [factor for factor in enrolment.factors(alice.pk) if factor.kind == "email"] == []


def test_a_change_that_was_proved_before_and_written_after_is_not_written(
    time: FrozenClock, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very moment between the proof of an address and its move."""
    by, token = left(alice, monkeypatch)
    time.forward(minutes=1)  # a code goes out twice a minute at most
    code, confirm = asked(by, alice, OTHER), enrolment.confirm_address

    def proved_then_undone(**given: object) -> object:
        result = confirm(**given)  # type: ignore[arg-type]
        assert undo.by_link(token, arriving())
        return result

    monkeypatch.setattr(enrolment, "confirm_address", proved_then_undone)
    assert not isinstance(
        contacts.verify(by, alice, arriving(), kind="email", typed=code), Enrolled
    )
    alice.refresh_from_db()
    assert alice.email == OLD


def test_a_deletion_beside_it_leaves_one_end(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    by, token = left(alice, monkeypatch)
    deleted, undone = together(
        partial(profile.delete, by, alice, arriving()), partial(undo.by_link, token, arriving())
    )
    assert isinstance(deleted, profile.Ended) is (undone is True), (deleted, undone)
    assert User.objects.filter(pk=alice.pk).exists() is (undone is True)


def test_a_deletion_after_it_is_refused(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    by, token = left(alice, monkeypatch)
    assert undo.by_link(token, arriving())
    with pytest.raises(profile.Ended):
        profile.delete(by, alice, arriving())


def test_no_sign_in_begun_before_it_survives_a_factor_that_is_added_beside_its_last_step(
    alice: User,
) -> None:
    factor = phone(alice)
    for _ in range(TRIALS):
        step = begin()
        answer(step, factor)
        by = session_of(alice)
        draft = apps.begin(alice.pk, by.public_id)
        code = pyotp.TOTP(draft.secret).at(clock.now())
        finished, added = together(
            partial(login.finish, step.ticket, arriving()),
            partial(apps.confirm, alice.pk, draft.factor_id, code),
        )
        assert added is True
        assert not failures([finished])
        if isinstance(finished, Admitted) and sessions.load(finished.session_key).user is not None:
            # It was first: its session came along, and proves nothing fresh.
            assert not sessions.load(finished.session_key).proof_is_recent
        assert sessions.is_alive(by)


def test_questions_put_beside_a_factor_change_end_in_no_deadlock(alice: User) -> None:
    factor = phone(alice)
    codes = paper.new_codes(alice.pk, "")
    assert codes
    for _ in range(TRIALS):
        step = login.begin(arriving(), name="alice", password=PASSWORD)
        assert isinstance(step, StepUp)
        ways = [
            partial(wait_page.choose, step.ticket, arriving(), way=way)
            for way in ("push", "recovery", "email") * 2
        ]
        says = (
            [partial(answer, step, factor, "deny", "cancelled")]
            if attempt_of(step.ticket).push_id
            else []
        )
        results = together(*ways, *says, partial(paper.new_codes, alice.pk, ""))
        assert not failures(results), failures(results)


def test_two_factors_removed_at_once_both_go(alice: User) -> None:
    ids = [phone(alice, name) for name in ("one", "two", "three")]
    by = session_of(alice)
    results = together(
        *[
            partial(enrolment.revoke_factor, alice.pk, factor, session=by.public_id)
            for factor in ids * 2
        ]
    )
    assert not failures(results)
    assert results.count(True) == len(ids)
    assert sessions.is_alive(by)
