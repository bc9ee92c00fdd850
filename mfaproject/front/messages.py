"""A request that has arrived whole, and the head of an answer. Plain values: no
socket, no Django.
"""

import sys
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

Fields = list[tuple[str, str]]

_TOLD_OTHERWISE = frozenset(
    {"content-length", "content-type", "transfer-encoding", "cookie", "host"}
)
_WITHOUT_BODY = frozenset({204, 304})
_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


@dataclass(slots=True)
class Request:
    """`path` and `query` as they were sent, percent-encoded; names of `fields` in lower case.

    `arrived`: when the first byte came, on the clock of `time.monotonic`.
    """

    method: str
    path: bytes
    query: bytes
    version: str
    fields: Fields
    peer: str
    server: tuple[str, int]
    scheme: str
    arrived: float
    keep_alive: bool
    body: bytes = b""
    extra: dict[str, Any] = field(default_factory=dict)

    def field(self, name: str) -> str:
        """The first value of a header, "" where there is none."""
        return next((value for each, value in self.fields if each == name), "")


def environ(request: Request) -> dict[str, Any]:
    """What PEP 3333 wants."""
    found: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query.decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "SERVER_NAME": request.server[0],
        "SERVER_PORT": str(request.server[1]),
        "SERVER_SOFTWARE": "nod",
        "REMOTE_ADDR": request.peer,
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.field("content-type"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": File,
        "nod.arrived": request.arrived,
    }
    if host := request.field("host"):
        found["HTTP_HOST"] = host
    cookies = [value for name, value in request.fields if name == "cookie"]
    if cookies:
        found["HTTP_COOKIE"] = "; ".join(cookies)
    for name, value in request.fields:
        if name not in _TOLD_OTHERWISE:
            key = "HTTP_" + name.upper().replace("-", "_")
            found[key] = f"{found[key]},{value}" if key in found else value
    return found | request.extra


class File:
    """A file that is sent as it is read, by the loop: `wsgi.file_wrapper` of PEP 3333."""

    def __init__(self, file: Any, _block_size: int = 0) -> None:
        self.file = file

    def close(self) -> None:
        self.file.close()


_date = (0, "")


def date() -> str:
    """The Date header's value, made once a second."""
    global _date  # noqa: PLW0603 - a pair that is replaced whole: no thread sees half of it
    now = int(time.time())  # noqa: TID251 - what HTTP calls the time, whatever tests say it is
    if _date[0] != now:
        _date = (now, formatdate(now, usegmt=True))
    return _date[1]


def head(
    status: int, fields: Fields, *, length: int | None, chunked: bool = False, connection: str = ""
) -> bytes:
    """An answer's head. `length`: of its body; None where nobody knows it yet. Then it is
    `chunked`, or ends with the connection. `connection`: "" for what the version means anyway."""
    lines = [_LINES.get(status) or f"HTTP/1.1 {status} \r\n"]
    lines += [f"{name}: {value.strip()}\r\n" for name, value in fields]
    lines.append(f"date: {date()}\r\n")
    if chunked:
        lines.append("transfer-encoding: chunked\r\n")
    elif length is not None and status not in _WITHOUT_BODY:
        lines.append(f"content-length: {length}\r\n")
    if connection:
        lines.append(f"connection: {connection}\r\n")
    lines.append("\r\n")
    return "".join(lines).encode("latin-1")


def has_body(method: str, status: int) -> bool:
    """Whether an answer carries one."""
    return method != "HEAD" and status not in _WITHOUT_BODY
