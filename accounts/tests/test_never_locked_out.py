"""RISK_NEVER_LOCK_OUT at both doors: asked like anybody, refused never."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import User
from accounts.services import arrivals, step_up
from accounts.tests.api import Program
from accounts.tests.helpers import Browser, arriving, mailbox
from mfaproject.lib.testing import PASSWORD, person
from risk import services as risk

pytestmark = pytest.mark.django_db
BAD = "203.119.40.7"


@pytest.fixture
def alice() -> User:
    """Her password is right, and she comes from where a burst of guesses came from."""
    user: User = person()
    mailbox(user)
    context = arrivals.login_context(arriving(BAD), step_up.NOBODY)
    for number in range(25):
        guess = replace(context, request_id=f"{number:022d}")
        risk.record_login(
            context=guess,
            outcome="unknown_user",
            assessment=None,
            user_id=None,
            typed_name=f"guess{number}",
        )
    return user


def by_form() -> bool:
    return bool(Browser(BAD).sign_in().status_code == 302)


def by_api() -> bool:
    return bool(
        Program(BAD).call("auth/login", username="alice", password=PASSWORD).status_code == 200
    )


DOORS = pytest.mark.parametrize("door", [by_form, by_api], ids=["form", "API"])


@DOORS
def test_whoever_is_not_on_the_list_is_refused(alice: User, door: Any) -> None:
    assert not door()


@DOORS
@pytest.mark.parametrize("listed", ["Alice", "id"])
def test_whoever_is_on_the_list_is_asked(
    alice: User, door: Any, settings: Any, listed: str
) -> None:
    settings.RISK_NEVER_LOCK_OUT = [str(alice.pk) if listed == "id" else listed]
    assert door()


@DOORS
def test_somebody_who_signed_up_under_a_listed_id_is_refused(
    alice: User, door: Any, settings: Any
) -> None:
    settings.RISK_NEVER_LOCK_OUT = [str(alice.pk + 1)]
    User.objects.filter(pk=alice.pk).update(username=str(alice.pk + 1))
    assert not door()
