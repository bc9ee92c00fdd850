"""CPU time of a server for each request: everybody takes the first step, then everybody the second."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench import process
from bench.server import Server

J = TypeVar("J")
StepOf = tuple[str, Callable[[J], None]]


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds of one request, hash taken off, and those of the client that asked."""

    name: str
    server: float
    client: float


@dataclass(frozen=True)
class Meter(Generic[J]):
    """Measures steps against one server. `hash_cpu`: CPU seconds that a step whose name starts with "password" spends on hashing."""

    site: Server
    hash_cpu: float

    def steps(self, journeys: Sequence[J], flow: Iterable[StepOf[J]]) -> list[Cost]:
        """One client, one request at a time."""
        return [self._step(journeys, name, step) for name, step in flow]

    def _step(self, journeys: Sequence[J], name: str, step: Callable[[J], None]) -> Cost:
        server, client = process.cpu(self.site.pids), time.process_time()
        for journey in journeys:
            step(journey)
        client = (time.process_time() - client) / len(journeys)
        each = (process.cpu(self.site.pids) - server) / len(journeys)
        if name.startswith("password"):
            each -= self.hash_cpu
        return Cost(name, each * 1000, client * 1000)


def total(costs: Iterable[Cost]) -> float:
    """Milliseconds of a whole flow on the server."""
    return sum(cost.server for cost in costs)
