"""Who listens for what, and what was told while nobody listened: the hub by itself."""

import pytest

from mfaproject.lib.hub import REMEMBERED, Hold, Hub
from mfaproject.lib.testing import Loop
from mfaproject.tests.wires import holding


class Listening:
    def __init__(self, hold: Hold) -> None:
        self.hold, self.heard = hold, list[bool]()

    def told(self, *, end: bool) -> None:
        self.heard.append(end)


@pytest.fixture
def hub() -> Hub:
    made = Hub(most=10)
    made.attach(Loop())  # type: ignore[arg-type]
    made.hear()
    return made


def test_nothing_is_open_before_the_front_is_there() -> None:
    hub = Hub(most=10)
    hub.hear()
    assert not hub.is_open
    hub.tell(["journey"])
    hub.attach(Loop())  # type: ignore[arg-type]
    assert hub.is_open


def test_what_is_told_is_remembered_for_a_while_and_then_taken_for_told(hub: Hub) -> None:
    before = hub.mark()
    hub.tell(["journey"])
    assert hub.missed(holding(since=before)) == "look"
    assert hub.missed(holding(since=hub.mark())) == "nothing"
    assert hub.missed(holding(since=before, topics=("other",))) == "nothing"
    for number in range(REMEMBERED):
        hub.tell([f"topic {number}"])
    assert len(hub._told) == REMEMBERED
    assert hub.missed(holding(since=before, topics=("other",))) == "look", "who knows"


def test_an_end_is_not_forgotten_over_a_later_look(hub: Hub) -> None:
    before = hub.mark()
    hub.tell(["journey"], end=True)
    hub.tell(["journey"])
    assert hub.missed(holding(since=before)) == "end"


def test_an_end_that_was_heard_already_is_none(hub: Hub) -> None:
    hub.tell(["journey"], end=True)
    since = hub.mark()
    hub.tell(["journey"])
    assert hub.missed(holding(since=since)) == "look"


def test_who_looked_while_nothing_was_heard_has_missed_something(hub: Hub) -> None:
    before = hub.mark()
    hub.deafen()
    hub.hear()
    assert hub.missed(holding(since=before)) == "look"
    assert hub.missed(holding(since=hub.mark())) == "nothing"


def test_leaving_twice_counts_once(hub: Hub) -> None:
    mine, other = Listening(holding()), Listening(holding())
    assert hub.listen(mine)
    assert hub.listen(other)
    hub.leave(mine)
    hub.leave(mine)
    assert hub._shares == {"alice": 1}
    hub.tell(["journey"])
    assert (mine.heard, other.heard) == ([], [False])
