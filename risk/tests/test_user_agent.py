"""Signal: device, system, browser, version."""

import pytest

from risk.history.types import Count
from risk.login import agents, chains
from risk.scoring.signals import user_agent
from risk.tests.helpers import FIREFOX, FIREFOX_144, FIREFOX_146, attempt, history, seen, steps

CHAIN = chains.agent(agents.read(FIREFOX))
SETTLED = seen(41, 1)


@pytest.mark.parametrize(
    ("mine", "name", "points"),
    [
        ((), "agent_first", 0),
        ((SETTLED,), "device_new", 25),
        ((seen(3, 1),), "device_new", 12),
        ((SETTLED, SETTLED), "system_new", 25),
        ((SETTLED, SETTLED, SETTLED), "agent_new", 20),
        ((SETTLED, SETTLED, SETTLED, seen(41, 9, 145), seen(4)), "agent_known", 0),
        ((seen(40, 40),), "device_new", 6),
    ],
)
def test_only_the_first_new_level_counts(mine: tuple[Count, ...], name: str, points: int) -> None:
    (finding,) = user_agent.look(attempt(), history(agent=steps(CHAIN, *mine)))
    assert (finding.name, finding.points) == (name, points)


@pytest.mark.parametrize(
    ("shown", "newest", "name", "points"),
    [
        (FIREFOX_146, 145, "version_newer", 0),
        (FIREFOX_144, 145, "version_older", 12),
        (FIREFOX, 145, "version_new", 3),
    ],
)
def test_newer_is_expected_and_older_is_odd(
    shown: str, newest: int, name: str, points: int
) -> None:
    past = history(
        agent=steps(
            chains.agent(agents.read(shown)), SETTLED, SETTLED, SETTLED, seen(41, 4, newest)
        )
    )
    (finding,) = user_agent.look(attempt(user_agent=shown), past)
    assert (finding.name, finding.points) == (name, points)


def test_a_user_agent_never_lowers_the_score() -> None:
    past = history(agent=steps(CHAIN, *[seen(500, 1, 145)] * 5))
    (finding,) = user_agent.look(attempt(), past)
    assert finding.points == 0
    assert finding.sentence == "500 of 500 sign-ins came from exactly this browser."


def test_the_sentence_names_the_new_browser() -> None:
    (finding,) = user_agent.look(attempt(), history(agent=steps(CHAIN, SETTLED, SETTLED, SETTLED)))
    assert finding.sentence == "0 of 41 sign-ins came from Firefox there."
