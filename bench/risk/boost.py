"""Trains the other model, and writes its trees down as numbers. Needs what requirements-risk.txt
names.

The same logs, inputs and weights of attackers as the sheets (`bench.risk.fit`), and the same
bounds: an input that speaks against somebody never lowers z, and `history` never raises it. So the
two models differ in their shape alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.risk.fit import (
    SHIFT,
    THRESHOLD,
    WEIGHTS_KNOWN,
    WEIGHTS_UNKNOWN,
    Array,
    table,
)
from bench.risk.inputs import falling, fitted
from bench.risk.log import simulate
from bench.risk.observe import Observed, observe
from bench.risk.settings import FITTED, Setting, smaller
from risk.scoring import forest, registry
from risk.scoring.boost_model import BoostModel
from risk.scoring.sheets import points

# untyped, so that checks need none
np, ensemble, sklearn = (
    import_module("numpy"),
    import_module("sklearn.ensemble"),
    import_module("sklearn"),
)
SHAPE = {
    "max_iter": 120,
    "max_leaf_nodes": 6,
    "learning_rate": 0.1,
    "min_samples_leaf": 40,
    "l2_regularization": 5.0,
}
PLACES = "places"
DIGITS = 6  # of what trees say; thresholds keep all of theirs, since values lie close to them
EXAMPLES = 150
CLOSE = 0.01  # points: what those digits may cost


class Trained:
    """A forest of scikit-learn; z as it says, before `bias` and `bare` are added."""

    def __init__(
        self,
        observed: list[list[Observed]],
        names: tuple[str, ...],
        weights: Mapping[str, float],
        *,
        knows: bool,
    ) -> None:
        self.names, self.knows = (*names, PLACES), knows
        self.rows = table(observed, self.names, weights, knows=knows)
        falls = falling()
        directions = [0 if name == PLACES else -1 if name in falls else 1 for name in self.names]
        self.model = ensemble.HistGradientBoostingClassifier(
            monotonic_cst=directions, early_stopping=False, random_state=0, **SHAPE
        )
        self.model.fit(
            self.rows.inputs,
            self.rows.attack,
            sample_weight=self.rows.weight * len(self.rows.weight),
        )
        self.z = self.model.decision_function(self.rows.inputs)

    def start(self, *, places: bool) -> float:
        """The z at which THRESHOLD of the attackers would be missed."""
        chosen = self.rows.attack & (self.rows.inputs[:, self.names.index(PLACES)] == float(places))
        return float(np.quantile(self.z[chosen], THRESHOLD))

    def written(self, bias: float, bare: float) -> dict[str, Any]:
        """As the file has it. scikit-learn has no public way to its trees;
        versions are locked, and `check` compares."""
        base = float(np.ravel(self.model._baseline_prediction)[0])
        trees = [_node(one[0].nodes, 0)[0] for one in self.model._predictors]
        return {
            "bias": round(base + bias, DIGITS),
            "bare": round(base + bare, DIGITS),
            "inputs": self.names,
            "trees": trees,
        }


def _node(nodes: Array, at: int) -> tuple[Any, float, int]:
    """A node as numbers, its value, and how many rows got there; inside a tree the value is the
    mean of the leaves below."""
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), DIGITS), float(node["value"]), int(node["count"])
    (low, low_value, low_rows), (high, high_value, high_rows) = (
        _node(nodes, int(node["left"])),
        _node(nodes, int(node["right"])),
    )
    rows = low_rows + high_rows
    value = (low_value * low_rows + high_value * high_rows) / rows
    written = [
        int(node["feature_idx"]),
        float(node["num_threshold"]),
        round(value, DIGITS),
        low,
        high,
    ]
    return written, value, rows


def examples(trained: Trained, written: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Inputs from all over the rows, and the points that scikit-learn gives."""
    found = []
    for at in np.linspace(0, len(trained.z) - 1, EXAMPLES).astype(int):
        inputs = {
            name: float(value)
            for name, value in zip(trained.names, trained.rows.inputs[at], strict=True)
            if value
        }
        base = float(np.ravel(trained.model._baseline_prediction)[0])
        shift = written["bias" if inputs.get(PLACES) else "bare"] - base
        found.append(
            {
                "knows": trained.knows,
                "inputs": inputs,
                "points": points(float(trained.z[at]) + shift),
            }
        )
    return found


def logs(setting: Setting) -> list[list[Observed]]:
    """One log with what is known of places, and as a site without that would see it."""
    rows = simulate(setting)
    placed, bare = observe(rows), observe(rows, bare=True)
    for row in placed:
        row.inputs[PLACES] = 1.0
    return [placed, bare]


def boost(share: float, path: Path) -> None:
    """Simulates, observes, trains, writes the trees and their table of examples; RuntimeError if
    what was written says something else."""
    observed = [each for setting in FITTED for each in logs(smaller(setting, share))]
    unknown = Trained(observed, fitted(knows=False), WEIGHTS_UNKNOWN, knows=False)
    known = Trained(observed, fitted(knows=True), WEIGHTS_KNOWN, knows=True)
    starts = [unknown.start(places=places) for places in (True, False)]
    forests = {
        "known": known.written(*(SHIFT - start for start in starts)),
        "unknown": unknown.written(*(-start for start in starts)),
    }
    head = {
        "version": "1",
        "made_by": f"python -m bench.risk boost --share {share}",
        "settings": {setting.name: setting.seed for setting in FITTED},
        "learner": f"HistGradientBoostingClassifier of scikit-learn {sklearn.__version__}, {SHAPE}",
        "by_hand": dict(registry.installed().by_hand),
    }
    path.write_text(json.dumps(head | forests, separators=(",", ":")) + "\n")
    table_of = [*examples(known, forests["known"]), *examples(unknown, forests["unknown"])]
    path.with_suffix(".examples.json").write_text(
        json.dumps(table_of, separators=(",", ":")) + "\n"
    )
    print(f"{path}: {path.stat().st_size} bytes")
    check(path, table_of)


def check(path: Path, table_of: list[dict[str, Any]]) -> None:
    model = BoostModel(forest.read(path))
    worst = 0.0
    for row in table_of:
        z = model.z(row["inputs"], knows=row["knows"], places=bool(row["inputs"].get(PLACES)))
        worst = max(worst, abs(points(z) - row["points"]))
    print(f"farthest from scikit-learn: {worst:.6f} points")
    if worst > CLOSE:
        raise RuntimeError("the file says something else than scikit-learn")
