"""The parts of a backtest that need no database."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.backtest import picture, rescore, targets
from risk.backtest.events import story
from risk.backtest.learning import Names
from risk.backtest.limits import Limits, Trial, is_asked, limits, needs_strong
from risk.backtest.records import LedgerRow, Verdict
from risk.backtest.suggest import between, curves
from risk.backtest.tally import Marks, Totals, reasons
from risk.login.context import Finding
from risk.policy.rules import HARD, HELD, MOVED, Circumstances, Policy, Ruling, rule
from risk.scoring import registry, sheets
from risk.scoring.additive import Part, in_order, in_points
from risk.scoring.signals.base import Remark

POLICY = Policy("default", 1, 50, 90)
STRANGERS = registry.installed().of_strangers
NAMES = sorted({"browser_known", "network_new", "hour_new", *HARD, *HELD, *MOVED, *STRANGERS})
ROW = LedgerRow(1, 100.0, None, 7, "pending", "", False, frozenset(), None, None)


@st.composite
def findings_of_any_kind(draw: st.DrawFn) -> tuple[Finding, ...]:
    total, found = 0, []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)):
        points = draw(st.integers(-total, 100 - total))
        total += points
        found.append(Finding(name, points, "Because."))
    return tuple(found)


facts = st.builds(
    Circumstances, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)
policies = (
    st.tuples(st.integers(1, 99), st.integers(2, 100))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Policy("default", 0, *pair))
)
recorded = st.sampled_from([POLICY, Policy("built-in", 1, 50, 90), Policy("office", 3, 20, 60)])


@given(findings_of_any_kind(), facts, policies, recorded)
def test_the_limits_are_those_of_the_rules_at_every_threshold(
    found: tuple[Finding, ...], facts: Circumstances, draft: Policy, was: Policy
) -> None:
    trial = Trial(draft)
    told = limits(found, facts, trial, was)
    for challenge in range(1, draft.strict):
        assert is_asked(rule(found, trial.deciding(was, challenge=challenge), facts)) == (
            challenge <= told.asked
        )
    for strict in range(draft.challenge + 1, 101):
        assert needs_strong(rule(found, trial.deciding(was, strict=strict), facts)) == (
            strict <= told.strong
        )


@given(findings_of_any_kind(), facts, policies)
def test_what_the_rules_add_can_be_told_from_what_the_model_found(
    found: tuple[Finding, ...], facts: Circumstances, policy: Policy
) -> None:
    ruling = rule(found, policy, facts)
    assert rescore.raw(ruling.findings) == found
    assert len(reasons(ruling, facts)) == (ruling.decision != "allow")


@pytest.mark.parametrize(
    ("was", "draft", "decides"),
    [
        (Policy("built-in", 1, 10, 20), Policy("default", 0, 50, 90), "default"),
        (Policy("default", 4, 10, 20), Policy("default", 0, 50, 90), "default"),
        (Policy("office", 4, 10, 20), Policy("default", 0, 50, 90), "office"),
        (Policy("office", 4, 60, 95), Policy("default", 0, 50, 90), "default"),
        (Policy("office", 4, 50, 95), Policy("default", 0, 50, 90), "default"),
    ],
)
def test_beside_another_policy_the_strictest_decides(
    was: Policy, draft: Policy, decides: str
) -> None:
    assert Trial(draft).deciding(was).name == decides


def verdict(
    inputs: dict[str, float], findings: tuple[Finding, ...] = (), model: str = "chain"
) -> Verdict:
    seen = Circumstances("knows" in inputs, False, False, True)
    ruling = rule(findings, POLICY, seen)
    return Verdict(
        ruling.score,
        ruling.level,
        ruling.decision,
        ruling.required,
        ruling.findings,
        model,
        "1",
        POLICY,
        inputs,
        seen,
    )


WORDS = {
    "browser_new": ("history", "habit"),
    "network_new": ("novelty", "new_network", "new_address"),
    "hour_new": ("day", "slot"),
}


@given(
    st.dictionaries(
        st.sampled_from(
            ["history", "habit", "novelty", "new_network", "new_address", "day", "slot"]
        ),
        st.floats(-6, 6),
    )
)
def test_scored_again_by_its_own_weights_a_verdict_is_what_it_was(inputs: dict[str, float]) -> None:
    weights = sheets.read(sheets.NEWEST)
    sheet = weights.sheet(knows=False, places=False)
    terms = sheet.terms(inputs)
    parts = [
        Part(
            sum(terms.get(each, 0.0) for each in names)
            + (sheet.bias if name == "browser_new" else 0.0),
            Remark(name, "Because."),
        )
        for name, names in WORDS.items()
    ]
    made = verdict(inputs, tuple(in_points(in_order(parts))))
    assert rescore.rescored(made, weights) == rescore.raw(made.findings)
    assert rescore.differences(made, weights) == ()


def test_other_weights_give_other_points_to_the_same_words() -> None:
    weights = sheets.read(sheets.NEWEST)
    heavier = replace(
        weights,
        bare=replace(
            weights.bare, unknown=replace(weights.bare.unknown, bias=weights.bare.unknown.bias + 2)
        ),
    )
    made = verdict({"history": 2.0}, (Finding("browser_new", 3, "Because."),))
    found = rescore.rescored(made, heavier)
    assert [each.name for each in found] == ["browser_new"]
    assert found[0].points == round(sheets.points(rescore.z_of(made, heavier))) > 3


def test_an_input_that_no_signal_measures_is_scored_in_one() -> None:
    weights = sheets.read(sheets.NEWEST)
    unknown = weights.bare.unknown
    lunar = replace(unknown, weights={**unknown.weights, "moon": 4.0})
    made = verdict({"history": 2.0, "moon": 1.0}, (Finding("browser_new", 3, "Because."),))
    (found,) = rescore.rescored(made, replace(weights, bare=replace(weights.bare, unknown=lunar)))
    plain = rescore.z_of(made, weights)
    assert (found.name, found.points) == (rescore.RESCORED, round(sheets.points(plain + 4)))


def test_words_that_nobody_knows_are_scored_in_one() -> None:
    weights = sheets.read(sheets.NEWEST)
    made = verdict(
        {"history": 2.0},
        (Finding("browser_new", 3, "Because."), Finding("moon_full", 0, "Because.")),
    )
    assert [each.name for each in rescore.rescored(made, weights)] == [rescore.RESCORED]


def test_a_story_is_told_in_the_order_in_which_it_happened() -> None:
    rows = [
        replace(ROW, pk=1, at=10.0, ended_at=40.0, learned={"undone": 60.0}),
        replace(ROW, pk=2, at=20.0, ended_at=20.0),
        replace(ROW, pk=3, at=20.0, ended_at=30.0),
        replace(ROW, pk=4, at=50.0),
    ]
    told = [(event.act, event.row.pk) for event in story(rows)]
    assert told == [
        ("came", 1),
        ("came", 2),
        ("ended", 2),
        ("came", 3),
        ("ended", 3),
        ("ended", 1),
        ("came", 4),
        ("undone", 1),
    ]


def test_two_digests_of_one_value_are_one_place() -> None:
    names = Names()
    first = names.node("address", "network", ("old",))
    assert names.node("address", "network", ("new", "old")) is first
    assert names.node("address", "network", ("new",)) is first
    with pytest.raises(ValueError, match="digest"):
        names.node("address", "network", ())


@given(st.lists(st.integers(0, 100), max_size=50), st.integers(0, 100))
def test_marks_count_who_is_asked_at_a_threshold(highest: list[int], threshold: int) -> None:
    marks = Marks()
    for each in highest:
        marks.add(each)
    assert marks.asked()[threshold] == sum(each >= threshold for each in highest)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 50, 0.0, 0.08), (50, 50, 0.92, 1.0), (50, 100, 0.4, 0.6)],
)
def test_few_draws_tell_little(hits: int, total: int, low: float, high: float) -> None:
    assert list(between(hits, total)) == pytest.approx([low, high], abs=0.01)


def tally_of(good: int = 200, thieves: int = 100) -> Totals:
    tally = Totals(compared=10, agreed=10)
    for number in range(good):
        tally.mark(Limits(number % 60, number % 40), knows=True)
    allow, ask = (Ruling(0, "low", (), decision, "none") for decision in ("allow", "step_up"))
    for kind in tally.drawn:
        for number in range(thieves):
            tally.drawn[kind].add(allow, ask, Limits(min(99, number), min(99, number)))
    return tally


def test_a_curve_rises_as_the_threshold_falls() -> None:
    points = curves(tally_of(), "challenge", POLICY)[0].points
    assert [each.threshold for each in points] == list(range(89, 0, -1))
    assert sorted(points, key=lambda each: (each.good, each.stopped)) == list(points)


@pytest.mark.parametrize(("good", "thieves"), [(49, 100), (200, 49), (0, 0)])
def test_few_sign_ins_or_attackers_give_no_curve_and_no_picture(good: int, thieves: int) -> None:
    tally = tally_of(good, thieves)
    assert curves(tally, "challenge", POLICY) == ()
    assert picture.whole(tally, POLICY, None) == ""
    assert not [
        each for each in targets.suggested(tally, POLICY, None, 0.5) if not thieves or thieves < 50
    ]


def test_a_picture_stands_alone_in_light_and_dark_and_runs_nothing() -> None:
    drawn = picture.whole(tally_of(), POLICY, Policy("default", 1, 30, 70))
    assert drawn.count("<polyline") == 1 + 4
    assert "prefers-color-scheme: dark" in drawn
    assert "now 30" in drawn
    assert "draft 50" in drawn
    assert "<script" not in drawn


def test_words_are_escaped_and_nothing_is_drawn_outside() -> None:
    words: dict[str, Any] = dict(picture.ENGLISH) | {"thief": "<b>&"}
    inside = picture.inside(picture.panels(tally_of(), POLICY, None, words)[0])
    assert "<b>" not in inside
    assert "&lt;b&gt;&amp;" in inside
    assert "style=" not in inside
    xs = [float(pair.split(",")[0]) for pair in inside.split('points="')[2].split('"')[0].split()]
    assert min(xs) >= picture.LEFT
    assert max(xs) <= picture.RIGHT
