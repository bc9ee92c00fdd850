"""The states of a login and the moves between them."""

import pytest

from accounts import journey


@pytest.mark.parametrize("end", journey.ENDS)
def test_an_ended_journey_goes_nowhere(end: str) -> None:
    assert end not in journey.TRANSITIONS


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (journey.PROVEN, {"step_up", "proven"}),
        (journey.FINISHED, {"step_up", "proven"}),
        (journey.DENIED, {"step_up", "proven"}),
        (journey.EXPIRED, {"step_up", "proven"}),
        (journey.DISAVOWED, {"finished"}),
        ("invented", set()),
    ],
)
def test_a_state_is_reached_from_these_and_no_others(to: str, expected: set[str]) -> None:
    assert set(journey.sources(to)) == expected


def test_every_state_is_named_once() -> None:
    assert len(journey.STATES) == len(set(journey.STATES)) == 9
