"""PURE: boosted trees as plain numbers: a file of them holds no code, and whoever reads it needs no
library.

A tree is a leaf, which is a number, or `[input, threshold, value, low, high]`: `low` is where the
input is at most the threshold, and `value` is what the tree says on average of the sign-ins that
get there. The way down a tree is told as steps: the input that was asked, and by how much the
answer moved the value. So a sum of leaves is a sum over inputs as well (after Saabas, "Interpreting
random forests", 2014).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite
from pathlib import Path
from typing import Any

from risk.scoring import registry
from risk.scoring.evidence import Inputs

DEEPEST = 12
NEWEST = Path(__file__).with_name("weights") / "boost-1.json"


@dataclass(frozen=True, slots=True)
class Tree:
    """`low` and `high` are both there, or this is a leaf."""

    value: float
    name: str = ""
    threshold: float = 0.0
    low: "Tree | None" = None
    high: "Tree | None" = None


@dataclass(frozen=True, slots=True)
class Forest:
    """z = bias + what every tree says; `bias` where country and provider are
    known, `bare` where they are not."""

    bias: float
    bare: float
    trees: tuple[Tree, ...]

    def terms(self, inputs: Inputs) -> Inputs:
        """What each input adds to z beside `base`."""
        found: Inputs = {}
        for tree in self.trees:
            here = tree
            while here.low is not None and here.high is not None:
                there = here.low if inputs.get(here.name, 0.0) <= here.threshold else here.high
                found[here.name] = found.get(here.name, 0.0) + there.value - here.value
                here = there
        return found

    def base(self, *, places: bool) -> float:
        """z before anything is known."""
        return fsum((self.bias if places else self.bare, *(tree.value for tree in self.trees)))


@dataclass(frozen=True, slots=True)
class Forests:
    """One forest for browsers that the account knows, one for the others. `by_hand`: what no log
    shows enough of to be learned, as weights (of the file, else of the signals)."""

    version: str
    known: Forest
    unknown: Forest
    by_hand: Mapping[str, float]

    def forest(self, *, knows: bool) -> Forest:
        return self.known if knows else self.unknown


def read(path: Path) -> Forests:
    """From a file of weights; KeyError, TypeError or ValueError for one that is none."""
    raw = json.loads(path.read_text())
    known, unknown = (_forest(raw[name]) for name in ("known", "unknown"))
    return Forests(
        str(raw["version"]),
        known,
        unknown,
        _by_hand(raw),
    )


def _by_hand(raw: Mapping[str, Any]) -> Mapping[str, float]:
    """Those of the file, and what the signals bring where nothing was learned of it."""
    learned = {*raw["known"]["inputs"], *raw["unknown"]["inputs"]}
    brought = registry.installed().by_hand.items()
    found = {name: weight for name, weight in brought if name not in learned}
    return found | {name: _number(weight) for name, weight in raw["by_hand"].items()}


def _forest(raw: Mapping[str, Any]) -> Forest:
    return Forest(
        _number(raw["bias"]),
        _number(raw["bare"]),
        tuple(_tree(each, raw["inputs"], 0) for each in raw["trees"]),
    )


def _tree(raw: Any, names: Sequence[str], depth: int) -> Tree:
    if depth > DEEPEST:
        raise ValueError("a tree that is too deep")
    if not isinstance(raw, list):
        return Tree(_number(raw))
    asked, threshold, value, low, high = raw
    return Tree(
        _number(value),
        str(names[asked]),
        _number(threshold),
        _tree(low, names, depth + 1),
        _tree(high, names, depth + 1),
    )


def _number(raw: Any) -> float:
    number = float(raw)
    if not isfinite(number):
        raise ValueError(f"no finite number: {raw!r}")
    return number
