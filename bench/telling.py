"""Whether the time of an answer tells what its words do not: `python -m bench.telling [--postgres]
[--rounds N]`, about four minutes.

Samples of two kinds come in turns from one client. AUC is the chance that one of the first kind
took longer than one of the second: 0.5 tells nothing, 1 tells all. Passwords are hashed at the
least cost (4), because at the usual one (12) the hash drowns what is looked for.
"""

import sys
import tempfile
import time
from argparse import ArgumentParser
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, count
from pathlib import Path
from statistics import median
from subprocess import run

from bench import ground, server
from bench.flows import token_of
from bench.ground import Ground
from bench.people import PASSWORD, Person, address
from bench.report import Report, Row, machine, say
from bench.web import FORM, Answer, BadAnswer, Browser, Wire, form

SAMPLES, WARM_UP = 600, 60  # of each kind; the first ones fill the caches of the process
MOST = 0.55
TRIES = 4  # wrong passwords that cost a name nothing
ENDS = ("inactive", "without a password", "throttled")


@dataclass
class Stranger:
    """One client, at another address whenever it has used up what an address may do."""

    browser: Browser
    csrf: str = ""
    used: int = 0

    def post(self, path: str, expected: Sequence[int], every: int, **fields: str) -> float:
        """Milliseconds until the answer is there. `every`: so many posts come from one address."""
        if self.used % every == 0:
            self.browser.ip = address(20_000 + next(_ADDRESSES))
        self.used += 1
        body = form(csrfmiddlewaretoken=self.csrf, **fields)
        began = time.perf_counter()
        answer = self.browser.send("POST", path, body, {"Content-Type": FORM})
        took = (time.perf_counter() - began) * 1000
        if answer.status not in expected:
            raise BadAnswer(f"{path} answered {answer.status}: {_text(answer)}")
        return took


_ADDRESSES, _NAMES = count(), count()


def _text(answer: Answer) -> str:
    return answer.body.decode(errors="replace")[:300]


def stranger(port: int, page: str) -> Stranger:
    browser = Browser(Wire(port), address(20_000 + next(_ADDRESSES)))
    return Stranger(browser, token_of(browser.send("GET", page)))


def auc(first: Sequence[float], second: Sequence[float]) -> float:
    """How well one number tells the two apart, whichever of them takes longer."""
    ordered = sorted(second)
    below = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in first) / 2
    found = below / (len(first) * len(second))
    return max(found, 1 - found)


Ask = Callable[[int], float]


def in_turns(kinds: dict[str, Ask]) -> dict[str, list[float]]:
    """Each kind once in each round, and each first as often as the others."""
    names, taken = list(kinds), dict[str, list[float]]((name, []) for name in kinds)
    for turn in range(WARM_UP + SAMPLES):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            took = kinds[name](turn)
            if turn >= WARM_UP:
                taken[name].append(took)
    return taken


def _compared(report: Report, heading: str, taken: dict[str, list[float]]) -> None:
    for one, other in combinations(taken, 2):
        note = f"{median(taken[one]):.2f} and {median(taken[other]):.2f} ms"
        report.add(
            heading,
            Row(f"{one}, {other}", auc(taken[one], taken[other]), "AUC", "at most", MOST, note),
        )


def _nobody() -> str:
    return f"nobody{next(_NAMES)}@example.org"


def resets(report: Report, here: str, port: int, people: Sequence[Person]) -> None:
    """A link to a new password, asked for an address of somebody and of nobody.
    Each address once: more is refused."""
    asking = stranger(port, "/reset/")

    def ask(email: str) -> float:
        return asking.post("/reset/", (302,), 15, email=email)

    kinds: dict[str, Ask] = {
        "somebody's address": lambda turn: ask(people[turn].email),
        "nobody's": lambda _turn: ask(_nobody()),
    }
    _compared(report, f"Reset by mail ({here})", in_turns(kinds))


def sign_ups(report: Report, here: str, port: int, people: Sequence[Person]) -> None:
    """A new account with an address of somebody, and of nobody."""
    signing = stranger(port, "/signup/")

    def ask(email: str) -> float:
        account = {
            "full_name": "Bob Example",
            "username": f"bob{next(_NAMES)}",
            "email": email,
            "password": PASSWORD,
        }
        return signing.post("/signup/", (302,), 15, **account)

    kinds: dict[str, Ask] = {
        "a used address": lambda turn: ask(people[turn].email),
        "a new one": lambda _turn: ask(_nobody()),
    }
    _compared(report, f"Sign-up ({here})", in_turns(kinds))


def sign_ins(report: Report, here: str, port: int, people: dict[str, list[Person]]) -> None:
    """Every reason for which a password is refused."""
    guessing = stranger(port, "/login/")
    unknown = [f"someone{number}" for number in range((SAMPLES + WARM_UP) // TRIES + 1)]

    def guess(name: str, password: str = PASSWORD) -> float:
        return guessing.post("/login/", (401,), 9, username=name, password=password)

    def of(kind: str, password: str = PASSWORD) -> Ask:
        return lambda turn: guess(people[kind][turn // TRIES].username, password)

    kinds: dict[str, Ask] = {kind: of(kind) for kind in ENDS} | {
        "wrong": of("wrong", "wrong"),
        "unknown": lambda turn: guess(unknown[turn // TRIES]),
    }
    _compared(report, f"Sign-in, refused ({here})", in_turns(kinds))


def measure(report: Report, here: Ground, rounds: int) -> None:
    """A server with people of each kind, and a stranger who looks at the clock."""
    site, each, turns = (
        here.nod("telling", rounds),
        (SAMPLES + WARM_UP) // TRIES + 1,
        SAMPLES + WARM_UP,
    )
    with server.running(site, "/login/"):
        say(f"{here.name}: people")
        made = server.seeded(site, mailboxes=2 * turns + 4 * each)
        mailed, rest = made[: 2 * turns], made[2 * turns :]
        people = {name: rest[n * each : (n + 1) * each] for n, name in enumerate((*ENDS, "wrong"))}
        ending = [person.username for kind in ENDS for person in people[kind]]
        run(
            [sys.executable, "-m", "bench.inside", "bench.ends", *ending],
            cwd=server.ROOT,
            env=site.variables,
            check=True,
        )
        say(f"{here.name}: answers")
        resets(report, here.name, site.port, mailed[:turns])
        sign_ups(report, here.name, site.port, mailed[turns:])
        sign_ins(report, here.name, site.port, people)


def main() -> int:
    """0 whether goals are reached or not."""
    parser = ArgumentParser(
        prog="bench.telling", description="Whether time tells what words do not."
    )
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL and Valkey instead")
    parser.add_argument("--rounds", type=int, default=4, help="bcrypt's cost")
    options = parser.parse_args()
    report = Report()
    print(
        "Nod on "
        + ", ".join(
            f"{value} {name}" if name == "cores" else str(value)
            for name, value in machine().items()
        )
    )
    with tempfile.TemporaryDirectory(prefix="nod-telling-") as folder:
        if options.postgres:
            with ground.services(Path(folder) / "services") as here:
                measure(report, here, options.rounds)
        else:
            measure(report, ground.embedded(Path(folder)), options.rounds)
    missed = ", ".join(row.what for row in report.missed)
    print(f"\nTold by time: {missed}." if missed else "\nTime tells nothing.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
