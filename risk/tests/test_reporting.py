""" "It was not me." """

from typing import Any

import pytest

from mfaproject.lib.testing import FrozenClock, person
from risk.models import FeatureCount, HeldSource, LoginLog
from risk.services import assess, disavow, record_outcome, report_not_me
from risk.tests.helpers import CHROME, FAR, HOME, LOOPBACK, fail, known_to, login, sign_in

ANSWER = "78.46.1.2"


def judged(user: Any, ip: str = FAR, **facts: Any) -> Any:
    return assess(user_id=user.pk, is_staff=False, has_strong=True, context=login(ip, **facts))


def not_me(user: Any, ip: str = FAR, answering_ip: str | None = ANSWER) -> bool:
    return report_not_me(
        log_id=fail(user, ip, "pending"), user_id=user.pk, answering_ip=answering_ip
    )


def test_the_ledger_is_marked_and_the_source_held(alice: Any) -> None:
    log_id = fail(alice, FAR, "pending")
    assert report_not_me(log_id=log_id, user_id=alice.pk, answering_ip=ANSWER, detail="Pixel 8")
    row = LoginLog.objects.get()
    assert (row.outcome, row.factor, row.detail) == ("not_me", "push", "Pixel 8")
    ruling = judged(alice)
    assert (ruling.level, ruling.decision, ruling.required) == ("high", "step_up", "strong")


def test_it_holds_for_a_day(alice: Any, clock: FrozenClock) -> None:
    not_me(alice)
    clock.forward(hours=23, minutes=59)
    assert judged(alice).level == "high"
    clock.forward(minutes=2)
    assert judged(alice).level != "high"


def test_only_for_this_person(alice: Any, bob: Any) -> None:
    not_me(alice)
    assert "source_held" not in {finding.name for finding in judged(bob).findings}


def test_only_from_that_source(alice: Any) -> None:
    not_me(alice)
    assert "source_held" not in {finding.name for finding in judged(alice, HOME).findings}


def test_never_for_a_browser_that_the_person_knows(alice: Any) -> None:
    sign_in(alice)
    not_me(alice)
    assert judged(alice, browser=known_to(alice.pk)).decision == "allow"


@pytest.mark.parametrize(
    ("ip", "answering_ip"),
    [
        (LOOPBACK, ANSWER),
        ("10.0.0.7", ANSWER),
        (FAR, FAR),
        ("2a02:c7f:1:2::1", "2a02:c7f:1:2::9"),
        (None, ANSWER),
    ],
)
def test_no_hold_where_it_would_hit_the_owner(alice: Any, ip: str, answering_ip: str) -> None:
    assert not_me(alice, ip, answering_ip)
    assert LoginLog.objects.get().outcome == "not_me"
    assert not HeldSource.objects.exists()


def test_no_hold_for_a_sign_in_from_a_known_browser(alice: Any) -> None:
    _, cookie = sign_in(alice)
    assert cookie is not None
    row = LoginLog.objects.create(**_like(LoginLog.objects.get()), known_browser=True)
    assert report_not_me(log_id=row.pk, user_id=alice.pk, answering_ip=ANSWER)
    assert not HeldSource.objects.exists()


def _like(row: LoginLog) -> dict[str, Any]:
    return {
        "at": row.at,
        "user": row.user,
        "door": "form",
        "request_id": row.request_id,
        "sealed_ip": row.sealed_ip,
        "outcome": "pending",
    }


def test_nobody_reports_anothers_sign_in(alice: Any, bob: Any) -> None:
    log_id = fail(alice, FAR, "pending")
    assert not report_not_me(log_id=log_id, user_id=bob.pk, answering_ip=ANSWER)
    assert LoginLog.objects.get().outcome == "pending"


def test_a_sign_in_that_ended_stays_as_it_ended(alice: Any) -> None:
    log_id = fail(alice, FAR, "pending")
    record_outcome(log_id, "expired")
    assert not report_not_me(log_id=log_id, user_id=alice.pk, answering_ip=ANSWER)
    assert not HeldSource.objects.exists()


def test_saying_it_again_holds_from_then_on(alice: Any, clock: FrozenClock) -> None:
    not_me(alice)
    clock.forward(hours=20)
    not_me(alice)
    clock.forward(hours=20)
    assert judged(alice).level == "high"
    assert HeldSource.objects.count() == 1


def established(number: int, clock: FrozenClock) -> list[Any]:
    people = [person(f"person{each}") for each in range(number)]
    for each in people:
        sign_in(each)
    clock.forward(days=31)
    return people


def test_three_established_people_warn_everybody(alice: Any, clock: FrozenClock) -> None:
    for number, each in enumerate(established(3, clock)):
        assert "source_named" not in {finding.name for finding in judged(alice).findings}, number
        not_me(each)
    ruling = judged(alice)
    assert (ruling.level, ruling.decision) == ("high", "step_up")


def test_new_accounts_warn_nobody(alice: Any, clock: FrozenClock) -> None:
    for each in [person(f"person{number}") for number in range(5)]:
        sign_in(each)
        not_me(each)
    assert "source_named" not in {finding.name for finding in judged(alice).findings}


def test_a_source_that_three_established_people_disavowed_is_refused(
    alice: Any, clock: FrozenClock
) -> None:
    for each in established(3, clock):
        log_id, _ = sign_in(each, FAR)
        disavow(log_id, each.pk)
    assert judged(alice).decision == "block"


def test_disavow_takes_back_what_the_sign_in_taught(alice: Any) -> None:
    sign_in(alice)
    before = sorted(FeatureCount.objects.values_list("digest", "times", "distinct"))
    log_id, _ = sign_in(alice, FAR, CHROME)
    disavow(log_id, alice.pk)
    assert sorted(FeatureCount.objects.values_list("digest", "times", "distinct")) == before
    assert LoginLog.objects.get(pk=log_id).outcome == "disavowed"
    assert "source_held" in {finding.name for finding in judged(alice).findings}


def test_disavow_acts_once(alice: Any) -> None:
    log_id, _ = sign_in(alice)
    sign_in(alice)
    disavow(log_id, alice.pk)
    disavow(log_id, alice.pk)
    assert FeatureCount.objects.get(chain="cookie", level="all").times == 1


def test_disavow_keeps_when_the_sign_in_ended(alice: Any, clock: FrozenClock) -> None:
    log_id, _ = sign_in(alice)
    ended = LoginLog.objects.get(pk=log_id).ended_at
    clock.forward(days=1)
    disavow(log_id, alice.pk)
    assert LoginLog.objects.get(pk=log_id).ended_at == ended


@pytest.mark.parametrize("outcome", ["pending", "denied", "wrong_password"])
def test_only_a_sign_in_that_succeeded_can_be_disavowed(alice: Any, outcome: str) -> None:
    log_id = fail(alice, FAR, outcome)
    disavow(log_id, alice.pk)
    assert LoginLog.objects.get(pk=log_id).outcome == outcome
    assert not HeldSource.objects.exists()


def test_nobody_disavows_for_somebody_else(alice: Any, bob: Any) -> None:
    log_id, _ = sign_in(alice)
    disavow(log_id, bob.pk)
    assert LoginLog.objects.get(pk=log_id).outcome == "admitted"
