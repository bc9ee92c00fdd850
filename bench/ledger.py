"""`python -m bench.ledger [--rows 10000 1000000] [--json FILE]`: what an opinion costs beside a
small ledger and a large one, on PostgreSQL.

10,000,000 rows are `--rows 10000 10000000`: about 12 GB of disk and half an hour.
"""

import json
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench import ground
from bench.ground import Ground
from bench.report import Report, Row, machine, say
from bench.server import ROOT, Server

SIZES = (10_000, 1_000_000)
LIMIT, GROWTH = 5.0, 1.2  # ms at the 99th of 100, and how much more the larger ledger may cost
WARM = 200
"""The first ones fill the caches of the process and of the database."""


def _filled(here: Ground, rows: int) -> dict[str, Any]:
    """Fills a database of its own, and measures in a process of its own."""
    site = here.nod(f"ledger{rows}", 4)
    found = site.folder / "found.json"
    for arguments in (
        ("manage.py", "migrate", "-v0"),
        ("-m", "bench.inside", "bench.ledgers", str(rows), str(found)),
    ):
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=_calm(site), check=True)
    result: dict[str, Any] = json.loads(found.read_text())
    return result


def _calm(site: Server) -> dict[str, str]:
    return site.variables | {"PYTHONWARNINGS": "ignore", "LOG_LEVEL": "ERROR"}


def _row(what: str, took: list[float], note: str = "", limit: float | None = None) -> Row:
    cuts = quantiles(took[WARM:], n=100)
    words = f"p50 {cuts[49]:.2f}, p95 {cuts[94]:.2f} ms{'; ' if note else ''}{note}"
    return Row(f"{what}, p99", cuts[98], "ms", "at most" if limit else "", limit, words)


def _median(took: list[float]) -> float:
    return quantiles(took[WARM:], n=100)[49]


def measure(report: Report, here: Ground, sizes: list[int]) -> None:
    """All sizes, each beside the first."""
    first: dict[str, Any] = {}
    for size in sizes:
        found = _filled(here, size)
        first = first or found
        heading = (
            f"{size:,} rows in the ledger, {found['counts']:,} counts"
            f" ({found['megabytes']:,.0f} MB)"
        )
        report.add(
            heading,
            _row("an opinion (`assess`)", found["assess"], limit=LIMIT),
            _row("writing it down and admitting", found["write"]),
            _row("a plain SELECT by primary key", found["plain"], "what a round trip costs"),
            Row(
                "tables read without an index",
                len(found["scanned"]),
                "",
                "at most",
                0,
                ", ".join(found["scanned"]),
            ),
        )
        if found is not first:
            growth = _median(found["assess"]) / _median(first["assess"])
            report.add(
                heading,
                Row(
                    f"an opinion ÷ the same beside {sizes[0]:,} rows (medians)",
                    growth,
                    "",
                    "at most",
                    GROWTH,
                ),
            )


def main() -> int:
    """0 whether goals are reached or not: a number is no failure."""
    parser = ArgumentParser(
        prog="bench.ledger", description="What an opinion of risk costs, by the size of the ledger."
    )
    parser.add_argument(
        "--rows",
        type=int,
        nargs="+",
        default=SIZES,
        help="sizes, the first is what the others are compared with",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers there")
    options = parser.parse_args()
    report = Report()
    print(
        "Risk on "
        + ", ".join(
            f"{value} {name}" if name == "cores" else str(value)
            for name, value in machine().items()
        )
    )
    with (
        tempfile.TemporaryDirectory(prefix="nod-ledger-") as folder,
        ground.services(Path(folder) / "services") as here,
    ):
        say("each size is filled first: a million rows take some minutes")
        measure(report, here, list(options.rows))
    missed = ", ".join(row.what for row in report.missed)
    print(f"\nMissed: {missed}." if missed else "\nEvery goal is reached.")
    if options.json:
        report.save(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
