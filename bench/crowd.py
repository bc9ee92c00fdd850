"""Many clients at once, each taking the next journey when it has ended one."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from bench import process
from bench.flows import Journey, Step
from bench.server import Server
from bench.web import Wire

CLIENTS = 3 * process.CORES


def walk(site: Server, flow: Iterable[Step], journeys: deque[Journey], go_on: Callable[[], bool]) -> list[float]:
    """While `go_on` says so; gives the moments when journeys ended. A journey comes round again after all others."""
    steps, ends = tuple(flow), list[float]()

    def client() -> None:
        wire = Wire(site.port)
        while go_on():
            journey = journeys.popleft()
            journey.use(wire)
            for _name, step in steps:
                step(journey)
            ends.append(time.perf_counter())
            journeys.append(journey)
        wire.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client) for _each in range(CLIENTS)]:
            done.result()
    return ends
