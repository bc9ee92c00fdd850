"""The life of one question, as a table. Pure."""

from typing import Literal, get_args

State = Literal[
    "pending",
    "approved",
    "spent",
    "denied",
    "not_me",
    "wrong_number",
    "expired",
    "superseded",
    "failed",
]
STATES: tuple[State, ...] = get_args(State)

TRANSITIONS: dict[State, tuple[State, ...]] = {
    "pending": ("approved", "denied", "not_me", "wrong_number", "expired", "superseded", "failed"),
    # A yes that nobody has collected yet can still be taken back, be replaced, or grow too old.
    "approved": ("spent", "denied", "not_me", "expired", "superseded"),
}
OPEN: tuple[State, ...] = tuple(TRANSITIONS)
REFUSALS: tuple[State, ...] = ("denied", "not_me", "wrong_number")
"""Ends in which the person, or somebody holding the phone, refused."""


def sources(to: State) -> tuple[State, ...]:
    """The states from which `to` may be reached: what goes into the WHERE of
    the UPDATE that moves there."""
    return tuple(state for state, targets in TRANSITIONS.items() if to in targets)
