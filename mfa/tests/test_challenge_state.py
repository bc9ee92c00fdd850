"""The table of moves."""

import pytest

from mfa.challenge_state import OPEN, REFUSALS, STATES, TRANSITIONS, State, sources

ENDS: tuple[State, ...] = (
    "spent",
    "denied",
    "not_me",
    "wrong_number",
    "expired",
    "superseded",
    "failed",
)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("pending", ()),
        ("approved", ("pending",)),
        ("spent", ("approved",)),
        ("denied", ("pending", "approved")),
        ("not_me", ("pending", "approved")),
        ("wrong_number", ("pending",)),
        ("expired", ("pending", "approved")),
        ("superseded", ("pending", "approved")),
        ("failed", ("pending",)),
    ],
)
def test_each_state_is_reached_from_these_and_no_others(
    to: State, expected: tuple[State, ...]
) -> None:
    assert sources(to) == expected


@pytest.mark.parametrize("end", ENDS)
def test_an_end_is_the_end(end: State) -> None:
    assert end not in TRANSITIONS
    assert not any(end in sources(to) for to in STATES)


def test_every_state_is_open_or_an_end() -> None:
    assert set(OPEN) | set(ENDS) == set(STATES)
    assert set(OPEN) & set(ENDS) == set()


def test_a_no_is_an_end() -> None:
    assert set(REFUSALS) <= set(ENDS)


def test_only_an_approved_question_can_be_collected() -> None:
    assert sources("spent") == ("approved",)
