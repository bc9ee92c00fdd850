"""From the commit of a question to the push channel's hands."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from bench import ground, process
from bench.ground import Ground
from bench.report import Report, Row, say
from bench.server import ROOT, Server

HEADING = "Delivery: from the commit to the push channel"
NUMBER, GOAL, PATIENCE = 200, 200.0, 60.0
WARM = 10
"""The first ones open connections."""
COMMITTED, HANDED = "committed", "handed"
"""Files of bench/delivering.py: the number of a message and the moment, a line each."""
INSIDE = ("-m", "bench.inside", "bench.delivering", str(NUMBER))
WORKER = (
    "worker",
    "--queues",
    "nod.push,nod.chores",
    "--concurrency",
    "2",
    "--without-gossip",
    "--without-mingle",
)


def _python(site: Server, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=site.variables, check=True, timeout=PATIENCE
    )


@contextmanager
def _working(site: Server) -> Iterator[int]:
    """A worker inside the block, ready to take messages; its pid."""
    mark = site.folder / "nod-worker.alive"
    with site.log.open("ab") as log:
        command = [sys.executable, "-m", "celery", "-A", "mfaproject", *WORKER]
        work = subprocess.Popen(
            command, cwd=ROOT, env=site.variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        deadline = time.perf_counter() + PATIENCE
        while not mark.exists() and work.poll() is None and time.perf_counter() < deadline:
            time.sleep(0.1)
        yield work.pid
    finally:
        work.terminate()
        work.wait(PATIENCE)


def _site(here: Ground) -> Server:
    """A migrated database, and settings whose pushes are timed."""
    site = here.nod("delivery", 4)
    site.variables |= {
        "DJANGO_SETTINGS_MODULE": "bench.delivery_settings",
        "TMPDIR": str(site.folder),
    }
    _python(site, "manage.py", "migrate", "-v0")
    return site


def _moments(path: Path) -> dict[str, float]:
    return {
        name: float(moment)
        for name, moment in (line.split() for line in path.read_text().splitlines())
    }


def _milliseconds(site: Server) -> list[float]:
    """Of each but the first, which open connections."""
    committed, handed = (_moments(site.folder / "data" / file) for file in (COMMITTED, HANDED))
    return [
        (handed[name] - moment) * 1000 for name, moment in committed.items() if int(name) >= WARM
    ]


def _row(what: str, took: list[float], note: str, goal: float | None = None) -> Row:
    worst = quantiles(took, n=20)[-1]
    return Row(
        what,
        median(took),
        "ms",
        "at most" if goal else "",
        goal,
        f"p95 {worst:.1f} ms, longest {max(took):.0f} ms; {note}",
    )


def _by_loop(here: Ground) -> Row:
    site = _site(here)
    _python(site, *INSIDE, "loop")
    return _row(
        "by the loop in the same process, SQLite (median)",
        _milliseconds(site),
        "one message at a time",
    )


def _by_worker(here: Ground) -> Row:
    site = _site(here)
    with _working(site) as worker:
        _python(site, *INSIDE, "broker")
        held = sum(process.resident(pid) for pid in process.family(worker))
    return _row(
        "by a Celery worker, PostgreSQL and Valkey (median)",
        _milliseconds(site),
        f"a worker of two holds {held:.0f} MiB, partly shared",
        GOAL,
    )


def measure(report: Report, folder: Path) -> None:
    """One message at a time, so that no queue is measured."""
    say(f"{NUMBER} wake-ups, by the loop and by a worker")
    folder.mkdir()
    report.add(HEADING, _by_loop(ground.embedded(folder / "embedded")))
    with ground.services(folder / "services") as here:
        report.add(HEADING, _by_worker(here))
