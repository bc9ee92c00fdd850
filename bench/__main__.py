"""`make bench`, or `python -m bench [--json FILE] [--postgres]`. Takes about three minutes, with
PostgreSQL five.
"""

import signal
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from bench import costs, delivery, front, ground, memory, process, speed, start, statements, waiting
from bench.ground import Ground
from bench.report import Report, machine, say

QUIET = 0.05  # share of the machine that others may take before the numbers suffer


def _all_on(report: Report, here: Ground) -> costs.Flows:
    speed.measure(report, here)
    memory.measure(report, here)
    waiting.measure(report, here)
    site, flows = costs.measure(report, here)
    say(f"{here.name}: SQL statements")
    statements.measure(report, site, here)
    return flows


def _run(report: Report, folder: Path, *, postgres: bool) -> None:
    start.measure(report, folder / "start")
    flows = _all_on(report, ground.embedded(folder / "embedded"))
    front.measure(report, folder / "front")
    delivery.measure(report, folder / "delivery")
    costs.compare(report, flows, folder / "allauth")
    if postgres:
        with ground.services(folder / "services") as here:
            _all_on(report, here)


def main() -> int:
    """0 whether goals are reached or not: a number is no failure. The last line
    says how many are missed."""
    parser = ArgumentParser(prog="bench", description="Measures Nod on this machine.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers there")
    parser.add_argument(
        "--postgres", action="store_true", help="measure on PostgreSQL and Valkey too"
    )
    options = parser.parse_args()
    # as Ctrl-C: the servers that run end with us
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    report, began = Report(), process.Since()
    print(
        "Nod on "
        + ", ".join(
            f"{value} {name}" if name == "cores" else str(value)
            for name, value in machine().items()
        )
    )
    with tempfile.TemporaryDirectory(prefix="nod-bench-") as folder:
        _run(report, Path(folder), postgres=options.postgres)
    missed = ", ".join(row.what for row in report.missed)
    print(f"\nMissed: {missed}." if missed else "\nEvery goal is reached.")
    print(
        f"{began.seconds:.0f} s; {100 * began.others:.0f} % of the machine went to other processes."
    )
    if began.others > QUIET:
        say("that is a lot: run it again when the machine is quiet")
    if options.json:
        report.save(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
