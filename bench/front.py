"""Our front beside the server that Nod had before: granian's own WSGI, which takes a thread for
each request from its first byte on. The same site, the same flows, in turns.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench import process, server
from bench.cost import Cost, Meter
from bench.flows import SIGN_IN, STEP_UP, Journey
from bench.report import Report, Row, say
from bench.server import Server
from bench.speed import hash_cpu
from bench.web import Wire
from mfaproject.tests.services import free_port

ROUNDS, TURNS, PEOPLE = 4, 5, 100
GOAL = 1.10


def before(site: Server) -> Server:
    """The same data, served the old way."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    command += ["--blocking-threads", "8", "--port", str(port), "--no-log"]
    origin = {"PORT": str(port), "DJANGO_SETTINGS_MODULE": "mfaproject.settings"}
    return Server(
        [*command, "mfaproject.wsgi:application"], port, site.folder, site.variables | origin
    )


@contextmanager
def _both(folder: Path) -> Iterator[dict[str, Server]]:
    with ExitStack() as running:
        new = server.nod(folder / "new", "--no-delivery", rounds=ROUNDS)
        running.enter_context(server.running(new, "/login/"))
        first = server.nod(folder / "old", "--no-delivery", rounds=ROUNDS)
        with server.running(first, "/login/"):
            pass  # makes its tables and files
        old = before(first)
        running.enter_context(server.running(old, "/login/"))
        yield {"new": new, "old": old}


def measure(report: Report, folder: Path) -> None:
    """CPU of each request, the new ÷ the old, median over the turns."""
    with _both(folder) as sites:
        meters = {name: Meter[Journey](site, hash_cpu(ROUNDS)) for name, site in sites.items()}
        people = {name: _people(site) for name, site in sites.items()}
        costs: dict[str, list[list[Cost]]] = {"new": [], "old": []}
        for turn in range(TURNS + 1):
            say(f"the front beside the server before it, turn {turn} of {TURNS}")
            for name, meter in meters.items():
                found = _turn(meter, people[name], turn)
                if turn:  # the first warms both up
                    costs[name].append(found)
        alone = {name: process.resident(site.worker) for name, site in sites.items()}
    rows = [
        _row(*pair)
        for pair in zip(*(zip(*each, strict=True) for each in costs.values()), strict=True)
    ]
    note = f"{alone['new']:.0f} MiB of {alone['old']:.0f}"
    rows.append(
        Row("memory of the process that answers", alone["new"] / alone["old"], "", note=note)
    )
    report.add("CPU of a request, hash taken off, ÷ the server before (embedded)", *rows)


def _people(site: Server) -> list[list[Journey]]:
    """For each turn some who are known and some who are not."""
    many = PEOPLE * (TURNS + 1)
    journeys = server.journeys(
        site, server.seeded(site, known=PEOPLE, phones=many), Wire(site.port)
    )
    known, strangers = journeys[:PEOPLE], journeys[PEOPLE:]
    return [known, *(strangers[first : first + PEOPLE] for first in range(0, many, PEOPLE))]


def _turn(meter: Meter[Journey], people: list[list[Journey]], turn: int) -> list[Cost]:
    return [
        *meter.steps(people[0], [("healthz", _healthz)]),
        *meter.steps(people[0], SIGN_IN),
        *meter.steps(people[turn + 1], STEP_UP),
    ]


def _healthz(journey: Journey) -> None:
    journey.get("/healthz")


def _row(new: tuple[Cost, ...], old: tuple[Cost, ...]) -> Row:
    ours, theirs = (median(cost.server for cost in costs) for costs in (new, old))
    note = f"{ours:.2f} ms of {theirs:.2f} ms"
    return Row(f"  {new[0].name}", ours / theirs, "", "at most", GOAL, note)
