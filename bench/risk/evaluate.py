"""The table of goals over all settings: how many good sign-ins are challenged when so many
attackers are stopped.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, fsum
from pathlib import Path

from bench.risk.log import simulate
from bench.risk.observe import Observed, observe
from bench.risk.settings import FITTED, KINDS, Setting
from risk.scoring.sheets import Sheets

STOPPED = {"stealer": 0.95}  # all others: 0.99
SHARES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.985, 0.99, 0.995)
SETTLED = 12  # sign-ins after which somebody counts as settled
COLUMNS = (*KINDS[:3], "targeted, settled", *KINDS[3:])
GOALS = {
    "must": {"naive": 2.0, "vpn": 6.0, "targeted": 9.0, "targeted, settled": 4.5, "stealer": 40.0},
    "target": {
        "naive": 1.2,
        "vpn": 3.5,
        "targeted": 8.0,
        "targeted, settled": 2.4,
        "stealer": 12.0,
    },
    "moonshot": {
        "naive": 1.0,
        "vpn": 3.0,
        "targeted": 5.5,
        "targeted, settled": 1.8,
        "stealer": 9.0,
    },
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A sign-in with its z."""

    z: float
    label: str
    before: int


def mark(rows: Iterable[Observed], weights: Sheets, *, places: bool = True) -> list[Marked]:
    """The sheets' opinion of each."""
    marked = []
    for row in rows:
        sheet = weights.sheet(knows=row.knows, places=places)
        marked.append(
            Marked(fsum((sheet.bias, *sheet.terms(row.inputs).values())), row.label, row.before)
        )
    return marked


def threshold(attacks: list[float], stopped: float) -> float:
    """The highest z at which at least this share of the attackers are stopped."""
    return sorted(attacks, reverse=True)[min(len(attacks), ceil(stopped * len(attacks))) - 1]


def line(rows: list[Marked]) -> dict[str, float]:
    """Per cent of the good sign-ins that are challenged, for each kind of attacker."""
    good, settled = (
        sorted(row.z for row in rows if row.label == "legit" and row.before >= least)
        for least in (0, SETTLED)
    )
    found = {}
    for kind in KINDS:
        attacks = [row.z for row in rows if row.label == kind]
        if attacks:
            limit = threshold(attacks, STOPPED.get(kind, 0.99))
            found[kind] = above(good, limit)
            if kind == "targeted":
                found["targeted, settled"] = above(settled, limit)
    return found


def curve(rows: list[Marked], kind: str) -> list[float]:
    """Per cent of the good sign-ins that are challenged when so many of a kind
    are stopped, for each of SHARES."""
    good = sorted(row.z for row in rows if row.label == "legit")
    attacks = [row.z for row in rows if row.label == kind]
    return [above(good, threshold(attacks, share)) for share in SHARES]


def above(sorted_values: list[float], limit: float) -> float:
    """Per cent at or above a limit."""
    return (
        100.0
        * (len(sorted_values) - bisect_left(sorted_values, limit))
        / max(1, len(sorted_values))
    )


def evaluate(settings: Iterable[Setting], weights: Sheets, path: Path | None = None) -> None:
    """Prints a line for each setting and the mean, and writes them down."""
    table: dict[str, dict[str, float]] = {}
    curves: dict[str, dict[str, list[float]]] = {}
    print(f"{'':24}" + "".join(f"{name.replace('targeted, ', '')[:11]:>12}" for name in COLUMNS))
    for setting in settings:
        marked = mark(observe(simulate(setting)), weights)
        table[setting.name] = line(marked)
        curves[setting.name] = {kind: curve(marked, kind) for kind in KINDS}
        show(
            setting.name + (" (fitted)" if setting.name in {one.name for one in FITTED} else ""),
            table[setting.name],
        )
    unseen = [found for name, found in table.items() if name.startswith("test_")] or list(
        table.values()
    )
    table["mean"] = {
        name: fsum(found.get(name, 0.0) for found in unseen) / len(unseen) for name in COLUMNS
    }
    show("mean, not fitted", table["mean"])
    for name, goals in GOALS.items():
        show(name, goals)
    if path:
        path.write_text(json.dumps({"table": table, "shares": SHARES, "curves": curves}) + "\n")


def show(name: str, found: dict[str, float]) -> None:
    print(
        f"{name[:24]:24}"
        + "".join(
            f"{found[column]:>12.2f}" if column in found else f"{'':>12}" for column in COLUMNS
        ),
        flush=True,
    )
