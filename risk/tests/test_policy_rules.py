"""From a score to what is asked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.login.context import Finding
from risk.policy.rules import (
    HARD,
    HELD,
    Circumstances,
    Policy,
    Ruling,
    is_spared,
    rule,
)
from risk.scoring import registry

STRANGERS = registry.installed().of_strangers
POLICY = Policy("default", 1, 50, 90)
KNOWN = Circumstances(knows=True, first=False, is_staff=False, has_strong=True)
UNKNOWN = replace(KNOWN, knows=False)
STAFF = replace(KNOWN, is_staff=True)


def within_the_scale(some: list[Finding]) -> tuple[Finding, ...]:
    """Findings as a model hands them over: what raises first, the running sum from 0 to 100."""
    total, fitted = 0, []
    for finding in sorted(some, key=lambda one: one.points < 0):
        after = min(100, max(0, total + finding.points))
        fitted.append(replace(finding, points=after - total))
        total = after
    return tuple(fitted)


def ruled(points: int, facts: Circumstances, name: str = "odd") -> Ruling:
    return rule((Finding(name, points, "Because."),), POLICY, facts)


@pytest.mark.parametrize(
    ("points", "facts", "level", "decision", "required"),
    [
        (0, KNOWN, "low", "allow", "none"),
        (49, KNOWN, "low", "allow", "none"),
        (50, KNOWN, "medium", "step_up", "weak"),
        (89, KNOWN, "medium", "step_up", "weak"),
        (90, KNOWN, "high", "step_up", "strong"),
        (100, KNOWN, "high", "step_up", "strong"),
        (100, replace(KNOWN, has_strong=False), "high", "step_up", "weak"),
        (0, UNKNOWN, "medium", "step_up", "weak"),
        (95, UNKNOWN, "high", "step_up", "strong"),
        (95, replace(UNKNOWN, has_strong=False), "high", "step_up", "weak"),
        (0, replace(KNOWN, first=True), "medium", "step_up", "weak"),
        (0, STAFF, "low", "step_up", "strong"),
        (60, STAFF, "medium", "step_up", "strong"),
        (95, replace(STAFF, has_strong=False), "high", "step_up", "strong"),
        (0, replace(STAFF, knows=False, has_strong=False), "medium", "step_up", "strong"),
    ],
)
def test_decisions(
    points: int, facts: Circumstances, level: str, decision: str, required: str
) -> None:
    ruling = ruled(points, facts)
    assert (ruling.level, ruling.decision, ruling.required) == (level, decision, required)


@pytest.mark.parametrize("name", sorted(HARD))
@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (UNKNOWN, "block"),
        (replace(UNKNOWN, is_staff=True), "block"),
        (KNOWN, "allow"),
        (replace(UNKNOWN, never_block=True), "step_up"),
    ],
)
def test_only_hard_signals_refuse_and_never_a_known_browser(
    name: str, facts: Circumstances, decision: str
) -> None:
    assert ruled(40, facts, name).decision == decision


def test_an_account_on_the_list_is_asked_for_a_strong_factor_where_others_are_refused() -> None:
    ruling = ruled(40, replace(UNKNOWN, never_block=True), "burst_source")
    assert (ruling.level, ruling.required) == ("high", "strong")


@given(st.integers(0, 100))
def test_mere_oddness_never_refuses(points: int) -> None:
    assert ruled(points, UNKNOWN).decision == "step_up"


@pytest.mark.parametrize(
    ("points", "facts", "name", "added"),
    [
        (18, UNKNOWN, "floor_browser", 32),
        (18, replace(UNKNOWN, first=True), "floor_first", 32),
        (18, replace(KNOWN, first=True), "floor_first", 32),
    ],
)
def test_a_floor_is_a_finding_of_its_own(
    points: int, facts: Circumstances, name: str, added: int
) -> None:
    ruling = ruled(points, facts)
    assert [(finding.name, finding.points) for finding in ruling.findings] == [
        ("odd", points),
        (name, added),
    ]
    assert ruling.score == 50


def test_no_floor_is_told_where_the_score_is_high_enough() -> None:
    assert [finding.name for finding in ruled(50, UNKNOWN).findings] == ["odd"]


@pytest.mark.parametrize("name", sorted(HELD))
def test_a_held_source_asks_for_a_strong_factor_and_refuses_nobody(name: str) -> None:
    ruling = ruled(30, UNKNOWN, name)
    assert (ruling.score, ruling.decision, ruling.required) == (90, "step_up", "strong")
    assert [finding.points for finding in ruling.findings] == [30, 60]


@pytest.mark.parametrize("name", sorted(STRANGERS))
def test_strangers_never_lift_a_known_browser_above_the_challenge(name: str) -> None:
    found = (Finding("network_new", 60, "Because."), Finding(name, 40, "Because."))
    ruling = rule(found, POLICY, KNOWN)
    assert (ruling.score, ruling.decision, ruling.required) == (89, "step_up", "weak")
    assert (ruling.findings[-1].name, ruling.findings[-1].points) == ("ceiling_known", -11)


def test_the_same_failures_do_lift_an_unknown_browser() -> None:
    found = (Finding("network_new", 60, "Because."), Finding("failures_account", 40, "Because."))
    assert rule(found, POLICY, UNKNOWN).level == "high"


def test_what_is_odd_by_itself_stays_high_for_a_known_browser() -> None:
    found = (Finding("browser_changed", 92, "Because."), Finding("failures_account", 8, "Because."))
    assert rule(found, POLICY, KNOWN).level == "high"


def test_staff_are_told_why() -> None:
    assert [(finding.name, finding.points) for finding in ruled(3, STAFF).findings] == [
        ("odd", 3),
        ("staff", 0),
    ]


names = st.sampled_from(["odd", "network_new", "browser_changed", *sorted(HARD | HELD | STRANGERS)])
some_findings = st.lists(
    st.builds(Finding, names, st.integers(-60, 120), st.just("Because.")), max_size=8
)
any_facts = st.builds(
    Circumstances, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)


@given(some_findings, any_facts)
def test_after_all_rules_the_points_still_add_up(some: list[Finding], facts: Circumstances) -> None:
    ruling = rule(within_the_scale(some), POLICY, facts)
    assert ruling.score == sum(finding.points for finding in ruling.findings)
    assert 0 <= ruling.score <= 100


@given(some_findings, any_facts)
def test_allow_needs_a_browser_that_knows_the_person_who_is_not_staff(
    some: list[Finding], facts: Circumstances
) -> None:
    ruling = rule(within_the_scale(some), POLICY, facts)
    if ruling.decision == "allow":
        assert facts.knows
        assert not facts.is_staff
        assert not facts.first
        assert ruling.score < POLICY.challenge


@given(some_findings, any_facts)
def test_staff_are_never_let_off_with_a_weak_factor(
    some: list[Finding], facts: Circumstances
) -> None:
    ruling = rule(within_the_scale(some), POLICY, replace(facts, is_staff=True))
    assert (ruling.decision, ruling.required) in {("step_up", "strong"), ("block", "none")}


@pytest.mark.parametrize(
    ("challenge", "strict"),
    [(0, 90), (90, 50), (50, 50), (50, 101), (-1, 10)],
)
def test_thresholds_out_of_order_are_refused(challenge: int, strict: int) -> None:
    with pytest.raises(ValueError, match="RISK_POLICY"):
        Policy.read({"name": "x", "version": 1, "challenge": challenge, "strict": strict})


def test_a_known_browser_that_says_it_is_another_one_is_asked_whatever_the_score() -> None:
    ruling = ruled(3, KNOWN, "browser_changed")
    assert (ruling.score, ruling.decision) == (50, "step_up")
    assert ruling.findings[-1].name == "floor_changed"


@pytest.mark.parametrize(
    ("listed", "name", "spared"),
    [
        (["alice"], "alice", True),
        (["ALICE", ""], "Alice", True),
        ([" alice "], "alice", True),
        (["7"], "whoever", True),
        (["alice"], "", False),
        (["ali"], "alice", False),
        ([""], "", False),
        ([], "alice", False),
        (["8"], "8", False),
    ],
)
def test_who_is_on_the_list(listed: list[str], name: str, spared: bool) -> None:
    assert is_spared(7, name, listed) == spared
