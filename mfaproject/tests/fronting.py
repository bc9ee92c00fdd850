"""The front itself, on a loop in a thread of the test's process, before an application of the test's own."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from mfaproject.front.front import Answer, Front, Site
from mfaproject.front.listener import Listener
from mfaproject.front.messages import Request
from mfaproject.front.threads import Lane
from mfaproject.lib.hub import Hold, Hub

PATIENCE = 20.0


class Said(list[bytes]):
    """What an application gives: a body, and a hold where it has no answer yet."""

    def __init__(self, body: bytes = b"", hold: Hold | None = None) -> None:
        super().__init__([body] if body else [])
        self.hold = hold

    def close(self) -> None:
        """Django's responses have one, and the front calls it."""


View = Callable[[dict[str, Any]], Said]


class Fronted:
    """`view(environ)` answers; `hub` is its own, and hears."""

    def __init__(self, view: View, *, most: int = 1000) -> None:
        self.view, self.hub = view, Hub(most=most)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.asked: list[dict[str, Any]] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        self.hub.hear()
        until(lambda: self.hub.is_open)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "it did not end"

    def on_loop(self, call: Callable[[], Any]) -> Any:
        """What a call gives that must run there."""

        async def run() -> Any:
            return call()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(PATIENCE)

    async def _serve(self) -> None:
        self.loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        site = Site(self._answer, lambda _: Lane.USUAL, lambda _: 10.0, _refused, lambda _: False, lambda: None)
        self.front = Front(site, self.hub, self.loop, cores=2)
        listener = Listener(self.front, self._listening, None, room=2000)
        self.front.start()
        listener.start()
        self._ready.set()
        await self._ended.wait()
        self.front.close()
        async with asyncio.timeout(PATIENCE):
            await self.front.idle()
        listener.stop()
        self._listening.close()
        for connection in tuple(self.front.sockets):
            connection.close()
        while self.front.sockets:  # noqa: ASYNC110 - sockets say goodbye by themselves
            await asyncio.sleep(0.01)
        for threads in (self.front.threads, self.front.streams):
            threads.close()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ)
        said = self.view(environ)
        media = "text/event-stream" if said.hold and said.hold.events else "text/plain"
        start("200 OK", [("Content-Type", media), ("X-Accel-Buffering", "no"), ("Content-Length", str(sum(map(len, said))))])
        return said


def _refused(status: int, _request: Request | None, _begun: bool) -> Answer:
    return Answer(status, [], b"refused")


def until(holds: Callable[[], object], *, every: float = 0.01) -> None:
    """Waits, as long as a loaded machine may need."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / every)):
        if holds():
            return
        pause.wait(every)
    raise AssertionError("it never was so")


@contextmanager
def fronted(view: View, **options: int) -> Iterator[Fronted]:
    """Up inside the block."""
    served = Fronted(view, **options)
    served.start()
    try:
        yield served
    finally:
        served.stop()


_wires: "list[Wire]" = []


def close_wires() -> None:
    """At the end of each test."""
    while _wires:
        _wires.pop().close()


class Wire:
    """A socket that speaks as a browser would, and reads what comes piece by piece."""

    def __init__(self, port: int, *, small: bool = False) -> None:
        self.socket = socket.socket()
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.came = b""
        _wires.append(self)

    def ask(self, path: str = "/", method: str = "GET", body: bytes = b"", *, version: str = "1.1", **fields: str) -> "Wire":
        lines = [f"{method} {path} HTTP/{version}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in ({"Host": "localhost"} | fields).items()]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return self

    def until(self, text: bytes) -> bytes:
        """All that came up to and with `text`, which is taken from what is still to be read."""
        while text not in self.came:
            more = self.socket.recv(65_536)
            assert more, f"closed before {text!r}: {self.came!r}"
            self.came += more
        before, found, self.came = self.came.partition(text)
        return before + found

    def head(self) -> tuple[int, dict[str, str]]:
        """Status and fields, names in lower case."""
        lines = self.until(b"\r\n\r\n").decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines[1:] if line)
        return int(lines[0].split(" ")[1]), {name.lower(): value for name, value in pairs}

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """A whole answer of known length."""
        status, fields = self.head()
        length = int(fields.get("content-length", "0"))
        while len(self.came) < length:
            more = self.socket.recv(65_536)
            assert more, "closed in the middle"
            self.came += more
        body, self.came = self.came[:length], self.came[length:]
        return status, fields, body

    def look(self) -> None:
        """The next event."""
        self.until(b"data: look\n\n\r\n")

    def is_silent(self) -> bool:
        """Nothing has come, apart from signs of life. Ask only after something that came later elsewhere."""
        self.socket.setblocking(False)
        try:
            self.came += self.socket.recv(65_536)
        except BlockingIOError:
            pass
        finally:
            self.socket.settimeout(PATIENCE)
        return b"look" not in self.came

    def ends(self) -> None:
        """The last piece of a stream."""
        self.until(b"0\r\n\r\n")

    def is_closed(self) -> bool:
        """Waits for the other side's end."""
        try:
            while more := self.socket.recv(65_536):
                self.came += more
        except ConnectionError:
            return True
        return True

    def close(self) -> None:
        self.socket.close()
