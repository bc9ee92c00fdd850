"""Signal: "this was not me", said about the address."""

import pytest

from risk.login.history import Held
from risk.scoring.signals import held_source
from risk.tests.helpers import attempt, history


@pytest.mark.parametrize(
    ("held", "names"),
    [
        (Held(), []),
        (Held(by_this_person=True), ["source_held"]),
        (Held(named_by=2), []),
        (Held(named_by=3), ["source_named"]),
        (Held(named_by=3, disavowed_by=3), ["disavowed_widely"]),
        (Held(by_this_person=True, named_by=9, disavowed_by=9), ["disavowed_widely"]),
    ],
)
def test_one_finding_at_most(held: Held, names: list[str]) -> None:
    past = history(held=held)
    assert [finding.name for finding in held_source.look(attempt(), past)] == names
    assert dict(held_source.measure(attempt(), past)) == ({"held": 1.0} if names else {})


def test_it_never_speaks_against_a_known_browser() -> None:
    held = Held(by_this_person=True, named_by=9, disavowed_by=9)
    known, past = attempt(knows=True, cookie="known"), history(held=held)
    assert (held_source.look(known, past), dict(held_source.measure(known, past))) == ((), {})
