"""PURE: score sheets: a bias and one weight for each input, added up. Where the numbers come from
stands in their file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

from risk.scoring import registry
from risk.scoring.evidence import Inputs

NEWEST = Path(__file__).with_name("weights") / "chain-1.json"


@dataclass(frozen=True, slots=True)
class Sheet:
    """z = bias + Σ weight · input, with every input held between `least` and
    `most` so that none decides alone."""

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
class SheetPair:
    """One sheet for browsers that the account knows, one for the others; on both, 50 points are
    where more proof is asked for."""

    known: Sheet
    unknown: Sheet


@dataclass(frozen=True, slots=True)
class Sheets:
    """One pair where country and provider of an address are known, one where they are not: what is
    missing shifts what the rest means."""

    version: str
    places: SheetPair
    bare: SheetPair

    def sheet(self, *, knows: bool, places: bool) -> Sheet:
        pair = self.places if places else self.bare
        return pair.known if knows else pair.unknown


def read(path: Path) -> Sheets:
    """From a file of weights; KeyError or ValueError for one that is none. Weights set by hand
    count on every sheet: those of the file, and what the signals bring where it names none."""
    raw = json.loads(path.read_text())
    by_hand = {name: float(weight) for name, weight in raw["by_hand"].items()}
    places, bare = (_pair(raw[name], raw["limits"], by_hand) for name in ("places", "bare"))
    return Sheets(str(raw["version"]), places, bare)


def _pair(raw: Mapping[str, Any], limits: list[float], by_hand: Mapping[str, float]) -> SheetPair:
    known, unknown = (_sheet(raw[name], limits, by_hand) for name in ("known", "unknown"))
    return SheetPair(known, unknown)


def _sheet(raw: Mapping[str, Any], limits: list[float], by_hand: Mapping[str, float]) -> Sheet:
    weights = {name: float(weight) for name, weight in raw["weights"].items()}
    return Sheet(
        float(raw["bias"]),
        {**registry.installed().by_hand, **weights, **by_hand},
        float(limits[0]),
        float(limits[1]),
    )


def points(z: float) -> float:
    """From log-odds to 0 … 100, with full resolution."""
    return 100.0 / (1.0 + exp(-z)) if z > -700 else 0.0
