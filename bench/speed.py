"""Flows per second against the raw bcrypt rate, measured in turns: whatever else the machine does slows both."""

import hashlib
import statistics
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import bcrypt

from bench import process
from bench.flows import Journey, Step
from bench.people import PASSWORD
from bench.web import Wire

ROUNDS = 12
CLIENTS = 3 * process.CORES
RAW_SECONDS, FLOW_SECONDS = 3.0, 8.0
WARM_UP = 1.5  # seconds until every client is under way

_DIGEST = b64encode(hashlib.sha256(PASSWORD.encode()).digest())


def hash_once(salt: bytes) -> None:
    """What BCryptSHA256PasswordHasher does for a password."""
    bcrypt.hashpw(_DIGEST, salt)


def raw_rate(seconds: float = RAW_SECONDS) -> float:
    """bcrypt hashes per second with one thread on each core; the C code leaves the interpreter's lock."""
    salt = bcrypt.gensalt(ROUNDS)

    def hash_on() -> float:
        done, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            hash_once(salt)
            done += 1
        return done / (time.perf_counter() - began)

    with ThreadPoolExecutor(process.CORES) as pool:
        return sum(pool.map(lambda _each: hash_on(), range(process.CORES)))


def hash_cpu(rounds: int, times: int = 400) -> float:
    """CPU seconds of one hash at a cost."""
    salt = bcrypt.gensalt(rounds)
    began = time.thread_time()
    for _each in range(times):
        hash_once(salt)
    return (time.thread_time() - began) / times


@dataclass(frozen=True, slots=True)
class Pace:
    """One measured stretch: flows per second, the share of all cores that the clients took, and how busy the machine was."""

    rate: float
    clients: float
    machine: float


def pace(port: int, flow: Iterable[Step], journeys: deque[Journey], seconds: float = FLOW_SECONDS) -> Pace:
    """More clients than cores, each taking the next journey when it has ended one; a journey comes round again after all others."""
    steps, ends, until = tuple(flow), list[float](), time.perf_counter() + WARM_UP + seconds

    def walk() -> None:
        wire = Wire(port)
        try:
            while time.perf_counter() < until:
                journey = journeys.popleft()
                _walk_on(journey, wire, steps)
                ends.append(time.perf_counter())
                journeys.append(journey)
        finally:
            wire.close()

    clients, load, began = time.process_time(), process.load(), time.perf_counter()
    _together(walk)
    wall = time.perf_counter() - began
    share = (time.process_time() - clients) / wall / process.CORES
    return Pace(_rate(ends, began + WARM_UP), share, process.load().share_since(load))


def _walk_on(journey: Journey, wire: Wire, steps: Iterable[Step]) -> None:
    journey.use(wire)
    for _name, step in steps:
        step(journey)


def _together(walk: Callable[[], None]) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(walk) for _each in range(CLIENTS)]:
            done.result()


def _rate(ends: list[float], since: float) -> float:
    """From the first to the last end in the stretch, so that what was begun and not ended costs nothing."""
    counted = sorted(end for end in ends if end >= since)
    return (len(counted) - 1) / (counted[-1] - counted[0])


@dataclass(frozen=True, slots=True)
class Ratio:
    """A flow against the raw hash: medians over the rounds."""

    ratio: float
    rate: float
    raw: float
    clients: float
    machine: float


def ratio(paces: list[Pace], raws: list[float]) -> Ratio:
    """`raws` holds the rates just before and just after each pace, in pairs."""
    around = [statistics.mean(pair) for pair in zip(raws[::2], raws[1::2], strict=True)]
    middle = statistics.median
    return Ratio(
        middle(pace.rate / raw for pace, raw in zip(paces, around, strict=True)),
        middle(pace.rate for pace in paces),
        middle(around),
        middle(pace.clients for pace in paces),
        middle(pace.machine for pace in paces),
    )
