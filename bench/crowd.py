"""Many clients at once, each taking the next journey when it has ended one."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench import process
from bench.flows import Journey, Step
from bench.server import Server
from bench.web import TurnedAway, Wire

CLIENTS = 3 * process.CORES


@dataclass(slots=True)
class Walked:
    """The moments when journeys ended, and those when somebody was turned away and gave up."""

    ends: list[float] = field(default_factory=list)
    turned_away: list[float] = field(default_factory=list)


def walk(
    site: Server, flow: Iterable[Step], journeys: deque[Journey], go_on: Callable[[], bool]
) -> Walked:
    """While `go_on` says so. A journey comes round again after all others."""
    steps, walked = tuple(flow), Walked()

    def client() -> None:
        wire = Wire(site.port)
        while go_on():
            journey = journeys.popleft()
            journey.use(wire)
            (walked.ends if _passes(journey, steps) else walked.turned_away).append(
                time.perf_counter()
            )
            journeys.append(journey)
        wire.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client) for _each in range(CLIENTS)]:
            done.result()
    return walked


def _passes(journey: Journey, steps: Iterable[Step]) -> bool:
    try:
        for _name, step in steps:
            step(journey)
    except TurnedAway:
        return False
    return True
