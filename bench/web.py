"""A browser that costs next to nothing: it shares the cores with the server that it measures.

`http.client` takes a quarter of a millisecond of CPU for each answer, most of it in reading headers
as if they were a mail; these few lines take a fifth of that. They read what our own servers send,
with a Content-Length, and nothing else.
"""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PATIENCE = 30.0  # seconds; an answer that takes longer ends the bench

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
_STATEMENTS = re.compile(rb"\r\nx-statements: *(\d+)", re.IGNORECASE)
_ENCODING = re.compile(rb"\r\ncontent-encoding: *([^\r]+)", re.IGNORECASE)


class BadAnswer(Exception):
    """The server said something that no step of a flow expects; the message holds it."""


class TurnedAway(BadAnswer):
    """503 with Retry-After: all cores were hashing for two seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: `location` and `encoding` are "" where it has none; `statements` is what a
    server of `bench.counted` says it asked for."""

    status: int
    body: bytes
    location: str = ""
    encoding: str = ""
    statements: int = 0


@dataclass
class Wire:
    """One connection, kept open and used by one client at a time. One that the server has closed
    meanwhile is opened anew."""

    port: int
    _socket: socket.socket | None = None

    def exchange(self, request: bytes) -> tuple[bytes, bytes]:
        """Sends a request; gives head and body of its answer."""
        if self._socket is not None:
            try:
                return _exchange(self._socket, request)
            except ConnectionError:
                self.close()
        self._socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _exchange(self._socket, request)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@dataclass
class Browser:
    """One browser at one address, behind a proxy that says so."""

    wire: Wire
    ip: str
    cookies: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Sends one request and keeps the cookies of its answer."""
        head, content = self.wire.exchange(self._request(method, path, body, headers or {}))
        self._keep_cookies(head)
        return Answer(
            int(head[9:12]),
            content,
            _text(_LOCATION, head),
            _text(_ENCODING, head),
            int(_text(_STATEMENTS, head) or 0),
        )

    def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        host = f"localhost:{self.wire.port}"
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host}",
            f"User-Agent: {FIREFOX}",
            f"X-Forwarded-For: {self.ip}",
        ]
        lines += [
            "Accept: text/html,application/json",
            "Accept-Language: en",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        if self.cookies:
            lines.append(
                "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            )
        if method != "GET":
            lines += [f"Origin: http://{host}", f"Content-Length: {len(body)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def _keep_cookies(self, head: bytes) -> None:
        """An empty value is how a server takes a cookie back."""
        for name, value in _COOKIE.findall(head):
            if value in (b"", b'""'):
                self.cookies.pop(name.decode(), None)
            else:
                self.cookies[name.decode()] = value.decode()


def _exchange(connection: socket.socket, request: bytes) -> tuple[bytes, bytes]:
    connection.sendall(request)
    raw = b""
    while (end := raw.find(b"\r\n\r\n")) < 0:
        raw += _more(connection)
    head = raw[: end + 2]
    announced = _LENGTH.search(head)
    if announced is None:
        raise BadAnswer(f"no Content-Length: {head.decode(errors='replace')}")
    wanted = end + 4 + int(announced[1])
    while len(raw) < wanted:
        raw += _more(connection)
    return head, raw[end + 4 : wanted]


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65_536)
    if not part:
        raise ConnectionResetError("closed by the server")
    return part


def _text(pattern: re.Pattern[bytes], head: bytes) -> str:
    found = pattern.search(head)
    return found[1].decode() if found else ""


def form(**fields: str) -> bytes:
    """The body of a posted form."""
    return urlencode(fields).encode()
