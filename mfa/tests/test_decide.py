"""What a device decides."""

from datetime import timedelta
from typing import Any

import pytest

from mfa import limits, poll
from mfa.challenge_state import State
from mfa.factors.push import answers
from mfa.models import Challenge, Factor
from mfa.results import Proof
from mfa.services import challenges, enrolment
from mfa.tests.helpers import (
    JOURNEY,
    OTHER_JOURNEY,
    answer,
    ask_push,
    budget,
    delivered,
    mails,
    opened,
    phone,
    question,
    read_anew,
    set_budget,
    spend,
    state,
    statements,
)
from mfa.tests.helpers import (
    ways as open_ways,
)
from mfaproject.lib.testing import FrozenClock

NO = ("deny", "cancelled")
NOT_ME = ("deny", "not_me")


def test_an_approval_is_collected_once(alice: Any) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    assert answer(asked, alice, pixel) == "approved"
    assert spend(asked) == Proof("push", "Pixel 8", "strong", pixel)
    assert spend(asked) is None


def test_the_row_remembers_who_said_what(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    clock.forward(seconds=5)
    answer(asked, alice, pixel, *NO)
    row = Challenge.objects.get()
    assert (
        row.state,
        row.factor_id,
        row.strength,
        row.decided_at,
        row.reason,
        row.decision_digest,
    ) == (
        "denied",
        pixel,
        "strong",
        clock.at,
        "cancelled",
        "d" * 43,
    )
    stored = question(asked, alice)
    assert (stored.state, stored.decision_digest) == ("denied", "d" * 43)


@pytest.mark.parametrize(
    ("decision", "right", "end"),
    [
        (("approve", None), True, "approved"),
        (("approve", None), False, "wrong_number"),
        (NO, True, "denied"),
        (NOT_ME, True, "not_me"),
    ],
)
def test_each_decision_has_its_end(
    alice: Any, decision: tuple[str, str | None], right: bool, end: str
) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    assert answer(asked, alice, pixel, *decision, right=right) == end
    assert state(asked) == end


ENDED: tuple[State, ...] = (
    "spent",
    "denied",
    "not_me",
    "wrong_number",
    "expired",
    "superseded",
    "failed",
)


@pytest.mark.parametrize("before", ENDED)
@pytest.mark.parametrize("decision", [("approve", None), NO, NOT_ME])
def test_the_first_end_wins(alice: Any, before: State, decision: tuple[str, str | None]) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    Challenge.objects.update(state=before)
    assert answer(asked, alice, pixel, *decision) == "lost"
    assert state(asked) == before


@pytest.mark.parametrize(("decision", "end"), [(NO, "denied"), (NOT_ME, "not_me")])
def test_a_no_ends_a_yes_that_nobody_has_collected(
    alice: Any, decision: tuple[str, str | None], end: str
) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    answer(asked, alice, pixel)
    assert answer(asked, alice, pixel, *decision) == end
    assert spend(asked) is None


def test_a_wrong_number_does_not_end_a_yes(alice: Any) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    answer(asked, alice, pixel)
    assert answer(asked, alice, pixel, right=False) == "lost"
    assert state(asked) == "approved"


def test_a_wrong_number_ends_only_the_challenge_it_was_typed_into(alice: Any) -> None:
    pixel = phone(alice)
    one, two = opened(ask_push(alice)), opened(ask_push(alice, OTHER_JOURNEY))
    answer(one, alice, pixel, right=False)
    assert (state(one), state(two)) == ("wrong_number", "pending")


def test_too_late_is_lost(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    clock.forward(seconds=limits.PUSH_LIFE)
    assert answer(asked, alice, pixel) == "lost"


def test_a_device_that_is_removed_while_the_question_is_open_is_lost(alice: Any) -> None:
    pixel = phone(alice)
    asked = question(opened(ask_push(alice)), alice)
    enrolment.revoke_factor(alice.pk, pixel)
    assert (
        answers.decide(
            asked,
            factor_id=pixel,
            decision="approve",
            reason=None,
            number_right=True,
            body_digest="",
        )
        == "lost"
    )


def test_a_device_that_is_removed_takes_its_yes_with_it(alice: Any) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    answer(asked, alice, pixel)
    enrolment.revoke_factor(alice.pk, pixel)
    assert state(asked) == "superseded"
    assert spend(asked) is None


def test_a_device_that_was_removed_beside_its_yes_grants_nothing(
    alice: Any, clock: FrozenClock
) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    answer(asked, alice, pixel)
    Factor.objects.update(revoked_at=clock.at)  # by somebody who did not see the yes yet
    assert spend(asked) is None


@pytest.mark.parametrize(
    ("decision", "right"), [(("approve", None), True), (("approve", None), False), (NOT_ME, True)]
)
def test_a_decision_that_lost_counts_for_nothing_and_tells_nobody(
    alice: Any, decision: Any, right: bool
) -> None:
    pixel = phone(alice)
    set_budget(alice, "push", unanswered=3, wrong_numbers=1)
    seen = question(opened(ask_push(alice)), alice)
    before = budget(alice, "push")
    challenges.cancel(subject=JOURNEY)
    assert (
        answers.decide(
            seen,
            factor_id=pixel,
            decision=decision[0],
            reason=decision[1],
            number_right=right,
            body_digest="",
        )
        == "lost"
    )
    assert budget(alice, "push") == before
    assert mails() == []


def test_a_device_of_somebody_else_is_lost(alice: Any, bob: Any) -> None:
    phone(alice)
    his = phone(bob)
    asked = opened(ask_push(alice))
    assert answer(asked, alice, his) == "lost"
    assert answers.question(asked.public_id, bob.pk) is None


@pytest.mark.parametrize("change", [{"auth_epoch": 1}, {"is_active": False}])
def test_a_new_epoch_or_a_disabled_account_ends_it(alice: Any, change: dict[str, Any]) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    type(alice).objects.filter(pk=alice.pk).update(**change)
    assert answer(asked, alice, pixel) == "lost"


def test_not_me_rests_push_in_its_lane_and_tells(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    answer(opened(ask_push(alice)), alice, pixel, *NOT_ME)
    assert budget(alice, "push").off_until == int(clock.at.timestamp()) + limits.PUSH_REST
    assert not open_ways(
        user_id=alice.pk, lane="other", required="weak", purpose="login", browser=""
    ).push
    assert open_ways(
        user_id=alice.pk, lane="known", required="weak", purpose="login", browser=""
    ).push
    (parcel,) = [one for one in delivered() if one.channel == "email"]
    assert parcel.subject == "You stopped a sign-in from Firefox 145"
    for words in ("Pixel 8", "Lyon, France (192.0.2.44)", "30 minutes", "/reset/"):
        assert words in parcel.text


def test_a_plain_deny_tells_nobody_and_rests_nothing(alice: Any) -> None:
    pixel = phone(alice)
    answer(opened(ask_push(alice)), alice, pixel, *NO)
    assert mails() == []
    opened(ask_push(alice, OTHER_JOURNEY))


def test_two_wrong_numbers_rest_push(alice: Any, clock: FrozenClock) -> None:
    pixel = phone(alice)
    for journey in (JOURNEY, OTHER_JOURNEY):
        answer(opened(ask_push(alice, journey)), alice, pixel, right=False)
    assert ask_push(alice, "login:3") == challenges.NotAsked("off", limits.PUSH_REST)
    clock.forward(seconds=limits.PUSH_REST)
    opened(ask_push(alice, "login:3"))


def test_an_approval_between_forgives_a_wrong_number(alice: Any) -> None:
    pixel = phone(alice)
    for number, right in enumerate((False, True, False)):
        answer(opened(ask_push(alice, f"login:{number}")), alice, pixel, right=right)
    opened(ask_push(alice, "login:3"))


def test_the_tenth_failure_by_strangers_tells_that_the_password_is_out(
    alice: Any, clock: FrozenClock
) -> None:
    pixel = phone(alice)
    set_budget(alice, "push", failures=9, failures_since=int(clock.at.timestamp()))
    answer(opened(ask_push(alice)), alice, pixel, right=False)
    assert budget(alice, "push").only_strong
    assert len(mails("password_out")) == 1


def test_a_tied_device_is_weak_where_it_lives_and_strong_elsewhere(alice: Any) -> None:
    tied = phone(alice, tied_browser="t" * 22)
    for n, (browser, strength) in enumerate(
        [("t" * 22, "weak"), ("", "weak"), ("o" * 22, "strong")]
    ):
        asked = opened(ask_push(alice, f"login:{n}", browser=browser, lane="known"))
        answer(asked, alice, tied)
        proof = spend(asked, f"login:{n}")
        assert proof is not None
        assert proof.strength == strength


def test_a_weak_device_is_neither_shown_nor_heard_where_a_strong_one_is_wanted(
    alice: Any, clock: FrozenClock
) -> None:
    phone(alice)
    tied = phone(alice, "This browser", tied_browser="t" * 22)
    asked = opened(ask_push(alice, required="strong"))
    view = next(factor for factor in enrolment.factors(alice.pk) if factor.id == tied)
    assert answers.open_questions(alice.pk, view, clock.at) == []
    assert answer(asked, alice, tied) == "lost"
    shown = open_ways(
        user_id=alice.pk, lane="other", required="strong", purpose="login", browser=""
    )
    assert shown.devices == ["Pixel 8"]


def test_a_young_device_changes_nothing_while_an_older_one_exists(
    alice: Any, clock: FrozenClock
) -> None:
    old = phone(alice)
    clock.forward(hours=30)
    young = phone(alice, "iPad")
    asked = opened(ask_push(alice, purpose="proof"))
    assert answer(asked, alice, young) == "lost"
    assert answer(asked, alice, old) == "approved"
    clock.forward(hours=24)
    assert (
        answer(opened(ask_push(alice, OTHER_JOURNEY, purpose="proof")), alice, young) == "approved"
    )


def test_a_young_device_answers_logins_and_is_enough_when_it_is_the_only_one(
    alice: Any, clock: FrozenClock
) -> None:
    old = phone(alice)
    clock.forward(hours=30)
    young = phone(alice, "iPad")
    assert answer(opened(ask_push(alice)), alice, young) == "approved"
    enrolment.revoke_factor(alice.pk, old)
    read_anew(alice)
    assert (
        answer(opened(ask_push(alice, OTHER_JOURNEY, purpose="proof")), alice, young) == "approved"
    )


def test_the_inbox_lists_every_open_question_and_no_other(
    alice: Any, bob: Any, clock: FrozenClock
) -> None:
    pixel = phone(alice)
    phone(bob)
    one, two = opened(ask_push(alice)), opened(ask_push(alice, OTHER_JOURNEY))
    opened(ask_push(bob, "login:bob"))
    (view,) = enrolment.factors(alice.pk)
    with statements(1):
        listed = answers.open_questions(alice.pk, view, clock.at)
    assert [asked.public_id for asked in listed] == [one.public_id, two.public_id]
    answer(one, alice, pixel)
    assert [asked.public_id for asked in answers.open_questions(alice.pk, view, clock.at)] == [
        two.public_id
    ]
    assert answers.open_questions(alice.pk, view, clock.at + timedelta(minutes=2)) == []


def test_a_question_has_what_is_signed(alice: Any, clock: FrozenClock) -> None:
    phone(alice)
    asked = opened(ask_push(alice))
    seen = question(asked, alice)
    assert (len(seen.public_id), len(seen.nonce), seen.exp) == (
        22,
        43,
        int(clock.at.timestamp()) + limits.PUSH_LIFE,
    )
    assert seen.context.startswith('{"account":"alice","app":"Nod","at":')
    assert seen.ledger_id == 7


@pytest.mark.parametrize(
    ("decision", "right", "most"),
    [(("approve", None), True, 3), (NO, True, 1), (("approve", None), False, 2), (NOT_ME, True, 3)],
)
def test_deciding_costs_few_statements(
    alice: Any, decision: tuple[str, str | None], right: bool, most: int
) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    with statements(1):
        seen = question(asked, alice)
    values: dict[str, Any] = {"decision": decision[0], "reason": decision[1]}
    with statements(most):
        answers.decide(seen, factor_id=pixel, number_right=right, body_digest="d" * 43, **values)


@pytest.mark.parametrize(
    ("decision", "used"), [(("approve", None), True), (NO, False), (NOT_ME, False)]
)
def test_a_yes_is_noted_on_the_factor(
    alice: Any, clock: FrozenClock, decision: tuple[str, str | None], used: bool
) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    clock.forward(seconds=20)
    answer(asked, alice, pixel, *decision)
    assert [view.last_used_at for view in enrolment.factors(alice.pk)] == [
        clock.at if used else None
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("decision", [("approve", None), NO, NOT_ME])
def test_a_decision_empties_the_poll_cache(
    transactional_db: None, alice: Any, decision: tuple[str, str | None]
) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    poll.keep(JOURNEY, {"state": "pending"})
    answer(asked, alice, pixel, *decision)
    poll.keep(JOURNEY, {"state": "pending"})  # by somebody who read it before that
    assert poll.kept(JOURNEY) is None


def test_cancelling_a_journey_ends_what_is_open(alice: Any) -> None:
    pixel = phone(alice)
    one, two = opened(ask_push(alice)), opened(ask_push(alice, OTHER_JOURNEY))
    answer(one, alice, pixel)
    assert challenges.cancel(subject=JOURNEY) == 1
    assert (state(one), state(two)) == ("superseded", "pending")
    assert spend(one) is None
    assert challenges.cancel(subject=JOURNEY) == 0


def test_cancelling_everything_of_a_person_leaves_others_alone(alice: Any, bob: Any) -> None:
    phone(alice)
    phone(bob)
    mine, his = opened(ask_push(alice)), opened(ask_push(bob, OTHER_JOURNEY))
    assert challenges.cancel_all(alice.pk) == 1
    assert (state(mine), state(his)) == ("superseded", "pending")


def test_a_device_that_was_removed_meanwhile_decides_nothing(
    alice: Any, clock: FrozenClock
) -> None:
    pixel = phone(alice)
    seen = question(opened(ask_push(alice)), alice)
    Factor.objects.filter(pk=pixel).update(revoked_at=clock.at)
    assert (
        answers.decide(
            seen,
            factor_id=pixel,
            decision="approve",
            reason=None,
            number_right=True,
            body_digest="",
        )
        == "lost"
    )
