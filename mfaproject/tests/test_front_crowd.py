"""The real server, as it starts by itself, with hundreds of clients that mean no good: everybody
else is served as if they were not there."""

import http.client
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Self

import pytest

from mfaproject.front import limits
from mfaproject.lib.patience import PATIENCE
from mfaproject.lib.patience import until as until_true
from mfaproject.tests.fronting import get, post
from mfaproject.tests.serving import Served
from mfaproject.tests.test_checks import write_pair

pytestmark = pytest.mark.slow

SILENT, EACH = 2000, 200
ADDRESSES = [f"127.0.0.{number}" for number in range(2, 42)]  # of attackers; ours is 127.0.0.1
LOGIN = '{"username": "nobody", "password": "a quiet walk along the river"}'
HALVES = {
    "half heads": "GET /login/ HTTP/1.1\r\nHost: localhost\r\nX-Never:",
    "half bodies": post(LOGIN, "Content-Type: application/json", path="/v1/auth/login")[:-20],
    "half chunks": get("/v1/auth/login", "Transfer-Encoding: chunked", method="POST") + "5\r\nhe",
}


class Crowd:
    """Sockets of attackers on one server. With TLS some never shake hands, the others do first."""

    def __init__(self, served: Served, trusting: ssl.SSLContext | None) -> None:
        self.served, self._trusting, self._open = served, trusting, ExitStack()
        self.sockets: list[socket.socket] = []

    def add(self, many: int, text: str, *, addresses: list[str], shakes: bool = True) -> None:
        for number in range(many):
            source = (addresses[number % len(addresses)], 0)
            target = ("127.0.0.1", self.served.port)
            one = socket.create_connection(target, PATIENCE, source_address=source)
            if self._trusting and shakes:
                one = self._trusting.wrap_socket(one, server_hostname="localhost")
            self._open.enter_context(closing(one))
            self.sockets.append(one)
            one.sendall(text.encode())

    def close(self) -> None:
        self._open.close()


def ask(
    served: Served, trusting: ssl.SSLContext | None, method: str, path: str, body: str = ""
) -> int:
    """An honest request, from a socket of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    if trusting:
        there = ("127.0.0.1", served.port)
        connection = http.client.HTTPSConnection(*there, timeout=PATIENCE, context=trusting)
    with closing(connection):
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, body or None, headers)
        return connection.getresponse().status


class Honest:
    """Somebody who uses the site meanwhile, again and again."""

    STEPS = (
        ("GET", "/healthz", "", 200),
        ("GET", "/login/", "", 200),
        ("POST", "/v1/auth/login", LOGIN, 401),
    )

    def __init__(self, served: Served, trusting: ssl.SSLContext | None) -> None:
        self._served, self._trusting = served, trusting
        self.wrong: list[tuple[str, int]] = []
        self.rounds = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def _go_on(self) -> None:
        while not self._stop.is_set():
            for method, path, body, right in self.STEPS:
                status = self._ask(method, path, body)
                if status not in (right, 429):
                    self.wrong.append((path, status))
            self.rounds += 1

    def _ask(self, method: str, path: str, body: str) -> int:
        """Once more where the socket went before the request arrived, as browsers do: a neighbour
        of thousands may have been the oldest."""
        try:
            return ask(self._served, self._trusting, method, path, body)
        except ConnectionError:
            return ask(self._served, self._trusting, method, path, body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)

    def served_meanwhile(self) -> None:
        """Three more rounds, all of them right."""
        wanted = self.rounds + 3
        until_true(lambda: self.rounds >= wanted, lambda: f"nobody else is served: {self.wrong}")
        assert self.wrong == []


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The data folder that a first start leaves."""
    served = Served(tmp_path_factory.mktemp("prepared")).start()
    served.stop()
    return str(served.data_dir)


@pytest.fixture(scope="module", params=["http", "https"])
def server(
    request: pytest.FixtureRequest, prepared: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, ssl.SSLContext | None]]:
    folder, trusting, options = tmp_path_factory.mktemp("crowd"), None, {"DATA_DIR": prepared}
    if request.param == "https":
        cert, key = write_pair(folder, "localhost")
        trusting = ssl.create_default_context(cafile=cert)
        trusting.check_hostname = False
        options |= {"TLS_CERT": cert, "TLS_KEY": key}
    served = Served(folder, "--no-delivery", **options)
    served.launch()
    wait_for(served, trusting)
    yield served, trusting
    served.kill()


def wait_for(served: Served, trusting: ssl.SSLContext | None) -> None:
    def is_up() -> bool:
        with suppress(OSError):
            return ask(served, trusting, "GET", "/healthz") == 200
        return False

    until_true(is_up, lambda: served.printed)


@pytest.fixture
def crowd(server: tuple[Served, ssl.SSLContext | None]) -> Iterator[Crowd]:
    made = Crowd(*server)
    yield made
    made.close()


@pytest.fixture
def honest(server: tuple[Served, ssl.SSLContext | None]) -> Iterator[Honest]:
    with Honest(*server) as made:
        yield made


def closed(one: socket.socket) -> bool:
    """Whether the server has ended a socket, whatever it said before."""
    one.settimeout(PATIENCE)
    try:
        while one.recv(65_536):
            pass
    except ConnectionError:
        pass
    return True


def test_everybody_else_is_served_beside_all_of_them(crowd: Crowd, honest: Honest) -> None:
    for text in HALVES.values():
        crowd.add(EACH, text, addresses=ADDRESSES)
    crowd.add(SILENT, "", addresses=ADDRESSES, shakes=False)
    closing_soon = tuple(crowd.sockets)
    crowd.add(EACH, get("/static/css/nod.css") * limits.PIPELINED, addresses=ADDRESSES)
    honest.served_meanwhile()
    assert all(closed(one) for one in closing_soon)


def test_a_neighbour_of_theirs_is_served_too(crowd: Crowd, honest: Honest) -> None:
    for text in ("", *HALVES.values()):
        crowd.add(EACH, text, addresses=["127.0.0.1"])
    honest.served_meanwhile()


def test_it_ends_in_time_while_they_are_there(prepared: str, tmp_path: Path) -> None:
    served = Served(tmp_path, "--no-delivery", DATA_DIR=prepared).start()
    crowd = Crowd(served, None)
    try:
        for text in ("", *HALVES.values()):
            crowd.add(20, text, addresses=ADDRESSES)
        assert served.stop() == 0
        assert "did not end by itself" not in served.printed
    finally:
        crowd.close()
        served.kill()


def test_a_worker_that_dies_is_started_again(prepared: str, tmp_path: Path) -> None:
    served = Served(tmp_path, "--no-delivery", DATA_DIR=prepared).start()
    try:
        parent = served.launched.pid
        first = set(workers(parent))
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        until(lambda: bool(workers(parent)) and not first & set(workers(parent)))
        until(lambda: served.status("/healthz") == 200)
        assert served.stop() == 0
    finally:
        served.kill()


def workers(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in children.split()]


def until(true: Callable[[], bool]) -> None:
    until_true(true, lambda: "it never was so")
