"""Whatever ends a journey closes what hangs on it: its row of the ledger, its questions, and their
messages.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from accounts import journey, sessions
from accounts.journey import StepUp
from accounts.models import Link, LoginAttempt, Session, User
from accounts.services import (
    administration,
    disavow,
    enrol,
    links,
    login,
    profile,
    proof,
    reset,
    security,
    signup,
    sweep,
)
from accounts.services.administration import Actor
from accounts.services.signup import NewAccount
from accounts.tests.helpers import answer, arriving, attempt_of, code_to, phone
from mfa import outbox
from mfa.factors.recovery import enrolment as paper
from mfa.services import enrolment
from mfaproject.lib import clock
from mfaproject.lib.testing import PASSWORD, FrozenClock, person

pytestmark = pytest.mark.django_db
NEW = "a quiet evening at the lake"


@pytest.fixture
def alice(clock: FrozenClock) -> User:
    user: User = person()
    phone(user)
    return user


def begun(name: str = "alice", ip: str = "198.51.100.7") -> StepUp:
    step = login.begin(arriving(ip=ip), name=name, password=PASSWORD)
    assert isinstance(step, StepUp)
    return step


def signed_in(user: User, proven: str = "strong") -> sessions.BrowserSession:
    user.refresh_from_db()
    return sessions.load(
        sessions.open_session(user, sessions.Evidence(proven), epoch=user.auth_epoch)[1]
    )


def ledger_row(attempt: LoginAttempt) -> Any:
    return apps.get_model("risk", "LoginLog").objects.get(pk=attempt.ledger_id or 0)


def give_up(_user: User, step: StepUp) -> None:
    login.cancel(step.ticket)


def wait_too_long(_user: User, _step: StepUp) -> None:
    LoginAttempt.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    sweep.sweep()


def sign_in_elsewhere_five_times(_user: User, _step: StepUp) -> None:
    for n in range(5):
        begun(ip=f"203.0.113.{n}")


def prove_it_in_five_tabs(user: User, _step: StepUp) -> None:
    here = signed_in(user)
    for _ in range(5):
        assert isinstance(proof.begin(arriving(), here, password=PASSWORD, next_url="/"), StepUp)


def step_up_five_times(user: User, _step: StepUp) -> None:
    here = signed_in(user)
    for _ in range(5):
        assert isinstance(proof.begin_with_token(arriving(door="api"), here), StepUp)


def change_the_password(user: User, _step: StepUp) -> None:
    security.change_password(signed_in(user), arriving(), NEW)


def reset_the_password(user: User, _step: StepUp) -> None:
    token, link = links.issue(user, Link.Purpose.RESET), enrolment.factors(user.pk)[0]
    asked = reset.ask_factor(arriving(), token)
    assert isinstance(asked, StepUp)
    answer(asked, link.id)
    assert isinstance(reset.set_new(arriving(), token, asked.ticket, NEW), reset.Ready)


def use_an_enrolment_link(user: User, _step: StepUp) -> None:
    assert isinstance(enrol.begin(arriving(), enrol.issue(user), NEW), str)


def add_an_app(user: User, _step: StepUp) -> None:
    paper.new_codes(user.pk, signed_in(user).public_id)


def disavow_a_sign_in(user: User, _step: StepUp) -> None:
    other = begun(ip="203.0.113.9")
    answer(other, enrolment.factors(user.pk)[0].id)
    login.finish(other.ticket, arriving(ip="203.0.113.9"))
    row = Session.objects.get()
    assert disavow.recent(user, row.ledger_id or 0)


def delete_the_account(user: User, _step: StepUp) -> None:
    profile.delete(signed_in(user), user, arriving())


def an_admin_signs_her_out(user: User, _step: StepUp) -> None:
    administration.end_everything(user, by="boss", arrival=arriving())


def an_admin_closes_the_account(user: User, _step: StepUp) -> None:
    boss = signed_in(person("boss", is_staff=True, is_superuser=True))
    assert administration.set_rights(user, {"is_active": False}, None, Actor(boss, arriving()))


_EVERY = (
    give_up,
    wait_too_long,
    sign_in_elsewhere_five_times,
    prove_it_in_five_tabs,
    step_up_five_times,
    change_the_password,
    reset_the_password,
    use_an_enrolment_link,
    add_an_app,
    disavow_a_sign_in,
    delete_the_account,
    an_admin_signs_her_out,
    an_admin_closes_the_account,
)


@pytest.mark.parametrize("end", _EVERY, ids=lambda end: end.__name__)
def test_what_hangs_on_a_journey_ends_with_it(
    alice: User, end: Callable[[User, StepUp], None]
) -> None:
    step = begun()
    attempt = attempt_of(step.ticket)
    assert attempt.push_id is not None
    end(alice, step)
    assert not LoginAttempt.objects.filter(pk=attempt.pk, state__in=journey.LIVE).exists()
    assert ledger_row(attempt).outcome in ("cancelled", "expired", "superseded")
    assert (
        not apps.get_model("mfa", "Challenge")
        .objects.filter(pk=attempt.push_id, state__in=("pending", "approved"))
        .exists()
    )
    outbox.deliver_due()
    assert (
        not apps.get_model("mfa", "OutboxMessage")
        .objects.filter(challenge=attempt.push_id)
        .exclude(state="dropped")
        .exists()
    )


@pytest.mark.parametrize("end", [give_up, wait_too_long], ids=lambda end: end.__name__)
def test_a_sign_up_that_nobody_finished_ends_too(
    end: Callable[[User, StepUp], None], clock: FrozenClock
) -> None:
    step = signup.begin(
        arriving(), NewAccount("Alice Martin", "alice", "alice@example.org", PASSWORD)
    )
    assert isinstance(step, StepUp)
    attempt = attempt_of(step.ticket)
    end(attempt.user, step)
    assert ledger_row(attempt).outcome in ("cancelled", "expired")


def test_an_answer_that_came_first_stays_in_the_ledger(alice: User) -> None:
    step = begun()
    answer(step, enrolment.factors(alice.pk)[0].id, "deny", "not_me")
    row = ledger_row(attempt_of(step.ticket))
    type(row).objects.filter(pk=row.pk).update(outcome="not_me")
    an_admin_signs_her_out(alice, step)
    row.refresh_from_db()
    assert row.outcome == "not_me"


def test_a_code_that_is_on_its_way_is_dead_with_its_journey(alice: User) -> None:
    enrolment.revoke_all(alice.pk)
    step = begun()
    code = code_to("alice@example.org")
    prove_it_in_five_tabs(alice, step)
    assert login.prove(step.ticket, arriving(), typed=code) == journey.Over("gone")
    assert (
        not apps.get_model("mfa", "Challenge")
        .objects.filter(kind="email", state="pending")
        .exclude(purpose="proof")
        .exists()
    )
