"""Resident memory of the web process."""

from collections import deque
from itertools import count

from bench import crowd, process, server
from bench.flows import SIGN_IN
from bench.ground import Ground
from bench.report import Report, Row, say
from bench.web import Wire

LOGINS, PEOPLE, LIMIT = 1000, 100, 150.0
ROUNDS = 4  # the hash keeps nothing, so a cheap one shows the same


def measure(report: Report, ground: Ground) -> None:
    """All threads of the server work."""
    site, number = ground.nod("memory", ROUNDS), count(1)
    with server.running(site, "/login/"):
        people = server.seeded(site, known=PEOPLE)
        before = process.resident(site.worker)
        say(f"{ground.name}: {LOGINS} sign-ins for the memory")
        crowd.walk(
            site,
            SIGN_IN,
            deque(server.journeys(site, people, Wire(site.port))),
            lambda: next(number) <= LOGINS,
        )
        after, family = process.resident(site.worker), site.pids
        rest = sum(process.resident(pid) for pid in family) - after
    note = (
        f"{before:.0f} MiB before the first; {len(family) - 1} more process(es) of the server hold"
        f" {rest:.0f} MiB, mostly shared"
    )
    report.add(
        f"Memory ({ground.name})",
        Row("web process after 1,000 logins", after, "MiB", "at most", LIMIT, note),
    )
