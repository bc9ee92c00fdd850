"""Races through the whole journey, on PostgreSQL: each one-time thing succeeds once, and nothing is
granted after a no.
"""

from functools import partial

import pyotp
import pytest
from django.apps import apps
from django.db import transaction

from accounts import sessions
from accounts.journey import Admitted, Over, StepUp, Ticket, WrongCode
from accounts.models import Link, LoginAttempt, Session, User
from accounts.services import attempts, disavow, links, login, reset, throttle, wait_page
from accounts.tests.helpers import answer, arriving, attempt_of, mailbox, phone
from mfa.factors.recovery import enrolment as paper
from mfa.factors.totp import enrolment as totp
from mfa.services import challenges
from mfaproject.lib import clock
from mfaproject.lib.limits import Limit
from mfaproject.lib.racing import failures, together
from mfaproject.lib.testing import PASSWORD, person

pytestmark = [
    pytest.mark.races,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("messages_in_memory"),
]
AT_ONCE, TRIALS = 12, 5  # a person is asked five times in fifteen minutes


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def begin() -> StepUp:
    step = login.begin(arriving(), name="alice", password=PASSWORD)
    assert isinstance(step, StepUp)
    return step


def test_one_approval_opens_one_session(alice: User) -> None:
    factor = phone(alice)
    for trial in range(1, TRIALS + 1):
        step = begin()
        answer(step, factor)
        results = together(*[partial(login.finish, step.ticket, arriving())] * AT_ONCE)
        assert not failures(results)
        assert sum(isinstance(result, Admitted) for result in results) == 1
        assert Session.objects.count() == trial


def test_no_session_survives_a_password_change_beside_the_last_step(alice: User) -> None:
    factor = phone(alice)
    for _ in range(TRIALS):
        step = begin()
        answer(step, factor)
        alice.refresh_from_db()
        finished, _changed = together(
            partial(login.finish, step.ticket, arriving()), partial(sessions.renew_epoch, alice.pk)
        )
        if isinstance(finished, Admitted):
            assert sessions.load(finished.session_key).user is None


def test_a_no_beside_the_last_step_leaves_one_end(alice: User) -> None:
    factor = phone(alice)
    for _ in range(TRIALS):
        step = begin()
        answer(step, factor)
        finished, denied = together(
            partial(login.finish, step.ticket, arriving()),
            partial(answer, step, factor, "deny", "cancelled"),
        )
        assert not failures([finished, denied])
        assert isinstance(finished, Admitted) is (denied == "lost")
        assert (attempt_of(step.ticket).state == "finished") is isinstance(finished, Admitted)


def test_of_many_wrong_codes_exactly_five_are_looked_at(alice: User) -> None:
    step = begin()
    results = together(*[lambda: login.prove(step.ticket, arriving(), typed="000000")] * 20)
    assert not failures(results)
    looked_at = [
        result for result in results if isinstance(result, WrongCode) and result.reason == "wrong"
    ]
    assert len(looked_at) == 5


def test_a_code_of_an_app_opens_one_session_however_many_journeys_it_is_typed_into(
    alice: User,
) -> None:
    draft = totp.begin(alice.pk, "")
    app = pyotp.TOTP(draft.secret)
    assert totp.confirm(alice.pk, draft.factor_id, app.at(clock.now(), counter_offset=-1))
    steps, code = [begin() for _ in range(4)], app.at(clock.now())
    results = together(
        *[partial(login.prove, step.ticket, arriving(), typed=code) for step in steps * 3]
    )
    assert not failures(results)
    assert sum(isinstance(result, Admitted) for result in results) == 1
    assert Session.objects.count() == 1


def test_a_recovery_code_opens_one_session_however_many_journeys_it_is_typed_into(
    alice: User,
) -> None:
    codes = paper.new_codes(alice.pk, "")
    steps = [begin() for _ in range(4)]
    for step in steps:
        wait_page.choose(step.ticket, arriving(), way="recovery")
    results = together(
        *[partial(login.prove, step.ticket, arriving(), typed=codes[0]) for step in steps * 3]
    )
    assert not failures(results)
    assert sum(isinstance(result, Admitted) for result in results) == 1
    assert paper.codes_left(alice.pk) == 9


def test_a_link_sets_one_password(alice: User) -> None:
    token = links.issue(alice, Link.Purpose.RESET)
    results = together(
        *[
            lambda n=n: reset.set_new(arriving(), token, None, f"a new password, number {n}")
            for n in range(6)
        ]
    )
    assert not failures(results)
    assert sum(isinstance(result, reset.Ready) for result in results) == 1
    assert sum(result == Over("gone") for result in results) == 5


def test_a_mailbox_is_confirmed_by_one_account_however_it_is_spelt() -> None:
    spellings = (
        "w@bücher.example",
        "W@xn--bcher-kva.example",
        "w@BÜCHER.example",
        "w@xn--bcher-kva.example.",
    )
    users = [
        person(f"user{n}", email=typed, email_confirmed_at=None)
        for n, typed in enumerate(spellings)
    ]
    steps = [login.begin(arriving(), name=user.username, password=PASSWORD) for user in users]
    answered = {"state": "approved", "strength": "weak", "decided_at": clock.now()}
    apps.get_model("mfa", "Challenge").objects.update(**answered)
    results = together(
        *[
            partial(login.finish, step.ticket, arriving())
            for step in steps
            if isinstance(step, StepUp)
        ]
    )
    assert not failures(results)
    assert sum(isinstance(result, Admitted) for result in results) == 1
    assert User.objects.filter(email_confirmed_at__isnull=False).count() == 1


def test_a_login_is_disavowed_once(alice: User) -> None:
    step = begin_and_admit(alice)
    token = links.issue(alice, Link.Purpose.DISAVOW, session=step)
    assert sorted(map(str, together(*[lambda: disavow.by_link(token)] * 6))) == ["False"] * 5 + [
        "True"
    ]


def begin_and_admit(user: User) -> str:
    factor = phone(user)
    step = begin()
    answer(step, factor)
    result = login.finish(step.ticket, arriving())
    assert isinstance(result, Admitted)
    return sessions.load(result.session_key).public_id


def test_right_logins_from_a_known_browser_all_succeed(alice: User) -> None:
    factor = phone(alice)
    step = begin()
    answer(step, factor)
    first = login.finish(step.ticket, arriving())
    assert isinstance(first, Admitted)
    known = [
        lambda: login.begin(arriving(cookie=first.browser_cookie), name="alice", password=PASSWORD)
    ] * AT_ONCE
    results = together(*known)
    assert not failures(results)
    assert all(isinstance(result, Admitted) for result in results)


def test_from_unknown_browsers_five_stay_live(alice: User) -> None:
    phone(alice)
    results = together(
        *[
            lambda n=n: login.begin(arriving(ip=f"203.0.113.{n}"), name="alice", password=PASSWORD)
            for n in range(AT_ONCE)
        ]
    )
    assert not failures(results)
    login.begin(arriving(ip="203.0.113.99"), name="alice", password=PASSWORD)
    assert LoginAttempt.objects.filter(state="step_up").count() <= throttle.LIVE_PER_LANE


def test_failures_counted_at_once_all_count(alice: User) -> None:
    together(*[lambda: throttle.name_failed("row")] * AT_ONCE)
    assert throttle.read({"x": "row"})["x"].count == AT_ONCE


def test_a_tally_admits_exactly_its_rate(alice: User) -> None:
    results = together(*[lambda: throttle.tally("a", Limit("seven", 7, 60))] * 20)
    assert not failures(results)
    assert results.count(0) == 7


def test_of_tabs_that_sign_in_at_once_one_gets_the_journey_of_their_browser(alice: User) -> None:
    phone(alice)
    for _ in range(2):
        first = begin()
        attempt = attempts.mine(first.ticket)
        assert attempt is not None
        renew = partial(attempts.renew_binding, attempt, first.ticket, "/")
        renewed = together(*[renew] * AT_ONCE)
        assert not failures(renewed)
        tickets = [ticket for ticket in renewed if isinstance(ticket, Ticket)]
        assert len(tickets) == 1
        again = partial(login.begin, arriving(), name="alice", password=PASSWORD, before=tickets[0])
        steps = together(*[again] * 2)
        assert not failures(steps)
        mine = [
            step
            for step in steps
            if isinstance(step, StepUp)
            and step.ticket.reference == first.ticket.reference
            and not step.kept
        ]
        assert len(mine) == 1
        assert isinstance(wait_page.look(mine[0].ticket), wait_page.Waiting)
        assert wait_page.look(first.ticket) == wait_page.look(tickets[0]) == Over("gone")
        with transaction.atomic():
            attempts.end_all(alice.pk, "cancelled")


def test_cancelling_beside_an_approval_leaves_one_end(alice: User) -> None:
    factor = phone(alice)
    for _ in range(TRIALS):
        step = begin()
        together(partial(login.cancel, step.ticket), partial(answer, step, factor))
        assert not isinstance(login.finish(step.ticket, arriving()), Admitted)
        assert attempt_of(step.ticket).state == "cancelled"
        assert challenges.cancel(subject="login:" + attempt_of(step.ticket).reference_digest) == 0
