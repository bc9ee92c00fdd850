"""Signal: device, system, browser, version."""

import pytest

from risk.login import agents, chains
from risk.login.history import Count
from risk.scoring.signals import user_agent
from risk.tests.helpers import FIREFOX, FIREFOX_144, FIREFOX_146, attempt, history, seen, steps

CHAIN = chains.agent(agents.read(FIREFOX))
SETTLED = seen(41, 1)


@pytest.mark.parametrize(
    ("mine", "name", "inputs"),
    [
        ((), "agent_first", ""),
        ((SETTLED,), "device_new", "new_device new_system new_browser new_version"),
        ((SETTLED, SETTLED), "system_new", "new_system new_browser new_version"),
        ((SETTLED, SETTLED, SETTLED), "agent_new", "new_browser new_version"),
        ((SETTLED, SETTLED, SETTLED, seen(41, 9, 145)), "version_new", "new_version"),
        ((SETTLED, SETTLED, SETTLED, seen(41, 9, 145), seen(4)), "agent_known", ""),
    ],
)
def test_the_first_new_level_is_told_and_all_are_measured(
    mine: tuple[Count, ...], name: str, inputs: str
) -> None:
    past = history(agent=steps(CHAIN, *mine))
    assert [remark.name for remark in user_agent.look(attempt(), past)] == [name]
    assert dict(user_agent.measure(attempt(), past)) == dict.fromkeys(inputs.split(), 1.0)


@pytest.mark.parametrize(
    ("shown", "newest", "name", "evidence"),
    [
        (FIREFOX_146, 145, "version_newer", {"version": 146, "newest": 145}),
        (FIREFOX_144, 145, "version_older", {"version": 144, "newest": 145}),
        (FIREFOX, 145, "version_new", {"version": 145, "newest": 145}),
    ],
)
def test_a_version_is_told_beside_the_newest(
    shown: str, newest: int, name: str, evidence: dict[str, int]
) -> None:
    past = history(
        agent=steps(
            chains.agent(agents.read(shown)), SETTLED, SETTLED, SETTLED, seen(41, 4, newest)
        )
    )
    (finding,) = user_agent.look(attempt(user_agent=shown), past)
    assert (finding.name, finding.evidence) == (name, evidence)


def test_a_known_browser_that_became_older_says_so_whatever_else_it_is() -> None:
    past = history(agent=steps(CHAIN, *[seen(40, 1, 146)] * 4))
    older = attempt(knows=True, cookie="known", outdated=True)
    assert [remark.name for remark in user_agent.look(older, past)] == ["version_older"]
    assert dict(user_agent.measure(older, past))["outdated"] == 1.0


def test_a_user_agent_never_lowers_the_score() -> None:
    past = history(agent=steps(CHAIN, *[seen(500, 1, 145)] * 5))
    (finding,) = user_agent.look(attempt(), past)
    assert dict(user_agent.measure(attempt(), past)) == {}
    assert finding.sentence == "500 of 500 sign-ins came from exactly this browser."


def test_the_sentence_names_the_new_browser() -> None:
    (finding,) = user_agent.look(attempt(), history(agent=steps(CHAIN, SETTLED, SETTLED, SETTLED)))
    assert finding.sentence == "0 of 41 sign-ins came from Firefox there."
