"""From `make run` to the first page."""

import statistics
from pathlib import Path

from bench.report import Report, Row, say
from bench.server import Server, environment
from mfaproject.tests.services import free_port

HEADING = "Start"
TIMES = 3


def _make_run(folder: Path) -> Server:
    port = free_port()
    return Server(
        ["make", "run"], port, folder, environment(PORT=str(port), DATA_DIR=str(folder / "data"))
    )


def measure(report: Report, folder: Path) -> None:
    """Once with an empty data folder, which is not warm, then three times."""
    folder.mkdir()
    seconds = []
    for each in range(TIMES + 1):
        say(f"make run, {each + 1} of {TIMES + 1}")
        site = _make_run(folder)
        try:
            seconds.append(site.start("/login/"))
        finally:
            site.stop()
    first, *warm = seconds
    spread = f"{min(warm):.2f} to {max(warm):.2f}"
    report.add(
        HEADING,
        Row(
            "make run to the first page, warm (median of 3)",
            statistics.median(warm),
            "s",
            "at most",
            3,
            spread,
        ),
    )
    report.add(HEADING, Row("the same with an empty data folder", first, "s"))
