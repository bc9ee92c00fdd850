"""What staff owe."""

import pytest

from accounts import strength
from accounts.models import Link, LoginAttempt, User
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


@pytest.mark.django_db
def test_staff_without_a_strong_factor_reset_nothing_with_a_weak_one() -> None:
    boss: User = person("boss", is_staff=True)
    reset.ask_factor(arriving(), links.issue(boss, Link.Purpose.RESET))
    assert LoginAttempt.objects.get().required == "strong"
