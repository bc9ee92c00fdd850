"""What staff owe."""

import pytest

from accounts import strength
from accounts.browser_session import BrowserSession
from accounts.models import Link, LoginAttempt, Session, User
from accounts.services import links, reset
from accounts.tests.helpers import arriving
from mfaproject.lib.testing import person


@pytest.mark.parametrize(
    ("is_staff", "strong", "required"),
    [
        (False, False, "weak"),
        (False, True, "strong"),
        (True, False, "strong"),
        (True, True, "strong"),
    ],
)
def test_what_an_answer_must_prove(is_staff: bool, strong: bool, required: str) -> None:
    assert strength.required(User(is_staff=is_staff), strong=lambda: strong) == required


@pytest.mark.parametrize(
    ("is_staff", "proof", "lacks", "confined"),
    [
        (False, "password", False, False),
        (False, "weak", False, False),
        (False, "strong", False, False),
        (False, "enrol", False, True),
        (True, "password", True, True),
        (True, "weak", True, True),
        (True, "strong", False, False),
        (True, "enrol", True, True),
    ],
)
def test_who_reaches_nothing_but_adding_a_strong_factor(
    is_staff: bool, proof: str, lacks: bool, confined: bool
) -> None:
    session = BrowserSession(Session(user=User(is_staff=is_staff), proof=proof))
    assert (session.lacks_strength, session.is_confined) == (lacks, confined)


def test_nobody_is_confined_who_is_not_signed_in() -> None:
    assert not BrowserSession().is_confined


@pytest.mark.django_db
def test_staff_without_a_strong_factor_reset_nothing_with_a_weak_one() -> None:
    boss: User = person("boss", is_staff=True)
    reset.ask_factor(arriving(), links.issue(boss, Link.Purpose.RESET))
    assert LoginAttempt.objects.get().required == "strong"
