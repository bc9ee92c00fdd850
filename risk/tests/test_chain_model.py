"""The model in use: parts add up to z exactly, and points to the score."""

from math import fsum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.login import agents, chains
from risk.login.attempt import LISTS
from risk.login.history import Count, FailureCount, Failures, Held, History, Lately, Step, Success
from risk.scoring import evidence, sheets
from risk.scoring.chain_model import ChainModel
from risk.tests.helpers import (
    CHROME,
    FIREFOX,
    FIREFOX_144,
    HOME,
    PHONE,
    attempt,
    history,
    seen,
    steps,
)

MODEL = ChainModel()
numbers = st.integers(0, 500)
counts = st.builds(
    Count, st.floats(0, 500), numbers, st.integers(0, 50), st.sampled_from([0, 144, 145, 146])
)
tallies = st.builds(
    FailureCount, st.floats(0, 64), st.integers(0, 64), st.integers(0, 64), st.integers(0, 64)
)
moments = st.none() | st.floats(
    attempt().at.timestamp() - 200 * 86_400, attempt().at.timestamp() + 60
)
successes = st.builds(
    Success,
    moments.map(lambda at: at or 0.0),
    st.sampled_from(["", "DE", "JP", "ZZ"]),
    st.booleans(),
    st.booleans(),
)
latelies = st.builds(Lately, st.lists(successes, max_size=12).map(tuple), moments, moments)
listed = st.frozensets(st.sampled_from(LISTS))
where = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["", "DE", "JP", "ZZ"]),
        "provider": st.sampled_from(["", "Hetzner"]),
        "listed": listed,
    }
)
PLACES = [("", 0), ("DE", 0), ("", 3320), ("DE", 3320)]


@st.composite
def pasts(draw: st.DrawFn, user_agent: str, knows: bool) -> History:
    """Any history whatever, consistent or not."""
    found = {
        "cookie": chains.cookie(knows),
        "address": chains.address(HOME, *draw(st.sampled_from(PLACES))),
        "agent": chains.agent(agents.read(user_agent)),
        "hours": chains.hours(attempt().at),
    }
    named = {
        name: tuple(Step(node, *(draw(counts) for _ in range(3))) for node in path)
        for name, path in found.items()
        if draw(st.booleans())
    }
    held = Held(draw(st.booleans()), draw(st.integers(0, 5)), draw(st.integers(0, 5)))
    failed = Failures(draw(tallies), draw(tallies), draw(tallies), draw(tallies))
    return History(named, failed, held, draw(latelies), draw(moments))


@given(
    st.data(),
    st.sampled_from([FIREFOX, FIREFOX_144, CHROME, PHONE, ""]),
    st.booleans(),
    st.sampled_from(["absent", "invalid", "stolen"]),
)
def test_every_attempt_is_explained_exactly(
    data: st.DataObject, user_agent: str, knows: bool, otherwise: str
) -> None:
    past = data.draw(pasts(user_agent, knows))
    facts = {
        "changed": knows and data.draw(st.booleans()),
        "outdated": knows and data.draw(st.booleans()),
        **data.draw(where),
    }
    told = attempt(
        user_agent=user_agent, knows=knows, cookie="known" if knows else otherwise, **facts
    )
    judgement, scored = MODEL.judge(told, past), MODEL.score(told, past)
    assert judgement.z == fsum(part.z for part in judgement.parts)
    assert judgement.z == pytest.approx(sum_of_sheet(told, past), abs=1e-6)
    assert (
        scored.score == sum(finding.points for finding in scored.findings) == round(judgement.score)
    )
    assert all(0 <= total <= 100 for total in running(scored.findings))
    assert all(
        finding.sentence.endswith(".") and finding.sentence[0].isalnum()
        for finding in scored.findings
    )
    assert (scored.model, scored.model_version) == ("chain", "1")


def sum_of_sheet(told: Any, past: History) -> float:
    """Bias and all weighted inputs."""
    sheet = MODEL.weights.sheet(knows=told.knows, places=evidence.has_places(past))
    return fsum((sheet.bias, *sheet.terms(evidence.measure(told, past)).values()))


def running(findings: Any) -> list[int]:
    totals = [0]
    for finding in findings:
        totals.append(totals[-1] + finding.points)
    return totals


@given(latelies, moments, where, st.sampled_from(PLACES), st.integers(1, 40))
def test_what_is_weighed_by_hand_alone_never_asks_a_known_browser(
    past: Lately, last: float | None, place: Any, path: Any, times: int
) -> None:
    at_home = chains.address(HOME, *path)
    found = {
        "cookie": steps(chains.cookie(True), seen(times), seen(times)),
        "address": steps(at_home, *[seen(times)] * len(at_home)),
    }
    told = attempt(knows=True, cookie="known", **place)
    assert MODEL.judge(told, history(**found, lately=past, last_at=last)).score < 50


def test_what_strangers_did_comes_last() -> None:
    """After what lowers, too: so nothing of it is taken back before it was said."""
    path = chains.address(HOME)
    past = history(
        cookie=steps(chains.cookie(False), seen(9), seen(9)),
        address=steps(path, *[seen(30)] * len(path), everybody=seen(9, 9)),
        failures=Failures(account=FailureCount(9, 9, 9, 1)),
    )
    *before, last = MODEL.judge(attempt(), past).parts
    assert last.remark.name == "failures_account"
    assert last.z > 0
    assert min(part.z for part in before) < 0


def at(knows: bool, mine: tuple[Count, ...], path: chains.Chain) -> float:
    past = history(
        cookie=steps(chains.cookie(knows), seen(20), seen(20) if knows else Count()),
        address=steps(path, *mine, everybody=seen(30, 5)),
    )
    return MODEL.judge(attempt(knows=knows, cookie="known" if knows else "absent"), past).z


@pytest.mark.parametrize("knows", [True, False])
@pytest.mark.parametrize("path", [chains.address(HOME), chains.address(HOME, "DE", 3320)])
def test_the_wider_the_novelty_the_higher_the_score(knows: bool, path: chains.Chain) -> None:
    settled = tuple(seen(20, 1) for _ in path)
    found = [at(knows, settled[:known], path) for known in range(2, len(path) + 1)]
    assert found == sorted(found, reverse=True)
    assert found[0] - found[-1] > 2


def test_a_known_browser_at_home_is_far_below_an_unknown_one_elsewhere() -> None:
    path = chains.address(HOME)
    assert sheets.points(at(True, tuple(seen(20, 1) for _ in path), path)) < 5
    assert sheets.points(at(False, (seen(20, 1),), path)) > 90


def test_a_held_source_adds_what_was_set_by_hand() -> None:
    without, held = (
        MODEL.judge(attempt(), history(held=Held(by_this_person=by))) for by in (False, True)
    )
    assert held.z - without.z == pytest.approx(3.0)


def test_it_remembers_nothing() -> None:
    before = MODEL.judge(attempt(), history())
    MODEL.update(attempt(), "ok")
    assert MODEL.judge(attempt(), history()) == before
