"""The models beside each other: the table of goals over the settings that none was fitted on, and
what a score costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import fsum
from statistics import median
from time import perf_counter

from bench.risk.evaluate import COLUMNS, Marked, line, mark, show
from bench.risk.log import attempt, simulate
from bench.risk.observe import Observed, observe
from bench.risk.settings import TESTED, Setting, smaller
from risk.history.replay import Replay
from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring import sheets
from risk.scoring.boost_model import BoostModel
from risk.scoring.chain_model import ChainModel
from risk.scoring.model import RiskModel

SCORED = 2000
"""Sign-ins on which the clock is held, after as many to warm up."""


def _by_trees(model: BoostModel, rows: list[Observed]) -> list[Marked]:
    return [
        Marked(
            model.z(row.inputs | {"places": 1.0}, knows=row.knows, places=True),
            row.label,
            row.before,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Rival:
    """A model, and how it marks what was observed."""

    model: RiskModel
    marks: Callable[[list[Observed]], list[Marked]]


def rivals() -> dict[str, Rival]:
    boost = BoostModel()
    return {
        "chain": Rival(ChainModel(), partial(mark, weights=sheets.read(sheets.NEWEST))),
        "boost": Rival(boost, partial(_by_trees, boost)),
    }


def compare(share: float) -> None:
    """Prints a line for each setting and model, the means, and microseconds."""
    both = rivals()
    table: dict[str, list[dict[str, float]]] = {name: [] for name in both}
    print(f"{'':24}" + "".join(f"{name.replace('targeted, ', '')[:11]:>12}" for name in COLUMNS))
    for setting in TESTED:
        observed = observe(simulate(smaller(setting, share)))
        for name, rival in both.items():
            table[name].append(line(rival.marks(observed)))
            show(f"{setting.name}, {name}", table[name][-1])
    for name, lines in table.items():
        show(
            f"mean, {name}",
            {
                column: fsum(each.get(column, 0.0) for each in lines) / len(lines)
                for column in COLUMNS
            },
        )
    seen = _seen(smaller(TESTED[0], share))
    for name, rival in both.items():
        print(f"{name}: {_microseconds(rival.model, seen):.0f} µs a score (median)")


def _seen(setting: Setting) -> list[tuple[Attempt, History]]:
    """Sign-ins from the middle of a log, with the history before each."""
    rows, replay, found = simulate(setting), Replay(), []
    for row in rows:
        told = attempt(row)
        if row.ok and replay.memory.mine:
            found.append(replay.seen(told))
        replay.learn(
            told | {"device_cookie_set": row.given},
            "ok" if row.ok and row.label == "legit" else "bad_password",
        )
        if len(found) == 2 * SCORED:
            break
    return found


def _microseconds(model: RiskModel, seen: list[tuple[Attempt, History]]) -> float:
    took = []
    for one, past in seen:
        began = perf_counter()
        model.score(one, past)
        took.append(perf_counter() - began)
    return 1e6 * median(took[len(took) // 2 :])
