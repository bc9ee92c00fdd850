"""SQL statements of each step, as a real server counts them. The limits themselves are held by the
project's tests.
"""

import sys
from collections.abc import Iterable

from bench import server
from bench.api import API
from bench.flows import SIGN_IN, STEP_UP, Journey, Step
from bench.ground import Ground
from bench.report import Report, Row
from bench.server import Server
from bench.web import Wire
from mfaproject.tests.services import free_port

BUDGETS = {
    "password, known browser": 8,
    "password, step-up begins": 10,
    "poll, from the database": 1,
    "poll, from the cache": 0,
    "phone: approve": 6,
    "finish": 10,
    "API: password, more is needed": 10,
    "API: wake the phone": 10,
    "API: poll, from the database": 1,
    "API: the key becomes a token": 10,
}
TWICE = 2  # the first time fills the caches of the process


def counting(site: Server) -> Server:
    """The same data, served with the counting header by one thread."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "1",
        "--blocking-threads",
        "1",
        "--port",
        str(port),
        "--no-log",
    ]
    variables = site.variables | {
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "mfaproject.settings",
    }
    return Server([*command, "bench.counted:application"], port, site.folder, variables)


def _count(journey: Journey, flow: Iterable[Step]) -> list[Row]:
    rows = []
    for name, step in flow:
        step(journey)
        rows.append(
            Row(
                name,
                journey.statements,
                "",
                "at most" if name in BUDGETS else "",
                BUDGETS.get(name),
            )
        )
    return rows


def measure(report: Report, site: Server, ground: Ground) -> None:
    """`site` was served before, so that its tables are there, and is stopped now."""
    people = server.seeded(site, known=1, phones=TWICE)
    with server.running(counting(site), "/login/") as counted:
        journeys = server.journeys(counted, people, Wire(counted.port))
        known, phones = [journeys[0]] * TWICE, journeys[1:]
        for flow, walkers in ((SIGN_IN, known), (STEP_UP, phones), (API, phones)):
            rows = [_count(journey, flow) for journey in walkers][-1]
            seen = (
                {"login page"}
                if flow is STEP_UP
                else {"phone: inbox", "phone: approve"}
                if flow is API
                else set()
            )
            report.add(
                f"SQL statements of each request ({ground.name})",
                *(row for row in rows if row.what not in seen),
            )
