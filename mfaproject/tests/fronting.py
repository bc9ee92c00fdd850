"""A front on a free port of this process, before a small application that tests command."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from mfaproject.front.front import Answer, Front, Site
from mfaproject.front.listener import Listener
from mfaproject.front.messages import Request
from mfaproject.front.threads import Lane
from mfaproject.lib.hub import Hub
from mfaproject.lib.patience import PATIENCE

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Says what arrived."""
    body = environ["wsgi.input"].read()
    address = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
    said = f"{environ['REQUEST_METHOD']} {address} {len(body)} ".encode()
    start_response("200 OK", [("content-type", "text/plain"), ("content-length", "7")])
    return [said, body]


@dataclass
class Fronted:
    """`application` may be replaced while it runs; `refused` are the answers
    that it did not give."""

    application: Application = echo
    lane: Callable[[Request], Lane] = lambda _request: Lane.USUAL
    whose: Callable[[Request], str] = lambda request: request.peer
    patience: float = PATIENCE
    trusted: Callable[[str], bool] = lambda _peer: False
    tls: ssl.SSLContext | None = None
    room: int = 1000
    cores: int = 2
    most: int = 1000
    refused: list[tuple[int, bool]] = field(default_factory=list)
    port: int = 0

    def _refusal(self, status: int, _request: Request | None, begun: bool) -> Answer:
        self.refused.append((status, begun))
        return Answer(status, [("content-type", "text/plain")], f"refused {status}".encode())

    def _application(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return self.application(environ, start)

    async def _serve(self, listening: socket.socket, ready: threading.Event) -> None:
        self.loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        site = Site(
            self._application,
            self.lane,
            self.whose,
            lambda _request: self.patience,
            self._refusal,
            self.trusted,
            lambda: None,
        )
        self.hub = Hub(most=self.most)
        self.front = Front(site, self.hub, self.loop, cores=self.cores)
        listener = Listener(self.front, listening, self.tls, room=self.room)
        self.front.start()
        listener.start()
        ready.set()
        await self._ended.wait()
        listener.stop()
        self.front.threads.close()
        self.front.streams.close()
        for connection in tuple(self.front.sockets):
            connection.end()

    @contextmanager
    def running(self) -> Iterator["Fronted"]:
        ready = threading.Event()
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
            self.port = listening.getsockname()[1]
            serving = threading.Thread(
                target=lambda: asyncio.run(self._serve(listening, ready)), daemon=True
            )
            serving.start()
            assert ready.wait(PATIENCE)
            try:
                yield self
            finally:
                self.loop.call_soon_threadsafe(self._ended.set)
                serving.join(PATIENCE)

    def client(self) -> "Client":
        return Client(self.port)

    def ask(self, text: str) -> "Heard":
        """One request on a socket of its own."""
        with self.client() as client:
            client.send(text)
            return client.hear()


@dataclass(frozen=True)
class Heard:
    """An answer as it was sent."""

    status: int
    fields: dict[str, str]
    body: bytes


class Client:
    """A raw socket."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket = tls.wrap_socket(plain, server_hostname="localhost") if tls else plain
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def send(self, text: str | bytes) -> None:
        self.socket.sendall(text.encode("latin-1") if isinstance(text, str) else text)

    def _more(self) -> bool:
        try:
            part = self.socket.recv(65_536)
        except ConnectionResetError:
            part = b""
        self._read += part
        return bool(part)

    def until(self, end: bytes) -> bytes:
        """All that comes up to and with `end`."""
        while end not in self._read:
            assert self._more(), f"closed after {self._read!r}"
        found, _end, self._read = self._read.partition(end)
        return found + end

    def hear(self, *, head_only: bool = False) -> Heard:
        """The next answer."""
        lines = self.until(b"\r\n\r\n").decode("latin-1").splitlines()
        status = int(lines[0].split()[1])
        fields = {}
        for line in filter(None, lines[1:]):
            name, _colon, value = line.partition(": ")
            fields[name.lower()] = value
        bare = head_only or status in (100, 204, 304)
        return Heard(status, fields, b"" if bare else self._body(fields))

    def _body(self, fields: dict[str, str]) -> bytes:
        if fields.get("transfer-encoding") == "chunked":
            whole = b""
            while size := int(self.until(b"\r\n").decode(), 16):
                whole += self._exactly(size)
                self._exactly(2)
            self._exactly(2)
            return whole
        return (
            self._exactly(int(fields["content-length"]))
            if "content-length" in fields
            else self.rest()
        )

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            assert self._more(), f"closed after {self._read!r}"
        found, self._read = self._read[:size], self._read[size:]
        return found

    def rest(self) -> bytes:
        """All that comes until the other side closes."""
        while self._more():
            pass
        found, self._read = self._read, b""
        return found

    @property
    def is_closed(self) -> bool:
        """Whether the other side has closed, and said nothing before."""
        return not self.rest()


def get(path: str = "/", *fields: str, method: str = "GET") -> str:
    """A request without a body."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *fields, "", ""])


def post(body: str, *fields: str, path: str = "/") -> str:
    """A request with one."""
    return get(path, f"Content-Length: {len(body)}", *fields, method="POST") + body
