"""CPU time of a server for each request: some dozens of people take the first step, then all of
them the second.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench import process
from bench.server import Server

# few enough that the cache still knows what the step before put there, enough to be read from a
# clock of 10 ms
TOGETHER = 50

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
    """Measures steps against one server. `hash_cpu`: CPU seconds that a step whose name starts with
    "password" spends on hashing."""

    site: Server
    hash_cpu: float

    def steps(self, journeys: Sequence[J], flow: Sequence[StepOf[J]]) -> list[Cost]:
        """One client, one request at a time."""
        parts = [journeys[first : first + TOGETHER] for first in range(0, len(journeys), TOGETHER)]
        return [
            _sum(costs, len(journeys))
            for costs in zip(
                *([self._step(part, *step) for step in flow] for part in parts), strict=True
            )
        ]

    def _step(self, journeys: Sequence[J], name: str, step: Callable[[J], None]) -> Cost:
        server, client = process.cpu(self.site.pids), time.process_time()
        for journey in journeys:
            step(journey)
        hashed = self.hash_cpu * len(journeys) if name.startswith("password") else 0.0
        return Cost(
            name,
            (process.cpu(self.site.pids) - server - hashed) * 1000,
            (time.process_time() - client) * 1000,
        )


def _sum(costs: Sequence[Cost], many: int) -> Cost:
    return Cost(
        costs[0].name,
        sum(cost.server for cost in costs) / many,
        sum(cost.client for cost in costs) / many,
    )


def total(costs: Iterable[Cost]) -> float:
    """Milliseconds of a whole flow on the server."""
    return sum(cost.server for cost in costs)
