"""What waiting costs: streams that one process holds, and how soon whoever waits is told."""

import json
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles

from bench import flows, process, server
from bench.flows import Journey
from bench.ground import Ground
from bench.people import address
from bench.report import Report, Row, say
from bench.server import ROOT, Server
from bench.web import JSON, PATIENCE, BadAnswer, Wire

MANY, MOST = 1_000, 10_000
ROUNDS = 4  # of bcrypt: nothing here is about hashing
TRIES, EACH = 3, 50
IDLE = 20.0  # seconds of doing nothing but waiting
FILES = 500  # that this process needs for other things than sockets
LOOK = b"data: look\n\n"
INBOX_EVENTS = "/v1/authenticator/inbox/events"


class Stream:
    """One that has begun: its first event has come."""

    def __init__(self, port: int, head: list[str], body: bytes = b"") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.sendall("\r\n".join([*head, f"Host: localhost:{port}", "", ""]).encode() + body)
        self._come()

    def _come(self) -> None:
        came = b""
        while LOOK not in came:
            more = self.socket.recv(4096)
            if not more:
                raise BadAnswer(f"a stream that ended: {came.decode(errors='replace')}")
            came += more
            if not came.startswith(b"HTTP/1.1 200"[: len(came)]) and came.startswith(b"HTTP"):
                raise BadAnswer(f"no stream: {came.decode(errors='replace')}")

    def next(self) -> float:
        """When the next event came."""
        self._come()
        return time.perf_counter()


def of_page(port: int, cookie: str, ip: str) -> Stream:
    return Stream(
        port,
        ["GET /login/events/ HTTP/1.1", f"Cookie: nod_login={cookie}", f"X-Forwarded-For: {ip}"],
    )


def of_phone(port: int, journey: Journey) -> Stream:
    signed = journey.phone.header("POST", INBOX_EVENTS, b"{}")
    head = [
        f"POST {INBOX_EVENTS} HTTP/1.1",
        f"Authorization: {signed}",
        f"Content-Type: {JSON}",
        "Content-Length: 2",
    ]
    return Stream(port, [*head, f"X-Forwarded-For: {journey.person.ip}"], b"{}")


def lag(stream: Stream, act: Callable[[], object]) -> float:
    """Milliseconds from the answer to a request to the event that it brought about; below zero
    where the event was first."""
    came: list[float] = []
    reader = threading.Thread(target=lambda: came.append(stream.next()))
    reader.start()
    act()
    answered = time.perf_counter()
    reader.join(PATIENCE)
    return (came[0] - answered) * 1000


def _lags(site: Server, journeys: Sequence[Journey]) -> tuple[list[float], list[float]]:
    """Of pages and of phones, one after the other."""
    pages, phones = [], []
    for journey in journeys:
        phone = of_phone(site.port, journey)
        flows.open_login(journey)
        phones.append(lag(phone, lambda journey=journey: flows.ASKED[1][1](journey)))  # type: ignore[misc]
        phone.socket.close()
        flows.read_wait_page(journey)
        page = of_page(site.port, journey.browser.cookies["nod_login"], journey.person.ip)
        flows.fetch_inbox(journey)
        pages.append(lag(page, lambda journey=journey: flows.approve(journey)))  # type: ignore[misc]
        page.socket.close()
    return pages, phones


def _spread(tries: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Medians over the tries: of the median, and of the value that one in a hundred exceeds."""
    return median(median(one) for one in tries), median(
        quantiles(one, n=100, method="inclusive")[98] for one in tries
    )


def _room() -> int:
    """How many sockets this process may open, after asking for as many as it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST + FILES if hard == resource.RLIM_INFINITY else min(hard, MOST + FILES)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(soft, most) - FILES


def _cookies(site: Server, many: int) -> list[str]:
    file = site.folder / "waiters.json"
    subprocess.run(
        [sys.executable, "-m", "bench.inside", "bench.waiters", str(many), str(file)],
        cwd=ROOT,
        env=site.variables,
        check=True,
    )
    found: list[str] = json.loads(Path(file).read_text())
    return found


def measure(report: Report, ground: Ground) -> None:
    """Streams of pages that nobody answers lie open beside those that are measured."""
    site, most = ground.nod("waiting", ROUNDS, "--no-delivery"), min(MOST, _room())
    site.start("/login/")
    try:
        people = server.seeded(site, phones=TRIES * EACH)
        journeys, cookies = server.journeys(site, people, Wire(site.port)), _cookies(site, most)
        before, before_cpu = process.resident(site.worker), _idle(site)
        say(f"{ground.name}: {MANY} wait")
        open_streams = [
            of_page(site.port, cookie, address(number))
            for number, cookie in enumerate(cookies[:MANY])
        ]
        cpu = _idle(site) - before_cpu
        tries = [
            _lags(site, journeys[first : first + EACH]) for first in range(0, len(journeys), EACH)
        ]
        rows = _told([pages for pages, _phones in tries], [phones for _pages, phones in tries])
        rows.append(
            Row(
                f"CPU of {MANY:,} that wait, in a minute",
                cpu,
                "s",
                "at most",
                1.5,
                "above that of an idle process",
            )
        )
        say(f"{ground.name}: {most} wait")
        open_streams += [
            of_page(site.port, cookie, address(number))
            for number, cookie in enumerate(cookies[MANY:], MANY)
        ]
        after = process.resident(site.worker)
        note = f"{before:.0f} MiB with none, {(after - before) * 1024 / most:.1f} KiB each"
        rows.append(Row(f"web process while {most:,} wait", after, "MiB", "at most", 250.0, note))
        began = time.perf_counter()
        site.stop()
        rows.append(
            Row(f"its end while {most:,} wait", time.perf_counter() - began, "s", "at most", 2.0)
        )
        for stream in open_streams:
            stream.socket.close()
    finally:
        site.stop()
    report.add(f"Waiting ({ground.name})", *rows)


def _idle(site: Server) -> float:
    """CPU seconds in a minute of doing nothing but waiting."""
    began, cpu = time.perf_counter(), process.cpu(site.pids)
    time.sleep(IDLE)
    return (process.cpu(site.pids) - cpu) * 60 / (time.perf_counter() - began)


def _told(pages: Sequence[Sequence[float]], phones: Sequence[Sequence[float]]) -> list[Row]:
    (page, page_late), (phone, phone_late) = _spread(pages), _spread(phones)
    note = (
        f"{TRIES} tries of {EACH} beside {MANY:,} that wait; below 0: before the phone had its"
        " answer"
    )
    return [
        Row("from the phone's answer to the page's event: p50", page, "ms", "at most", 10.0, note),
        Row("from the phone's answer to the page's event: p99", page_late, "ms", "at most", 60.0),
        Row(
            "from the question to the open phone's event: p50",
            phone,
            "ms",
            "at most",
            50.0,
            "without a push",
        ),
        Row("from the question to the open phone's event: p99", phone_late, "ms"),
    ]
