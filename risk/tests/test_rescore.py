"""A verdict made again from what its row noted: what comes out otherwise is named."""

from dataclasses import replace
from typing import Any

import pytest

from risk.backtest import rescore
from risk.backtest.records import Verdict, verdict
from risk.login.context import Finding
from risk.policy.rules import Circumstances, Policy, rule
from risk.scoring import sheets
from risk.scoring.chain_model import ChainModel
from risk.tests.scenes import SCENES

NEWEST = sheets.read(sheets.NEWEST)
POLICY = Policy("built-in", 1, 50, 90)
MODEL = ChainModel()


def judged(scene: str, policy: Policy = POLICY) -> Verdict:
    attempt, past = SCENES[scene]
    scored = MODEL.score(attempt, past)
    facts = Circumstances(attempt.knows, past.sign_ins == 0, is_staff=False, has_strong=True)
    ruling = rule(scored.findings, policy, facts)
    return Verdict(
        ruling.score,
        ruling.level,
        ruling.decision,
        ruling.required,
        ruling.findings,
        scored.model,
        scored.model_version,
        policy,
        dict(scored.inputs),
        facts,
    )


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_comes_out_again_from_its_inputs(scene: str) -> None:
    made = judged(scene)
    assert rescore.differences(made, NEWEST) == ()
    again, was = rescore.rescored(made, NEWEST), rescore.raw(made.findings)
    assert [each.sentence for each in again] == [each.sentence for each in was]
    if "fail around" not in scene and "refused" not in scene:
        # several of one signal share its points by what they had, not by what they weigh
        assert again == was


@pytest.mark.parametrize("scene", SCENES)
def test_a_bias_moves_every_scene(scene: str) -> None:
    """Whatever is added to each sheet is added to z, and the words stay the same."""
    heavier: dict[str, Any] = {
        side: replace(
            pair,
            known=replace(pair.known, bias=pair.known.bias + 1),
            unknown=replace(pair.unknown, bias=pair.unknown.bias + 1),
        )
        for side, pair in (("places", NEWEST.places), ("bare", NEWEST.bare))
    }
    made, other = judged(scene), replace(NEWEST, **heavier)
    assert rescore.z_of(made, other) == pytest.approx(rescore.z_of(made, NEWEST) + 1)
    again = rescore.rescored(made, other)
    names = {each.name for each in rescore.raw(made.findings)}
    assert {each.name for each in again} == names
    assert sum(each.points for each in again) >= sum(
        each.points for each in rescore.raw(made.findings)
    )


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"score": 3}, ("score",)),
        ({"level": "low"}, ("level",)),
        ({"decision": "allow"}, ("decision",)),
        ({"required": "none"}, ("required",)),
        ({"facts": None}, ("evidence",)),
        ({"inputs": {}}, ("points",)),
        ({"policy": Policy("built-in", 1, 99, 100)}, ("score", "level", "required", "findings")),
    ],
)
def test_what_does_not_come_out_again_is_named(
    changed: dict[str, Any], wrong: tuple[str, ...]
) -> None:
    made = replace(judged("a stranger from abroad"), **changed)
    assert rescore.differences(made, NEWEST) == wrong


def test_points_that_moved_from_one_signal_to_another_are_found() -> None:
    made = judged("a stranger from abroad")
    moved = tuple(
        replace(each, points=each.points + {"browser_new": 5, "country_new": -5}.get(each.name, 0))
        for each in made.findings
    )
    assert rescore.differences(replace(made, findings=moved), NEWEST) == ("points",)
    assert rescore.differences(replace(made, findings=moved), None) == ()


def test_a_failed_model_is_made_again_by_the_rules_alone() -> None:
    failed = Finding("model_failed", 100, "It failed.")
    facts = Circumstances(knows=True, first=False, is_staff=False, has_strong=True)
    ruling = rule((failed,), POLICY, facts)
    made = Verdict(100, "high", "step_up", "strong", ruling.findings, "x", "", POLICY, {}, facts)
    assert rescore.differences(made, None) == ()


COLUMNS: dict[str, Any] = {
    "score": 63,
    "level": "medium",
    "decision": "step_up",
    "required": "weak",
    "findings": [{"name": "a", "points": 63, "sentence": "x", "evidence": {}}],
    "model": "chain",
    "model_version": "1",
    "policy": "built-in",
    "policy_version": 1,
    "challenge": 50,
    "strict": 90,
    "evidence": {
        "inputs": {"history": 2},
        "facts": {"knows": True, "first": False, "is_staff": False, "has_strong": True},
    },
}


def test_a_row_is_read_as_it_was_noted() -> None:
    found = verdict(COLUMNS)
    assert found
    assert (found.inputs, found.policy) == ({"history": 2.0}, POLICY)
    assert found.findings == (Finding("a", 63, "x"),)
    assert found.facts == Circumstances(True, False, False, True)
    assert verdict(COLUMNS | {"score": None}) is None


@pytest.mark.parametrize(
    "broken",
    [
        {"evidence": None},
        {"evidence": []},
        {"evidence": {"inputs": {}}},
        {"evidence": {"inputs": {"history": "much"}, "facts": COLUMNS["evidence"]["facts"]}},
        {"evidence": {"inputs": {}, "facts": {"knows": True, "of_a_later_version": 1}}},
        {"findings": [{"name": "a"}]},
        {"findings": None},
        {"challenge": None},
    ],
)
def test_what_nobody_can_read_has_no_facts(broken: dict[str, Any]) -> None:
    found = verdict(COLUMNS | broken)
    assert found
    assert (found.facts, found.findings, found.inputs) == (None, (), {})
    assert rescore.differences(found, NEWEST) == ("evidence",)
