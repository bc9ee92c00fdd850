"""Flows per second against the raw bcrypt rate, measured in turns: whatever else the machine does
slows both.
"""

import hashlib
import time
from base64 import b64encode
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median

import bcrypt

from bench import crowd, process, server
from bench.crowd import CLIENTS
from bench.flows import SIGN_IN, STEP_UP, Journey, Step
from bench.ground import Ground
from bench.people import PASSWORD
from bench.report import Report, Row, say
from bench.server import Server
from bench.web import Wire

ROUNDS, GOAL = 12, 0.90
TURNS, RAW_SECONDS, FLOW_SECONDS = 3, 3.0, 7.0
WARM_UP = 1.5  # seconds until every client is under way
USES = 3  # journeys of one person: five questions to a phone in a quarter of an hour are the limit

_DIGEST = b64encode(hashlib.sha256(PASSWORD.encode()).digest())


def hash_once(salt: bytes) -> None:
    """What BCryptSHA256PasswordHasher does for a password."""
    bcrypt.hashpw(_DIGEST, salt)


@dataclass(frozen=True, slots=True)
class Raw:
    """bcrypt alone: hashes per second on all cores, and CPU seconds of one hash."""

    rate: float
    cpu: float


def raw() -> Raw:
    """One thread on each core; the C code leaves the interpreter's lock."""
    salt = bcrypt.gensalt(ROUNDS)

    def hash_on(_thread: int) -> Raw:
        done, began, cpu = 0, time.perf_counter(), time.thread_time()
        while time.perf_counter() - began < RAW_SECONDS:
            hash_once(salt)
            done += 1
        return Raw(done / (time.perf_counter() - began), (time.thread_time() - cpu) / done)

    with ThreadPoolExecutor(process.CORES) as pool:
        each = list(pool.map(hash_on, range(process.CORES)))
    return Raw(sum(one.rate for one in each), mean(one.cpu for one in each))


def hash_cpu(rounds: int, times: int = 400) -> float:
    """CPU seconds of one hash at a cost."""
    salt = bcrypt.gensalt(rounds)
    began = time.thread_time()
    for _each in range(times):
        hash_once(salt)
    return (time.thread_time() - began) / times


@dataclass(frozen=True, slots=True)
class Pace:
    """One measured stretch: flows per second; CPU seconds per flow of server and clients; shares of
    all cores; how many got a 503."""

    rate: float
    cpu: float
    clients: float
    others: float
    turned_away: int


def pace(site: Server, flow: Iterable[Step], journeys: deque[Journey]) -> Pace:
    """As many flows as there is time for."""
    began = time.perf_counter()
    clients, served, busy = time.process_time(), process.cpu(site.pids), process.busy()
    walked = crowd.walk(
        site, flow, journeys, lambda: time.perf_counter() < began + WARM_UP + FLOW_SECONDS
    )
    clients, served, busy = (
        time.process_time() - clients,
        process.cpu(site.pids) - served,
        process.busy() - busy,
    )
    whole, ours = (time.perf_counter() - began) * process.CORES, clients + served
    rate = _rate([end for end in walked.ends if end > began + WARM_UP])
    return Pace(
        rate,
        ours / len(walked.ends),
        clients / whole,
        max(0.0, busy - ours) / whole,
        len(walked.turned_away),
    )


def _rate(ends: list[float]) -> float:
    """From the first to the last end, so that what was begun before or not ended costs nothing."""
    return (len(ends) - 1) / (max(ends) - min(ends))


def _row(name: str, paces: list[Pace], raws: list[tuple[Raw, Raw]]) -> Row:
    """Medians over the turns; `raws` are those just before and just after each pace."""
    around = [mean(one.rate for one in pair) for pair in raws]
    ratio = median(pace.rate / rate for pace, rate in zip(paces, around, strict=True))
    hashing = median(
        mean(one.cpu for one in pair) / pace.cpu for pace, pair in zip(paces, raws, strict=True)
    )
    clients, others = (
        median(getattr(pace, who) for pace in paces) for who in ("clients", "others")
    )
    note = (
        f"{median(pace.rate for pace in paces):.2f}/s of {median(around):.2f}/s; {hashing:.0%} of"
        " our CPU hashed"
    )
    note += f"; clients took {clients:.1%} of the cores"
    note += f", others {others:.0%}" if others >= 0.01 else ""
    turned_away = sum(pace.turned_away for pace in paces)
    note += f"; {turned_away} got a 503" if turned_away else ""
    return Row(f"{name} ÷ raw bcrypt rate", ratio, "", "at least", GOAL, note)


def measure(report: Report, ground: Ground) -> None:
    """Raw, sign-in, raw, step-up, raw …: each stretch is compared with the two beside it."""
    site, raws = ground.nod("speed", ROUNDS), [raw()]
    phones = int(raws[0].rate * (WARM_UP + FLOW_SECONDS) * TURNS / USES) + 2 * CLIENTS
    with server.running(site, "/login/"):
        people = server.seeded(site, known=8 * CLIENTS, phones=phones)
        journeys = server.journeys(site, people, Wire(site.port))
        queues = {SIGN_IN: deque(journeys[: 8 * CLIENTS]), STEP_UP: deque(journeys[8 * CLIENTS :])}
        paces: dict[tuple[Step, ...], list[Pace]] = {SIGN_IN: [], STEP_UP: []}
        for turn in range(TURNS):
            for flow, queue in queues.items():
                say(
                    f"{ground.name}: flows per second, turn {turn + 1} of {TURNS}, {len(flow)}"
                    " requests each"
                )
                paces[flow].append(pace(site, flow, queue))
                raws.append(raw())
    around = list(pairwise(raws))
    heading = f"Speed at bcrypt cost {ROUNDS}, {CLIENTS} clients ({ground.name})"
    report.add(
        heading,
        _row("sign-in, known browser", paces[SIGN_IN], around[::2]),
        _row("step-up with a phone", paces[STEP_UP], around[1::2]),
    )
