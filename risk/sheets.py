"""PURE: score sheets: a bias and one weight for each input, added up. Where the numbers come from stands in their file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

from risk.evidence import Inputs

NEWEST = Path(__file__).with_name("weights") / "chain-1.json"


@dataclass(frozen=True, slots=True)
class Sheet:
    """z = bias + Σ weight · input, with every input held between `least` and `most` so that none decides alone."""

    bias: float
    weights: Mapping[str, float]
    least: float
    most: float

    def terms(self, inputs: Inputs) -> Inputs:
        """What each input adds to z; those that add nothing are left out."""
        found = {}
        for name, weight in self.weights.items():
            value = inputs.get(name)
            if value:
                found[name] = weight * min(self.most, max(self.least, value))
        return found


@dataclass(frozen=True, slots=True)
class Sheets:
    """One sheet for browsers that the account knows, one for the others; on both, 50 points are where more proof is asked for."""

    version: str
    known: Sheet
    unknown: Sheet
    held: float
    """Set by hand: what a source adds that somebody called false. No log shows enough of them to be fitted."""

    def sheet(self, *, knows: bool) -> Sheet:
        return self.known if knows else self.unknown


def read(path: Path) -> Sheets:
    """From a file of weights; KeyError or ValueError for one that is none."""
    raw = json.loads(path.read_text())
    least, most = map(float, raw["limits"])
    return Sheets(str(raw["version"]), _sheet(raw["known"], least, most), _sheet(raw["unknown"], least, most), float(raw["by_hand"]["held"]))


def _sheet(raw: Mapping[str, Any], least: float, most: float) -> Sheet:
    return Sheet(float(raw["bias"]), {name: float(weight) for name, weight in raw["weights"].items()}, least, most)


def points(z: float) -> float:
    """From log-odds to 0 … 100, with full resolution."""
    return 100.0 / (1.0 + exp(-z)) if z > -700 else 0.0
