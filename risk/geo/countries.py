"""PURE: countries by their ISO code: what people call them and about where they are. From a file
that comes with us (see docs/geo.md).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from risk.geo.distance import kilometres

FILE = Path(__file__).with_name("countries.json")
USUAL = "en"


@dataclass(frozen=True, slots=True)
class Country:
    """Its middle in degrees, how many kilometres its ends are from there, and
    its names by language."""

    middle: tuple[float, float]
    radius: float
    names: Mapping[str, str]


@lru_cache(maxsize=1)
def countries() -> Mapping[str, Country]:
    """Read once, when somebody asks: some 250, by code."""
    raw = json.loads(FILE.read_text())
    return {
        code: Country((latitude, longitude), radius, names)
        for code, (latitude, longitude, radius, names) in raw.items()
    }


def name(code: str, language: str) -> str:
    """In a language such as "fr" or "fr-ca", else in English; "" for a code that no country has."""
    found = countries().get(code)
    return (found.names.get(language.partition("-")[0]) or found.names[USUAL]) if found else ""


def apart(code: str, other: str) -> float | None:
    """How many kilometres lie between two countries at least; 0 for neighbours,
    None where one of them is not known."""
    one, two = countries().get(code), countries().get(other)
    if one is None or two is None:
        return None
    return (
        max(0.0, kilometres(one.middle, two.middle) - one.radius - two.radius)
        if code != other
        else 0.0
    )
