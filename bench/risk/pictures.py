"""The pictures of docs/risk-model.md, from what `evaluate` wrote down. Needs matplotlib."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.risk.evaluate import GOALS

matplotlib = import_module("matplotlib")
matplotlib.use("svg")
plots = import_module("matplotlib.pyplot")

COLOURS = {
    "naive": "#2a9d8f",
    "vpn": "#457b9d",
    "targeted": "#c1440e",
    "stuffing_proxy": "#8a6d3b",
    "stealer": "#6a4c93",
}
WORDS = {"vpn": "VPN", "stuffing_proxy": "stuffing through proxies", "stealer": "cookie thief"}
Axes = Any


def draw(numbers: Path, folder: Path) -> None:
    """Two small SVG files."""
    found = json.loads(numbers.read_text())
    unseen = [name for name in found["curves"] if name.startswith("test_")]
    plots.rcParams.update(
        {
            "font.size": 9,
            "svg.hashsalt": "risk",
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    _save(folder / "curves.svg", lambda axes: _curves(axes, found, unseen))
    _save(folder / "settings.svg", lambda axes: _settings(axes, found["table"], unseen))


def _save(path: Path, paint: Any) -> None:
    figure, axes = plots.subplots(figsize=(6.4, 3.6), layout="constrained")
    paint(axes)
    figure.savefig(path, metadata={"Date": None})
    plots.close(figure)


def _curves(axes: Axes, found: dict[str, Any], unseen: list[str]) -> None:
    """The mean of the settings that were not fitted, with a band from the best to the worst."""
    stopped = [100 * share for share in found["shares"]]
    for kind, colour in COLOURS.items():
        rows = list(zip(*(found["curves"][name][kind] for name in unseen), strict=True))
        axes.plot(
            stopped,
            [sum(row) / len(row) for row in rows],
            color=colour,
            label=WORDS.get(kind, kind),
        )
        axes.fill_between(
            stopped,
            [min(row) for row in rows],
            [max(row) for row in rows],
            color=colour,
            alpha=0.12,
            linewidth=0,
        )
    axes.set(
        xlabel="attackers stopped, %",
        ylabel="good sign-ins challenged, %",
        xlim=(80, 100),
        ylim=(0, 12),
    )
    axes.legend(frameon=False)


def _settings(axes: Axes, table: dict[str, Any], unseen: list[str]) -> None:
    """Each setting beside the goals."""
    names = list(GOALS["target"])
    for row, name in enumerate(names):
        axes.plot(
            [GOALS["target"][name]] * 2,
            [row - 0.35, row + 0.35],
            color="#888888",
            linestyle="--",
            label="target" if not row else None,
        )
        axes.plot(
            [GOALS["moonshot"][name]] * 2,
            [row - 0.35, row + 0.35],
            color="#222222",
            label="moonshot" if not row else None,
        )
        axes.scatter(
            [table[each][name] for each in unseen],
            [row] * len(unseen),
            color="#457b9d",
            s=18,
            label="a setting" if not row else None,
        )
        axes.scatter(
            [table["mean"][name]],
            [row],
            color="#c1440e",
            marker="D",
            s=30,
            label="mean" if not row else None,
        )
    axes.set_yticks(
        range(len(names)),
        [f"{WORDS.get(name, name)}, {95 if name == 'stealer' else 99} % stopped" for name in names],
    )
    axes.set(xlabel="good sign-ins challenged, %", xlim=(0, None))
    axes.invert_yaxis()
    axes.legend(frameon=False, loc="upper right")
