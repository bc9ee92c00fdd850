"""A change of what can prove a person is in the ledger, so that a sign-in shortly afterwards can be
looked at twice.
"""

from typing import Any

import pytest

from accounts.journey import Admitted
from accounts.models import User
from accounts.services import login
from accounts.tests.helpers import answer, app_of, arriving, mailbox, phone
from mfa.services import enrolment
from mfaproject.lib.testing import PASSWORD, FrozenClock, person
from risk import services as risk

pytestmark = pytest.mark.django_db
ELSEWHERE = "203.0.113.9"


@pytest.fixture
def alice(clock: FrozenClock) -> User:
    user: User = person()
    mailbox(user)
    return user


def sign_in(user: User, factor: int, clock: FrozenClock, cookie: str | None) -> str | None:
    step: Any = login.begin(arriving(cookie=cookie), name="alice", password=PASSWORD)
    if not isinstance(step, Admitted):
        assert answer(step, factor) == "approved"
        step = login.finish(step.ticket, arriving(cookie=cookie))
    clock.forward(days=1)
    return step.browser_cookie or cookie


def names(user: User, ip: str) -> set[str]:
    context = risk.arrived(ip, "curl", at=arriving().at, request_id="r" * 22, door="form")
    found = risk.assess(user_id=user.pk, is_staff=False, has_strong=True, context=context)
    return {finding.name for finding in found.findings}


def test_a_stranger_after_a_new_app(alice: User, clock: FrozenClock) -> None:
    factor, cookie = phone(alice), None
    for _ in range(5):
        cookie = sign_in(alice, factor, clock, cookie)
    assert "change_factor" not in names(alice, ELSEWHERE)
    app_of(alice)
    clock.forward(hours=1)
    assert "change_factor" in names(alice, ELSEWHERE)
    assert "change_factor" not in names(alice, arriving().ip or "")
    clock.forward(days=1)
    assert "change_factor" not in names(alice, ELSEWHERE)
    enrolment.revoke_factor(alice.pk, factor)
    assert "change_factor" in names(alice, ELSEWHERE)


def test_it_is_no_sign_in_of_the_list(alice: User) -> None:
    app_of(alice)
    assert risk.recent_logins(alice.pk) == []
