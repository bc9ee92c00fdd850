"""The other model: its parts add up, its file says what scikit-learn said, and it can decide."""

import json
from math import fsum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.login.history import FailureCount, Failures, Held
from risk.scoring import forest, sheets
from risk.scoring.boost_model import BoostModel
from risk.tests.helpers import CHROME, FIREFOX, FIREFOX_144, PHONE, attempt, history, seen, steps
from risk.tests.test_chain_model import pasts, running

MODEL = BoostModel()
FORESTS = MODEL.weights
EXAMPLES = json.loads(forest.NEWEST.with_suffix(".examples.json").read_text())
RAW = json.loads(forest.NEWEST.read_text())


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
    }
    told = attempt(
        user_agent=user_agent, knows=knows, cookie="known" if knows else otherwise, **facts
    )
    judgement, scored = MODEL.judge(told, past), MODEL.score(told, past)
    assert judgement.z == fsum(part.z for part in judgement.parts)
    assert judgement.z == pytest.approx(
        MODEL.z(judgement.inputs, knows=knows, places="places" in judgement.inputs), abs=1e-9
    )
    assert judgement.z == pytest.approx(leaves(judgement.inputs, knows), abs=1e-9), (
        "the way down a tree adds up to its leaf"
    )
    assert (
        scored.score == sum(finding.points for finding in scored.findings) == round(judgement.score)
    )
    assert all(0 <= total <= 100 for total in running(scored.findings))
    assert (scored.model, scored.model_version) == ("boost", "1")
    assert scored.inputs == judgement.inputs


def leaves(inputs: dict[str, float], knows: bool) -> float:
    """Bias, one leaf of each tree, and what was set by hand."""
    trees = FORESTS.forest(knows=knows)
    by_hand = [
        weight * min(6.0, max(-6.0, inputs.get(name, 0.0)))
        for name, weight in FORESTS.by_hand.items()
    ]
    return fsum(
        [
            trees.bias if "places" in inputs else trees.bare,
            *(leaf(tree, inputs) for tree in trees.trees),
            *by_hand,
        ]
    )


def leaf(tree: forest.Tree, inputs: dict[str, float]) -> float:
    while tree.low and tree.high:
        tree = tree.low if inputs.get(tree.name, 0.0) <= tree.threshold else tree.high
    return tree.value


def test_the_trees_say_what_scikit_learn_said() -> None:
    said = [
        sheets.points(MODEL.z(row["inputs"], knows=row["knows"], places="places" in row["inputs"]))
        for row in EXAMPLES
    ]
    assert said == pytest.approx([row["points"] for row in EXAMPLES], abs=0.01)


def test_the_examples_are_of_every_kind() -> None:
    kinds = {(row["knows"], "places" in row["inputs"]) for row in EXAMPLES}
    assert kinds == {(knows, places) for knows in (True, False) for places in (True, False)}
    assert min(row["points"] for row in EXAMPLES) < 1
    assert max(row["points"] for row in EXAMPLES) > 95


def test_the_file_is_small_and_says_how_it_was_made() -> None:
    assert forest.NEWEST.stat().st_size < 300_000
    assert RAW["made_by"].startswith("python -m bench.risk boost")
    assert set(RAW["settings"]) == {"home", "mobile", "office", "many_countries", "rare"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"known": None}, TypeError),
        ({"known": {"bias": 0, "bare": 0, "inputs": []}}, KeyError),
        (
            {"known": {"bias": 0, "bare": 0, "inputs": ["habit"], "trees": [[0, 1.0, 0.0, 1.0]]}},
            ValueError,
        ),
        (
            {
                "known": {
                    "bias": 0,
                    "bare": 0,
                    "inputs": ["habit"],
                    "trees": [[3, 1.0, 0.0, 1.0, 2.0]],
                }
            },
            IndexError,
        ),
        (
            {"known": {"bias": 0, "bare": 0, "inputs": [], "trees": ["__import__('os')"]}},
            ValueError,
        ),
        ({"unknown": {"bias": float("nan"), "bare": 0, "inputs": [], "trees": []}}, ValueError),
        ({"by_hand": {"held": "much"}}, ValueError),
    ],
)
def test_what_is_no_file_of_trees_is_refused(
    tmp_path: Any, change: dict[str, Any], error: type[Exception]
) -> None:
    path = tmp_path / "trees.json"
    path.write_text(json.dumps(RAW | change))
    with pytest.raises(error):
        forest.read(path)


def test_a_tree_without_end_is_refused(tmp_path: Any) -> None:
    tree: Any = 0.0
    for _ in range(forest.DEEPEST + 1):
        tree = [0, 1.0, 0.0, tree, 0.0]
    path = tmp_path / "trees.json"
    path.write_text(
        json.dumps(RAW | {"known": {"bias": 0, "bare": 0, "inputs": ["habit"], "trees": [tree]}})
    )
    with pytest.raises(ValueError, match="too deep"):
        forest.read(path)


@pytest.mark.parametrize("knows", [True, False])
@given(st.data())
def test_what_speaks_against_somebody_never_lowers_it(knows: bool, data: st.DataObject) -> None:
    names = [name for name in RAW["known" if knows else "unknown"]["inputs"] if name != "places"]
    inputs = {name: data.draw(st.floats(-6, 6)) for name in names}
    name, more = data.draw(st.sampled_from(names)), data.draw(st.floats(0, 6))
    before, after = (
        MODEL.z(inputs | {name: inputs[name] + add}, knows=knows, places=True)
        for add in (0.0, more)
    )
    if name == "history":
        before, after = after, before
    assert after >= before - 1e-4  # the digits that the file left out


def test_failures_of_strangers_say_nothing_about_a_known_browser() -> None:
    assert "failures" not in RAW["known"]["inputs"]
    assert "failures" in RAW["unknown"]["inputs"]


def test_what_strangers_did_comes_last_here_too() -> None:
    past = history(
        cookie=steps(attempt().chains[0], seen(9), seen(9)),
        failures=Failures(account=FailureCount(9, 9, 9, 1)),
    )
    names = [finding.name for finding in MODEL.score(attempt(), past).findings]
    assert names[0].startswith("browser_")
    assert names[-1] == "failures_account"


def test_a_held_source_adds_what_was_set_by_hand() -> None:
    without, held = (
        MODEL.judge(attempt(), history(held=Held(by_this_person=by))) for by in (False, True)
    )
    assert held.z - without.z == pytest.approx(FORESTS.by_hand["held"])


def test_no_input_weighed_by_hand_decides_alone() -> None:
    most, more = (MODEL.z({"held": value}, knows=False, places=True) for value in (6.0, 600.0))
    assert more == most


def test_it_remembers_nothing() -> None:
    before = MODEL.judge(attempt(), history())
    MODEL.update(attempt(), "admitted")
    assert MODEL.judge(attempt(), history()) == before
