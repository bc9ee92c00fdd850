"""The points shown add up to the score, always."""

from hypothesis import given
from hypothesis import strategies as st

from risk import agents, chains
from risk.context import Finding
from risk.habits import Count, Failures, Held, History, Tally
from risk.scoring import AdditiveModel, add_up
from risk.tests.helpers import CHROME, FIREFOX, FIREFOX_144, HOME, PHONE, attempt, steps

findings = st.lists(
    st.builds(
        Finding, st.sampled_from(["one", "two"]), st.integers(-300, 300), st.just("Because.")
    ),
    max_size=12,
)
numbers = st.integers(0, 500)
counts = st.builds(Count, st.floats(0, 500), numbers, numbers, st.sampled_from([0, 144, 145, 146]))
tallies = st.builds(
    Tally, st.floats(0, 64), st.integers(0, 64), st.integers(0, 64), st.integers(0, 64)
)


@st.composite
def pasts(draw: st.DrawFn, user_agent: str, knows: bool) -> History:
    """Any history whatever, consistent or not."""
    found = {
        "cookie": chains.cookie(knows),
        "address": chains.address(HOME),
        "agent": chains.agent(agents.read(user_agent)),
    }
    named = {
        name: steps(chain, *[draw(counts) for _ in chain], everybody=draw(counts))
        for name, chain in found.items()
        if draw(st.booleans())
    }
    held = Held(draw(st.booleans()), draw(st.integers(0, 5)), draw(st.integers(0, 5)))
    return History(
        named, Failures(draw(tallies), draw(tallies), draw(tallies), draw(tallies)), held
    )


@given(findings)
def test_the_sum_is_exact_and_never_leaves_the_scale(some: list[Finding]) -> None:
    score, fitted = add_up(some)
    running = 0
    for finding in fitted:
        running += finding.points
        assert 0 <= running <= 100
    assert running == score
    assert sorted(finding.name for finding in fitted) == sorted(finding.name for finding in some)


@given(findings)
def test_no_finding_changes_its_direction_or_grows(some: list[Finding]) -> None:
    before = sorted(some, key=lambda finding: finding.points < 0)
    for raw, fitted in zip(before, add_up(some)[1], strict=True):
        assert abs(fitted.points) <= abs(raw.points)
        assert raw.points * fitted.points >= 0


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
    seen = attempt(
        user_agent=user_agent,
        knows=knows,
        cookie="known" if knows else otherwise,
        changed=data.draw(st.booleans()),
    )
    scored = AdditiveModel().score(seen, past)
    assert scored.score == sum(finding.points for finding in scored.findings)
    assert 0 <= scored.score <= 100
    assert all(
        finding.sentence.endswith(".") and finding.sentence[0].isalnum()
        for finding in scored.findings
    )
    assert (scored.model, scored.model_version) == ("additive", "1")


def test_what_lowers_comes_last_so_that_it_lowers_something() -> None:
    score, fitted = add_up([Finding("known", -25, "."), Finding("new", 30, ".")])
    assert score == 5
    assert [finding.points for finding in fitted] == [30, -25]


def test_what_does_not_fit_is_cut() -> None:
    score, fitted = add_up(
        [Finding("one", 80, "."), Finding("two", 40, "."), Finding("three", 10, ".")]
    )
    assert score == 100
    assert [finding.points for finding in fitted] == [80, 20, 0]
