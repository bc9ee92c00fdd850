"""Models in shadow beside whole sign-ins."""

from dataclasses import replace
from typing import Any

import pytest

from mfaproject.lib.testing import FrozenClock
from risk.login.context import Assessment
from risk.models import LoginLog
from risk.services import assess
from risk.serving import challengers
from risk.tests import rivals
from risk.tests.helpers import FAR, HOME, attempt, fail, history, login, sign_in
from risk.tests.rivals import path, until

pytestmark = pytest.mark.usefixtures("fresh_challengers")


def judged(user: Any, ip: str = HOME) -> Assessment:
    return assess(user_id=user.pk, is_staff=False, has_strong=True, context=login(ip))


@pytest.mark.django_db
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "model",
    [rivals.Model, rivals.Hangs, rivals.Raises, rivals.Exits, rivals.Plunders, rivals.Queries],
)
@pytest.mark.parametrize("ip", [HOME, FAR])
def test_none_of_them_changes_a_verdict(
    alice: Any, settings: Any, clock: FrozenClock, model: type, ip: str
) -> None:
    sign_in(alice)
    without = judged(alice, ip)
    settings.RISK_CHALLENGERS = [path(model)]
    beside = judged(alice, ip)
    assert len(beside.opinions) == 1
    assert replace(beside, opinions=()) == without


@pytest.mark.django_db
def test_the_ledger_keeps_what_they_thought(alice: Any, settings: Any) -> None:
    settings.RISK_CHALLENGERS = [path(rivals.Model), path(rivals.Raises)]
    log_id, _ = sign_in(alice)
    said, failed = LoginLog.objects.get(pk=log_id).opinions
    assert (said["score"], failed["error"]) == (70, "ZeroDivisionError")


@pytest.mark.django_db
def test_nobody_waits_where_a_source_is_refused(alice: Any, settings: Any) -> None:
    for number in range(30):
        fail(None, FAR, "unknown_user", name=f"guess{number}")
    settings.RISK_CHALLENGERS = [path(rivals.Model)]
    refused = judged(alice, FAR)
    assert (refused.decision, refused.opinions, challengers._known) == ("block", (), {})


@pytest.mark.django_db(transaction=True)
def test_they_are_told_of_a_full_success(alice: Any, settings: Any) -> None:
    settings.RISK_CHALLENGERS = [path(rivals.Model), path(rivals.Raises), path(rivals.Exits)]
    sign_in(alice)
    until(lambda: rivals.Model.told, bool)
    ((_, outcome),) = rivals.Model.told
    assert outcome == "admitted"


@pytest.mark.django_db(transaction=True)
def test_but_not_of_a_password_alone_in_a_browser_that_nobody_knows(
    alice: Any, settings: Any
) -> None:
    settings.RISK_CHALLENGERS = [path(rivals.Model)]
    sign_in(alice, strength="password", factor="password")
    sign_in(alice)
    challengers.opinions(attempt(), history())  # it stands behind them in the line
    assert len(rivals.Model.told) == 1
