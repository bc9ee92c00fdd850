"""Writes `risk/geo/countries.json`: what countries are called, and about where they are. Needs
Babel and the npm package `world-atlas`.

    pip install babel; npm pack world-atlas; tar xzf world-atlas-*.tgz
    python -m bench.countries package/countries-10m.json en fr

Names are those of the Unicode CLDR. A country's middle is the centre of its largest area; its
radius reaches the farthest point of any area that is at least a twentieth of that: Alaska counts,
islands far off do not. Both are rounded: they tell a continent from a street, no more.
"""

import json
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from itertools import accumulate, pairwise
from math import cos, fsum, radians
from pathlib import Path
from typing import Any

from risk.geo.distance import kilometres

INTO = Path("risk/geo/countries.json")
Point = tuple[float, float]  # latitude, longitude

ELSEWHERE = {
    "BQ": (12.2, -68.3, 30),
    "BV": (-54.4, 3.4, 10),
    "CC": (-12.2, 96.8, 20),
    "CX": (-10.5, 105.6, 15),
    "GF": (3.9, -53.1, 260),
    "GP": (16.2, -61.5, 60),
    "MQ": (14.7, -61.0, 40),
    "RE": (-21.1, 55.5, 40),
    "SJ": (78.7, 16.1, 320),
    "TK": (-9.2, -171.8, 90),
    "YT": (-12.8, 45.2, 25),
}
"""By hand: what the maps draw as a part of another country, or not at all."""

APART = {"FR"}
"""Whose areas overseas have codes of their own: only the largest area counts."""
SHARE = 0.05
SOMEWHERE = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
"""Codes of the CLDR that are no countries of ISO 3166. XK stays: data files say it for Kosovo."""


def names(languages: list[str]) -> dict[str, dict[str, str]]:
    """For each code: language → name."""
    locale: Any = import_module("babel").Locale
    found = {language: locale(language).territories for language in languages}
    codes = sorted(
        code for code in found["en"] if len(code) == 2 and code.isalpha() and code not in SOMEWHERE
    )
    return {code: {language: found[language][code] for language in languages} for code in codes}


def areas(atlas: dict[str, Any]) -> dict[str, list[list[Point]]]:
    """The outlines of each country of a TopoJSON file."""
    found: dict[str, list[list[Point]]] = {}
    for code, rings in _shapes(atlas):
        found.setdefault(code, []).extend(rings)
    return found


def _shapes(atlas: dict[str, Any]) -> Iterator[tuple[str, list[list[Point]]]]:
    numbers: Any = import_module("babel.core").get_global("territory_aliases")
    arcs = [_arc(arc, atlas["transform"]) for arc in atlas["arcs"]]
    for shape in atlas["objects"]["countries"]["geometries"]:
        code = (
            "XK"
            if shape["properties"]["name"] == "Kosovo"
            else next(iter(numbers.get(shape.get("id", ""), ())), "")
        )
        polygons = (
            shape.get("arcs", []) if shape["type"] == "MultiPolygon" else [shape.get("arcs", [])]
        )
        if code and shape.get("arcs"):
            yield code, [_ring(polygon[0], arcs) for polygon in polygons]


def _arc(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """Steps of whole numbers from point to point."""
    (wide, high), (left, low) = transform["scale"], transform["translate"]
    points = accumulate(arc, lambda before, step: [before[0] + step[0], before[1] + step[1]])
    return [(y * high + low, x * wide + left) for x, y in points]


def _ring(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    """A negative number is an arc backwards. What crosses the line of dates
    goes on beyond 180 degrees."""
    points = [
        point
        for number in numbers
        for point in (arcs[number] if number >= 0 else arcs[~number][::-1])
    ]
    steps = ((lon2 - lon + 180) % 360 - 180 for (_, lon), (_, lon2) in pairwise(points))
    return list(
        zip((lat for lat, _ in points), accumulate(steps, initial=points[0][1]), strict=True)
    )


def measured(ring: list[Point]) -> tuple[float, Point]:
    """Area (in squared degrees of the equator) and centre."""
    parts = [
        ((lon * lat2 - lon2 * lat) / 2, lat + lat2, lon + lon2)
        for (lat, lon), (lat2, lon2) in pairwise([*ring, ring[0]])
    ]
    area = fsum(part for part, _, _ in parts)
    if not area:
        return 0.0, ring[0]
    lat, lon = (fsum(part[0] * part[axis] for part in parts) / (3 * area) for axis in (1, 2))
    return abs(area) * cos(radians(lat)), (lat, lon)


def middle(code: str, rings: list[list[Point]]) -> tuple[float, float, int]:
    """Latitude, longitude, radius in kilometres."""
    found = sorted(
        ((*measured(ring), ring) for ring in rings), key=lambda each: each[0], reverse=True
    )
    largest, centre, _ = found[0]
    counting = [ring for area, _, ring in found if area >= SHARE * largest][
        : 1 if code in APART else None
    ]
    away = partial(kilometres, centre)
    farthest = max(away(point) for ring in counting for point in ring)
    return (
        round(centre[0], 1),
        round((centre[1] + 180) % 360 - 180, 1),
        max(10, int(round(farthest, -1))),
    )


def main(atlas: str, *languages: str) -> None:
    """One country a line."""
    where: dict[str, tuple[float, float, int]] = ELSEWHERE | {
        code: middle(code, rings)
        for code, rings in areas(json.loads(Path(atlas).read_text())).items()
    }
    called = names(list(languages))
    lines = [
        f"{json.dumps(code)}: {json.dumps([*where[code], called[code]], ensure_ascii=False)}"
        for code in called
    ]
    INTO.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(lines)} countries; drawn, but no countries: {sorted(set(where) - set(called))}")


if __name__ == "__main__":
    main(*sys.argv[1:])
