"""Whole logins under other models of risk: one that may decide, one that fails, one that hangs
beside.
"""

from threading import Event
from typing import Any, ClassVar

import pytest
from django.db import connection

from accounts.journey import Admitted, StepUp
from accounts.models import User
from accounts.services import login
from accounts.tests.helpers import answer, arriving, mailbox, phone
from mfaproject.lib.patience import LONG
from mfaproject.lib.testing import PASSWORD, person
from risk.scoring.chain_model import ChainModel

BOOST = "risk.scoring.boost_model.BoostModel"


@pytest.fixture
def alice(transactional_db: None) -> User:
    user: User = person()
    mailbox(user)
    return user


def begin(**arrival: Any) -> Any:
    return login.begin(arriving(**arrival), name="alice", password=PASSWORD)


def approved(user: User) -> str:
    """A whole login with the phone; gives the cookie of the browser."""
    factor, step = phone(user), begin()
    assert isinstance(step, StepUp)
    answer(step, factor)
    found = login.finish(step.ticket, arriving())
    assert isinstance(found, Admitted)
    assert found.browser_cookie
    return found.browser_cookie


class Failing(ChainModel):
    def score(self, attempt: Any, history: Any) -> Any:
        raise ZeroDivisionError


class Outside(ChainModel):
    """Notes whether a transaction is open around it."""

    inside: ClassVar[list[bool]] = []

    def score(self, attempt: Any, history: Any) -> Any:
        self.inside.append(connection.in_atomic_block)
        return super().score(attempt, history)


class Hanging(ChainModel):
    held: ClassVar[Event] = Event()

    def score(self, attempt: Any, history: Any) -> Any:
        self.held.wait(LONG)


def test_the_other_model_may_decide(alice: User, settings: Any) -> None:
    settings.RISK_MODEL = BOOST
    cookie = approved(alice)
    known = begin(cookie=cookie)
    assert isinstance(known, Admitted)
    assert isinstance(begin(), StepUp), "an unknown browser is asked under every model"


def test_a_model_that_fails_opens_no_door(alice: User, settings: Any) -> None:
    cookie = approved(alice)
    settings.RISK_MODEL = f"{__name__}.Failing"
    step = begin(cookie=cookie)
    assert isinstance(step, StepUp)
    assert step.way == "push"


def test_whoever_has_no_strong_factor_still_gets_in_with_a_weak_one(
    alice: User, settings: Any
) -> None:
    settings.RISK_MODEL = f"{__name__}.Failing"
    step = begin()
    assert isinstance(step, StepUp)
    assert step.way == "email"


def test_models_are_asked_while_nothing_is_locked(alice: User, settings: Any) -> None:
    settings.RISK_MODEL = f"{__name__}.Outside"
    Outside.inside.clear()
    begin(cookie=approved(alice))
    assert set(Outside.inside) == {False}


def test_a_model_that_hangs_beside_changes_nothing(alice: User, settings: Any) -> None:
    cookie = approved(alice)
    settings.RISK_CHALLENGERS = [f"{__name__}.Hanging", BOOST]
    try:
        assert isinstance(begin(cookie=cookie), Admitted)
    finally:
        Hanging.held.set()
