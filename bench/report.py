"""The table: what was measured, how much it is, what it should be."""

import json
import platform
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from bench import process

Sense = Literal["at least", "at most", ""]
WIDE, NARROW = 58, 16


@dataclass(frozen=True, slots=True)
class Row:
    """One number. `goal` is None where there is none; `note` says what else one must know to read
    it. `value` None: not measured."""

    what: str
    value: float | None
    unit: str
    sense: Sense = ""
    goal: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without goal or number."""
        if self.goal is None or self.value is None:
            return None
        return self.value >= self.goal if self.sense == "at least" else self.value <= self.goal

    def line(self) -> str:
        value = (
            "not measured" if self.value is None else f"{_short(self.value)} {self.unit}".rstrip()
        )
        goal = (
            ""
            if self.goal is None
            else f"{'≥' if self.sense == 'at least' else '≤'} {_short(self.goal)}"
        )
        verdict = {True: "yes", False: "NO", None: ""}[self.met]
        return f"  {self.what:<{WIDE}}{value:>{NARROW}}  {goal:<8}{verdict:<4}{self.note}".rstrip()


def _short(value: float) -> str:
    """Three digits that count, without an exponent."""
    return (
        f"{value:.0f}"
        if abs(value) >= 100 or value == int(value)
        else f"{value:.1f}"
        if abs(value) >= 10
        else f"{value:.2f}"
    )


@dataclass
class Report:
    """Rows under headings, in the order in which they came."""

    groups: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, heading: str, *rows: Row) -> None:
        """Also prints them: a long run shows what it has."""
        if heading not in self.groups:
            print(f"\n{heading}")
        self.groups.setdefault(heading, []).extend(rows)
        for row in rows:
            print(row.line(), flush=True)

    @property
    def missed(self) -> list[Row]:
        return [row for rows in self.groups.values() for row in rows if row.met is False]

    def save(self, path: Path) -> None:
        """The same for a machine."""
        groups = {
            heading: [asdict(row) | {"met": row.met} for row in rows]
            for heading, rows in self.groups.items()
        }
        path.write_text(
            json.dumps({"machine": machine(), "groups": groups}, indent=1, ensure_ascii=False)
            + "\n"
        )


def machine() -> dict[str, str | int]:
    """What the numbers hold for, without naming anybody's computer."""
    return {
        "cores": process.CORES,
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def say(words: str) -> None:
    """Progress, beside the table."""
    print(f"… {words}", file=sys.stderr, flush=True)
