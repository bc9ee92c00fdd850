"""Trees as plain numbers: what a file may hold, and the way down."""

import json
from pathlib import Path
from typing import Any

import pytest

from risk.scoring import forest
from risk.scoring.forest import DEEPEST, Forest, Forests, Tree

STUMP = Tree(0.5, "novelty", 1.0, Tree(-1.0), Tree(2.0))
DEEP = Tree(1.0, "habit", 3.0, STUMP, Tree(4.0))
SIDE: dict[str, Any] = {
    "bias": -1.0,
    "bare": -2.0,
    "inputs": ["novelty", "habit"],
    "trees": [[0, 1.0, 0.5, -1.0, 2.0], [1, 3.0, 1.0, [0, 1.0, 0.5, -1.0, 2.0], 4.0]],
}
WHOLE: dict[str, Any] = {
    "version": 7,
    "by_hand": {"tor": 1.5},
    "known": SIDE,
    "unknown": SIDE | {"trees": [0.25]},
}


def read(tmp_path: Path, raw: Any) -> Forests:
    path = tmp_path / "trees.json"
    path.write_text(json.dumps(raw))
    return forest.read(path)


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert found.version == "7"
    assert found.known == Forest(-1.0, -2.0, (STUMP, DEEP))
    assert found.unknown.trees == (Tree(0.25),)
    assert found.forest(knows=True) is found.known
    assert found.forest(knows=False) is found.unknown


def test_weights_by_hand_are_the_files_and_else_the_signals(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE).by_hand
    assert (found["tor"], found["travel"]) == (1.5, 1.0)
    learned = {"known": SIDE | {"inputs": ["novelty", "habit", "travel"]}}
    assert "travel" not in read(tmp_path, WHOLE | learned).by_hand


def nested(depth: int) -> Any:
    return 1.0 if depth == 0 else [0, 1.0, 0.0, nested(depth - 1), 0.0]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ({"trees": [[0, 1.0, 0.5, -1.0]]}, ValueError),
        ({"trees": [["novelty", 1.0, 0.5, -1.0, 2.0]]}, TypeError),
        ({"trees": [[9, 1.0, 0.5, -1.0, 2.0]]}, IndexError),
        ({"trees": ["leaf"]}, ValueError),
        ({"trees": [{"value": 1}]}, TypeError),
        ({"trees": [None]}, TypeError),
        ({"trees": [float("nan")]}, ValueError),
        ({"trees": [[0, float("inf"), 0.5, -1.0, 2.0]]}, ValueError),
        ({"trees": [nested(DEEPEST + 1)]}, ValueError),
        ({"bias": None}, TypeError),
        ({"bare": "much"}, ValueError),
    ],
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, broken: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(tmp_path, WHOLE | {"unknown": SIDE | broken})


@pytest.mark.parametrize("missing", WHOLE)
def test_nothing_of_it_may_be_missing(tmp_path: Path, missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        read(tmp_path, {name: value for name, value in WHOLE.items() if name != missing})


def test_a_tree_may_be_as_deep_as_that(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE | {"known": SIDE | {"trees": [nested(DEEPEST)]}})
    assert found.known.terms({"novelty": 0.5}) == {"novelty": 1.0}


@pytest.mark.parametrize(
    ("inputs", "terms"),
    [
        ({}, {"novelty": -1.5 - 1.5, "habit": -0.5}),
        ({"novelty": 1.0}, {"novelty": -3.0, "habit": -0.5}),
        ({"novelty": 1.01}, {"novelty": 3.0, "habit": -0.5}),
        ({"habit": 3.0}, {"novelty": -3.0, "habit": -0.5}),
        ({"habit": 3.5}, {"novelty": -1.5, "habit": 3.0}),
        ({"habit": 9.0, "novelty": 2.0}, {"novelty": 1.5, "habit": 3.0}),
    ],
)
def test_each_answer_is_counted_to_what_was_asked(
    inputs: dict[str, float], terms: dict[str, float]
) -> None:
    trees = Forest(-1.0, -2.0, (STUMP, DEEP))
    assert trees.terms(inputs) == pytest.approx(terms)


@pytest.mark.parametrize(("places", "base"), [(True, 0.5), (False, -0.5)])
def test_before_anything_is_known_there_are_the_biases(places: bool, base: float) -> None:
    assert Forest(-1.0, -2.0, (STUMP, DEEP)).base(places=places) == base


@pytest.mark.parametrize("habit", [0.0, 3.0, 3.1])
@pytest.mark.parametrize("novelty", [0.0, 1.0, 1.1])
def test_base_and_terms_are_the_sum_of_the_leaves(habit: float, novelty: float) -> None:
    trees = Forest(-1.0, -2.0, (STUMP, DEEP))
    stump = 2.0 if novelty > 1 else -1.0
    leaves = stump + (4.0 if habit > 3 else stump)
    terms = trees.terms({"habit": habit, "novelty": novelty})
    assert trees.base(places=True) + sum(terms.values()) == pytest.approx(-1.0 + leaves)
