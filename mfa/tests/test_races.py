"""Many at once against one row: on PostgreSQL, where two writers really meet."""

import threading
from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction

from mfa import outbox
from mfa.channels.memory import MemoryChannel
from mfa.factors.push import answers
from mfa.models import Budget, Challenge, OutboxMessage
from mfa.results import Dead, NotAsked, Opened, Right, Wrong
from mfa.services import challenges, enrolment
from mfa.tests.helpers import (
    JOURNEY,
    OTHER_JOURNEY,
    answer,
    ask_code,
    ask_push,
    budget,
    check,
    code_of,
    opened,
    phone,
    question,
    spend,
    state,
    wrong_code,
)
from mfaproject.lib import tokens
from mfaproject.lib.patience import PATIENCE, until
from mfaproject.lib.racing import THREADS, at_once
from mfaproject.lib.testing import person

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def alice(transactional_db: None) -> Any:
    return person("alice")


def kinds(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_of_two_hundred_wrong_codes_five_are_looked_at(alice: Any) -> None:
    asked = opened(ask_code(alice))
    results = at_once(*[partial(check, asked, wrong_code(asked))] * 200)
    assert kinds(results) == {"Wrong": 5, "Dead": 195}
    assert {result.code for result in results if isinstance(result, Dead)} == {"too_many_attempts"}
    assert Challenge.objects.get().attempts == 5
    assert budget(alice, "email").failures == 5
    assert check(asked, code_of(asked)) == Dead("too_many_attempts")


def test_the_right_code_fifty_times_is_right_once(alice: Any) -> None:
    asked = opened(ask_code(alice))
    code = code_of(asked)
    assert kinds(at_once(*[partial(check, asked, code)] * 50)) == {"Right": 1, "Dead": 49}


def test_an_approval_is_collected_by_one(alice: Any) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    answer(asked, alice, pixel)
    assert kinds(at_once(*[partial(spend, asked)] * 50)) == {"Proof": 1, "NoneType": 49}


@pytest.mark.parametrize("trial", range(10))
def test_approve_and_deny_have_one_end(alice: Any, trial: int) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    ends = at_once(
        partial(answer, asked, alice, pixel),
        partial(answer, asked, alice, pixel, "deny", "cancelled"),
    )
    # A deny that comes second still ends a yes that nobody has collected; a yes never comes after a
    # no.
    assert state(asked) == "denied"
    assert ends in (["approved", "denied"], ["lost", "denied"])


@pytest.mark.parametrize("trial", range(10))
def test_a_deny_or_the_collection_wins_and_never_both(alice: Any, trial: int) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    answer(asked, alice, pixel)
    proof, end = at_once(
        partial(spend, asked), partial(answer, asked, alice, pixel, "deny", "not_me")
    )
    assert (proof is None) == (end == "not_me")
    assert state(asked) == ("spent" if proof else "not_me")


def test_the_same_approval_many_times_counts_once(alice: Any) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    assert Counter(at_once(*[partial(answer, asked, alice, pixel)] * 20)) == {
        "approved": 1,
        "lost": 19,
    }


def test_wrong_numbers_at_once_end_it_once_and_count_once(alice: Any) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    assert Counter(at_once(*[partial(answer, asked, alice, pixel, right=False)] * 20)) == {
        "wrong_number": 1,
        "lost": 19,
    }
    assert budget(alice, "push").wrong_numbers == 1


def test_wrong_numbers_in_two_challenges_both_count(alice: Any) -> None:
    pixel = phone(alice)
    asked = [
        question(opened(ask_push(alice, journey)), alice) for journey in (JOURNEY, OTHER_JOURNEY)
    ]
    decide = partial(
        answers.decide,
        factor_id=pixel,
        decision="approve",
        reason=None,
        number_right=False,
        body_digest="",
    )
    assert at_once(*[partial(decide, one) for one in asked]) == ["wrong_number", "wrong_number"]
    assert budget(alice, "push").off == "wrong_number"


@pytest.mark.parametrize("trial", range(10))
def test_a_removed_device_grants_nothing_afterwards(alice: Any, trial: int) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    at_once(partial(answer, asked, alice, pixel), partial(enrolment.revoke_factor, alice.pk, pixel))
    assert spend(asked) is None


@pytest.mark.parametrize("trial", range(10))
def test_a_cancelled_journey_grants_nothing_afterwards(alice: Any, trial: int) -> None:
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    at_once(partial(answer, asked, alice, pixel), partial(challenges.cancel, subject=JOURNEY))
    assert spend(asked) is None


@pytest.mark.parametrize("trial", range(10))
@pytest.mark.parametrize("decision", [("approve", None), ("deny", "not_me")])
def test_asking_again_while_the_phone_answers_waits_for_nobody_for_ever(
    alice: Any, trial: int, decision: tuple[str, str | None]
) -> None:
    """Both lock a budget and a challenge: in the same order, or PostgreSQL
    would have to end one of them."""
    pixel = phone(alice)
    first = opened(ask_push(alice))
    end, again = at_once(partial(answer, first, alice, pixel, *decision), partial(ask_push, alice))
    assert (end == "lost") == (state(first) == "superseded")
    assert isinstance(again, Opened) or decision[0] == "deny"


@pytest.mark.parametrize("trial", range(5))
def test_confirming_and_removing_a_mailbox_wait_for_nobody_for_ever(alice: Any, trial: int) -> None:
    mailbox = enrolment.add_factor(alice.pk, "email", alice.email, added_by="", confirmed=False)
    asked = opened(ask_code(alice))
    code = code_of(asked)
    remove, confirm = (
        partial(enrolment.revoke_factor, alice.pk, mailbox),
        partial(enrolment.confirm_factor, alice.pk, mailbox),
    )
    at_once(partial(check, asked, code), remove, confirm)
    assert spend(asked) is None


def test_prompts_keep_their_cap_when_all_come_at_once(alice: Any) -> None:
    phone(alice)
    results = at_once(*[partial(ask_push, alice, f"login:{n}") for n in range(20)])
    assert kinds(results) == {"Opened": 2, "NotAsked": 18}
    assert Challenge.objects.filter(state="pending").count() == OutboxMessage.objects.count() == 2
    assert Budget.objects.count() == 1


def test_prompts_of_one_journey_leave_one_open(alice: Any) -> None:
    phone(alice)
    results = at_once(*[partial(ask_push, alice)] * 20)
    assert kinds(results) == {"Opened": 3, "NotAsked": 17}
    assert Challenge.objects.filter(state="pending").count() == 1


def test_codes_keep_their_cap_when_all_come_at_once(alice: Any) -> None:
    results: list[Opened | NotAsked] = at_once(
        *[partial(ask_code, alice, f"login:{n}") for n in range(20)]
    )
    assert kinds(results) == {"Opened": 1, "NotAsked": 19}
    assert {result.code for result in results if isinstance(result, NotAsked)} == {"rate_limited"}


@pytest.mark.parametrize("trial", range(5))
def test_a_new_code_in_the_middle_of_guessing_gives_no_new_tries(alice: Any, trial: int) -> None:
    first = opened(ask_code(alice))
    wrong = wrong_code(first)
    Budget.objects.update(sends=[])  # so that another may be sent at once
    results = at_once(
        *[partial(check, first, wrong)] * 4,
        partial(ask_code, alice),
        *[partial(check, first, wrong)] * 4,
    )
    looked_at = kinds(results)["Wrong"]
    second = results[4]
    if isinstance(second, Opened):
        more = at_once(*[partial(check, second, wrong_code(second))] * 10)
        looked_at += kinds(more)["Wrong"]
    assert looked_at == 5


def test_the_hundredth_wrong_code_in_a_row_tells_once(alice: Any) -> None:
    asked = [
        opened(ask_code(alice, f"login:{n}", lane=lane))
        for n, lane in enumerate(("known", "other"))
    ]
    Budget.objects.update(in_a_row=99)
    results = at_once(
        *[
            partial(check, one, wrong_code(one), f"login:{n}")
            for n, one in enumerate(asked)
            for _ in range(4)
        ]
    )
    assert kinds(results) == {"Wrong": 2, "Dead": 6}
    assert OutboxMessage.objects.filter(template="factor_off").count() == 2  # one for each lane


def test_a_code_that_is_right_after_the_cap_is_not_heard(alice: Any) -> None:
    asked = opened(ask_code(alice))
    Budget.objects.update(in_a_row=99)
    assert check(asked, wrong_code(asked)) == Wrong(4)
    assert kinds(at_once(*[partial(check, asked, code_of(asked))] * 4)) == {"Dead": 4}


def test_right_and_wrong_at_once_never_lose_a_count(alice: Any) -> None:
    asked = opened(ask_code(alice))
    calls = [partial(check, asked, wrong_code(asked))] * 3 + [partial(check, asked, code_of(asked))]
    results = at_once(*calls)
    assert sum(isinstance(result, Right) for result in results) == 1
    assert budget(alice, "email").failures == kinds(results)["Wrong"]


def test_a_message_is_sent_by_one_worker(alice: Any, settings: Any) -> None:
    for n in range(10):
        Budget.objects.update(sends=[])
        opened(ask_code(alice, f"login:{n}"))
    at_once(*[outbox.deliver_due] * THREADS)
    assert len(MemoryChannel.sent) == len({parcel.id for parcel in MemoryChannel.sent}) == 10
    assert not OutboxMessage.objects.exclude(state="sent").exists()


def test_a_loser_sees_that_it_lost_after_waiting_for_the_winners_lock(alice: Any) -> None:
    """Two transactions want the same move; the second waits for the first. With a join in the
    UPDATE both would win."""
    pixel = phone(alice)
    asked = opened(ask_push(alice))
    answer(asked, alice, pixel)
    spent, waiting = threading.Event(), []

    def second() -> None:
        spent.wait(PATIENCE)
        waiting.append(spend(asked))
        connections.close_all()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        assert spend(asked) is not None
        spent.set()
        _until_somebody_waits_for_a_lock()
    thread.join(PATIENCE)
    assert waiting == [None]


def _until_somebody_waits_for_a_lock() -> None:
    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            return bool(cursor.fetchone()[0])

    until(somebody_waits, lambda: "nobody waited")


def test_the_first_budget_row_is_made_once(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    phone(alice)
    monkeypatch.setattr(tokens, "new_code", lambda digits: "000000")
    at_once(
        *[partial(ask_push, alice, f"login:{n}") for n in range(4)],
        *[partial(ask_code, alice, f"login:{n}") for n in range(4)],
    )
    assert sorted(Budget.objects.values_list("kind", flat=True)) == ["email", "push"]
