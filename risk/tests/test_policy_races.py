"""Many admins at one name."""

from functools import partial
from typing import Any

import pytest

from mfaproject.lib.racing import at_once
from risk.models import LoginLog, RiskPolicy
from risk.models.risk_policy import State
from risk.services import policies
from risk.tests.policies import actor, written

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
TRIALS, AT_ONCE = 5, 8


def in_state(state: str) -> int:
    return RiskPolicy.objects.filter(state=state).count()


def acts(word: str) -> int:
    return LoginLog.objects.filter(detail__startswith=f"policy_{word} ").count()


@pytest.mark.parametrize("state", [State.ACTIVE, State.SHADOW])
def test_of_many_versions_that_want_one_place_one_has_it_and_the_others_have_retired(
    state: str,
) -> None:
    for trial in range(1, TRIALS + 1):
        drafts = [written() for _ in range(AT_ONCE)]
        assert (
            at_once(*[partial(policies.move, row, state, actor()) for row in drafts])
            == [True] * AT_ONCE
        )
        assert in_state(state) == 1
        assert (acts(state), acts("retired")) == (trial * AT_ONCE, trial * AT_ONCE - 1)


@pytest.mark.parametrize("to", [State.SHADOW, State.ACTIVE])
def test_one_draft_is_moved_once(to: str) -> None:
    for trial in range(1, TRIALS + 1):
        row = written()
        assert sum(at_once(*[partial(policies.move, row, to, actor())] * AT_ONCE)) == 1
        assert acts(to) == trial


def test_activating_and_resetting_never_wait_in_a_circle() -> None:
    for _ in range(TRIALS):
        names = ("default", "default", "default")
        drafts = [written(name) for name in names] + [
            written("office", 30, 80, "office") for _ in names
        ]
        moves: list[Any] = [partial(policies.move, row, State.ACTIVE, actor()) for row in drafts]
        at_once(*moves, partial(policies.reset, actor()), partial(policies.reset, actor()))
        assert in_state(State.ACTIVE) <= 2
    policies.reset(actor())
    assert in_state(State.ACTIVE) == 0
    assert acts("active") == acts("retired") == 6 * TRIALS


def test_editing_loses_against_activating_or_comes_before_it() -> None:
    for _ in range(TRIALS):
        row = written()
        edited = RiskPolicy.objects.get(pk=row.pk)
        edited.challenge = 11
        rewritten, _moved = at_once(
            partial(policies.rewrite, edited), partial(policies.move, row, State.ACTIVE, actor())
        )
        row.refresh_from_db()
        assert (row.state, row.challenge) == (State.ACTIVE, 11 if rewritten else 40)


def test_a_draft_is_discarded_or_moved_never_both() -> None:
    for _ in range(TRIALS):
        row = written()
        discarded, moved = at_once(
            partial(policies.discard, row.pk), partial(policies.move, row, State.SHADOW, actor())
        )
        assert discarded != moved
        assert RiskPolicy.objects.filter(pk=row.pk).exists() == moved


def test_drafts_written_at_once_have_versions_of_their_own() -> None:
    rows = at_once(*[written] * 4)
    assert sorted(row.version for row in rows) == [1, 2, 3, 4]
