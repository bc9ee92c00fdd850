"""People who wait, before a real server: their browsers, their phones, and the streams that both
keep open.
"""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench import flows
from bench.flows import Journey
from bench.people import PASSWORD, Person, read
from bench.web import JSON, Answer, Browser
from bench.web import Wire as Line
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.plugin import ROOT
from mfaproject.tests.serving import Served
from mfaproject.tests.wires import Wire, until

TOKEN = "a-token-that-only-this-test-knows"
SETTINGS = {"TRUSTED_PROXY_COUNT": "1", "METRICS_TOKEN": TOKEN}
"""Behind a proxy, so that everybody has an address of her own."""
EVENTS, INBOX_EVENTS = "/login/events/", "/v1/authenticator/inbox/events"
PEOPLE = "people.json"
_WAITING = re.compile(r"^nod_waiting ([0-9.]+)$", re.MULTILINE)


def waiting(served: Served) -> int:
    """How many answers wait, as the server itself counts them."""
    line = Line(served.port)
    try:
        page = Browser(line, "192.0.2.1").send(
            "GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
        )
    finally:
        line.close()
    found = _WAITING.search(page.body.decode())
    return int(float(found[1])) if found else 0


def none_waits(served: Served) -> None:
    until(lambda: waiting(served) == 0)


@dataclass
class Waiter:
    """One person in front of a login page, with her phone. Requests go to
    `served`, those of the phone to `answers`."""

    served: Served
    answers: Served
    journey: Journey
    lines: list[Line] = field(default_factory=list)

    @classmethod
    def of(cls, person: Person, served: Served, answers: Served | None = None) -> "Waiter":
        answers = answers or served
        lines = [Line(served.port), Line(answers.port)]
        browser, phone = Browser(lines[0], person.ip), Browser(lines[1], person.ip)
        return cls(
            served,
            answers,
            Journey(person, browser, phone, f"http://localhost:{served.port}"),
            lines,
        )

    @property
    def cookies(self) -> dict[str, str]:
        return self.journey.browser.cookies

    def is_asked(self) -> "Waiter":
        """The password, and the page with the number."""
        for _name, step in flows.ASKED[:3]:
            step(self.journey)
        return self

    def poll(self) -> str:
        return str(json.loads(self.journey.browser.send("GET", "/login/state/").body)["state"])

    def events(self, ip: str = "", **cookies: str) -> Wire:
        """The wait page's stream; what comes is the caller's to read."""
        kept = "; ".join(f"{name}={value}" for name, value in (self.cookies | cookies).items())
        return Wire(self.served.port).ask(
            EVENTS, Cookie=kept, X_Forwarded_For=ip or self.journey.person.ip
        )

    def stream(self) -> Wire:
        """The same, begun."""
        wire = self.events()
        status, fields = wire.head()
        assert (status, fields["content-type"]) == (200, "text/event-stream")
        wire.look()
        return wire

    def inbox_events(self, **fields: str) -> Wire:
        """The phone's stream."""
        signed = {
            "Authorization": self.journey.phone.header("POST", INBOX_EVENTS, b"{}"),
            "Content-Type": JSON,
        }
        wire = Wire(self.answers.port)
        return wire.ask(
            INBOX_EVENTS, "POST", b"{}", X_Forwarded_For=self.journey.person.ip, **signed | fields
        )

    def inbox_stream(self) -> Wire:
        wire = self.inbox_events()
        status, fields = wire.head()
        assert (status, fields["content-type"]) == (200, "text/event-stream")
        wire.look()
        return wire

    def inbox(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.journey.signed("/v1/authenticator/inbox", b"{}")[
            "challenges"
        ]  # type: ignore[assignment]
        return found

    def decide(self, body: bytes) -> Answer:
        path = f"/v1/authenticator/challenges/{self.journey.challenge['challenge_id']}/answer"
        signed = {
            "Authorization": self.journey.phone.header("POST", path, body),
            "Content-Type": JSON,
        }
        return self.journey.telephone.send("POST", path, body, signed)

    def approves(self) -> None:
        flows.fetch_inbox(self.journey)
        flows.approve(self.journey)

    def is_in(self) -> "Waiter":
        flows.finish(self.journey)
        return self

    def call(self, path: str, prefer: str = "", **body: str) -> Wire:
        """A program's call; what comes is the caller's to read."""
        fields = {"Content-Type": JSON, "X_Forwarded_For": self.journey.person.ip} | (
            {"Prefer": prefer} if prefer else {}
        )
        return Wire(self.served.port).ask(
            f"/v1/auth/{path}", "POST", json.dumps(body).encode(), **fields
        )

    def program_is_asked(self) -> str:
        """A program's sign-in as far as the question to the phone; its reference."""
        told = json.loads(
            self.call("login", username=self.journey.person.username, password=PASSWORD).answer()[2]
        )
        self.journey.number = json.loads(
            self.call("send-login-push", reference_id=told["reference_id"]).answer()[2]
        )["number"]
        return str(told["reference_id"])

    def close(self) -> None:
        for line in self.lines:
            line.close()


def seeded(served: Served, phones: int) -> list[Person]:
    """People with a phone each, in the server's database."""
    file = served.log.parent / PEOPLE
    command = [sys.executable, "-m", "bench.inside", "bench.seed", "0", str(phones), "0", str(file)]
    done = subprocess.run(
        command, cwd=ROOT, env=served.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return read(file)


@contextmanager
def database(served: Served) -> Iterator[sqlite3.Connection]:
    """The rows of an embedded server, for what no request can do."""
    with (
        closing(sqlite3.connect(served.data_dir / "nod.sqlite3", timeout=PATIENCE)) as found,
        found,
    ):
        yield found


class Crowd:
    """People of one server, each used once."""

    def __init__(self, served: Served, people: list[Person]) -> None:
        self.served = served
        self._people = iter(people)
        self._made: list[Waiter] = []

    @classmethod
    @contextmanager
    def of(cls, served: Served, prepared: Served) -> Iterator["Crowd"]:
        """Those that were written into the rows from which this server began."""
        crowd = cls(served, read(prepared.log.parent / PEOPLE))
        yield crowd
        crowd.close()

    def next(self, answers: Served | None = None) -> Waiter:
        """Somebody new; `answers`: the server that her phone talks to, where
        that is another one."""
        return self._waiter(next(self._people), answers)

    def beside(self, waiter: Waiter) -> Waiter:
        """Another browser of the same person."""
        return self._waiter(waiter.journey.person, waiter.answers)

    def _waiter(self, person: Person, answers: Served | None) -> Waiter:
        self._made.append(Waiter.of(person, self.served, answers))
        return self._made[-1]

    def close(self) -> None:
        for waiter in self._made:
            waiter.close()
