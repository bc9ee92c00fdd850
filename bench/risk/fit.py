"""Fits the two score sheets. Needs what requirements-risk.txt names.

Logistic regression with a ridge, and with bounds: an input that speaks against somebody never gets
a weight below 0 (nor `history` one above), so more evidence of one kind never lowers a score. scipy
does it, because scikit-learn's logistic regression takes no bounds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.risk.inputs import falling, fitted
from bench.risk.log import simulate
from bench.risk.observe import Observed, observe
from bench.risk.settings import FITTED, smaller
from risk.scoring import registry

RIDGE = 1e-3
LIMITS = (-6.0, 6.0)
WEIGHTS_UNKNOWN = {
    "legit": 1.0,
    "naive": 1.0,
    "vpn": 1.5,
    "targeted": 4.0,
    "stuffing": 0.7,
    "stuffing_proxy": 1.0,
}
WEIGHTS_KNOWN = {"legit": 1.0, "stealer": 1.0}
SHIFT = -5.0
"""Stolen cookies are far rarer than stolen passwords, and both sheets were fitted as if attackers
were as many as people."""

THRESHOLD = 0.02
"""50 points are where so many of the attackers without a cookie would be missed."""

# untyped, so that checks need neither
np, minimize = import_module("numpy"), import_module("scipy.optimize").minimize
Array = Any  # numpy's own types say less than the shapes in the docstrings


@dataclass(frozen=True, slots=True)
class Table:
    """Rows × inputs, whether each row is an attack, and its weight; each
    setting and each side weigh the same."""

    inputs: Array
    attack: Array
    weight: Array


def table(
    settings: Iterable[list[Observed]],
    names: tuple[str, ...],
    weights: Mapping[str, float],
    *,
    knows: bool,
) -> Table:
    inputs, attack, weight = [], [], []
    for rows in settings:
        chosen = [row for row in rows if row.knows == knows and weights.get(row.label)]
        is_attack = np.array([row.label != "legit" for row in chosen])
        each = np.array([weights[row.label] for row in chosen])
        for side in (is_attack, ~is_attack):
            each[side] /= max(each[side].sum(), 1e-9)
        inputs.append(np.array([[row.inputs.get(name, 0.0) for name in names] for row in chosen]))
        attack.append(is_attack)
        weight.append(each)
    whole = np.concatenate(weight)
    return Table(
        np.clip(np.concatenate(inputs), *LIMITS), np.concatenate(attack), whole / whole.sum()
    )


def sheet(rows: Table, names: tuple[str, ...]) -> tuple[float, dict[str, float]]:
    """Bias and weights. An input that hardly varies is left out: it could not be fitted."""
    scale = rows.inputs.std(axis=0)
    varies = scale > 1e-3
    used, scale = rows.inputs[:, varies] / scale[varies], scale[varies]
    kept = [name for name, varied in zip(names, varies, strict=True) if varied]
    side = np.where(rows.attack, 1.0, -1.0)

    def loss(values: Array) -> tuple[float, Array]:
        z = used @ values[:-1] + values[-1]
        slope = rows.weight * (1 / (1 + np.exp(-z)) - rows.attack)
        ridge = np.append(RIDGE * values[:-1], 0.0)
        gradient = np.append(used.T @ slope, slope.sum()) + 2 * ridge
        return float((rows.weight * np.logaddexp(0, -side * z)).sum() + ridge @ values), gradient

    falls = falling()
    bounds = [(None, 0.0) if name in falls else (0.0, None) for name in kept]
    found = minimize(
        loss,
        np.zeros(len(kept) + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[*bounds, (None, None)],
        options={"maxiter": 1000},
    )
    weights = {
        name: round(float(value), 4) for name, value in zip(kept, found.x[:-1] / scale, strict=True)
    }
    return float(found.x[-1]), {name: value for name, value in weights.items() if abs(value) > 1e-3}


def pair(observed: list[list[Observed]]) -> dict[str, Any]:
    """Both sheets, with 50 points where THRESHOLD says."""
    names, of_known = fitted(knows=False), fitted(knows=True)
    rows = table(observed, names, WEIGHTS_UNKNOWN, knows=False)
    bias, weights = sheet(rows, names)
    z = rows.inputs @ np.array([weights.get(name, 0.0) for name in names]) + bias
    start = float(np.quantile(z[rows.attack], THRESHOLD))
    known_bias, known_weights = sheet(
        table(observed, of_known, WEIGHTS_KNOWN, knows=True), of_known
    )
    return {
        "known": {"bias": round(known_bias + SHIFT - start, 4), "weights": known_weights},
        "unknown": {"bias": round(bias - start, 4), "weights": weights},
    }


def fit(share: float, path: Path) -> None:
    """Simulates, observes, fits, writes the file of weights."""
    logs = [simulate(smaller(setting, share)) for setting in FITTED]
    found = {
        "version": "1",
        "made_by": f"python -m bench.risk fit --share {share}",
        "settings": {setting.name: setting.seed for setting in FITTED},
        "limits": LIMITS,
        "places": pair([observe(rows) for rows in logs]),
        "bare": pair([observe(rows, bare=True) for rows in logs]),
        "by_hand": dict(registry.installed().by_hand),
    }
    path.write_text(json.dumps(found, indent=1) + "\n")
