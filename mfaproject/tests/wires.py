"""Sockets that wait before a front, as browsers, phones and programs do."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from mfaproject.lib import patience
from mfaproject.lib.hub import Hold
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.fronting import Client, Fronted

SHARE = ("alice", 2)


def holding(**changes: Any) -> Hold:
    # 1: after the hub began to hear
    given: dict[str, Any] = {"topics": ("journey",), "shares": (SHARE,), "seconds": 600, "since": 1}
    return Hold(**given | changes)


class Said(list[bytes]):
    """What an application gives: a body, and a hold where it has no answer yet."""

    def __init__(self, body: bytes = b"", hold: Hold | None = None) -> None:
        super().__init__([body] if body else [])
        self.hold = hold

    def close(self) -> None:
        """Django's responses have one, and the front calls it."""


View = Callable[[dict[str, Any]], Said]


class Told(Fronted):
    """`view(environ)` answers; its hub hears."""

    def __init__(self, view: View, **options: Any) -> None:
        super().__init__(self._view, **options)
        self.view = view
        self.asked: list[dict[str, Any]] = []

    def _view(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ)
        said = self.view(environ)
        media = "text/event-stream" if said.hold and said.hold.events else "text/plain"
        start(
            "200 OK",
            [
                ("Content-Type", media),
                ("X-Accel-Buffering", "no"),
                ("Content-Length", str(sum(map(len, said)))),
            ],
        )
        return said

    def on_loop(self, call: Callable[[], Any]) -> Any:
        """What a call gives that must run there."""

        async def run() -> Any:
            return call()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(PATIENCE)

    async def _goodbye(self) -> None:
        """As when the process ends."""
        self.front.close()
        await self.front.idle()

    @contextmanager
    def running(self) -> Iterator["Told"]:
        with super().running():
            self.hub.hear()
            until(lambda: self.hub.is_open)
            try:
                yield self
            finally:
                asyncio.run_coroutine_threadsafe(self._goodbye(), self.loop).result(PATIENCE)


def until(holds: Callable[[], object], *, every: float = 0.0) -> None:
    """Waits, as long as a loaded machine may need."""
    pause = threading.Event()
    patience.until(
        holds, lambda: "it never was so", rest=lambda seconds: pause.wait(max(seconds, every))
    )


def fronted(view: View, **options: Any) -> AbstractContextManager[Told]:
    """Up inside the block."""
    return Told(view, **options).running()


_wires: "list[Wire]" = []


def close_wires() -> None:
    """At the end of each test."""
    while _wires:
        _wires.pop().close()


class Wire(Client):
    """A socket that speaks as a browser would, and reads what comes piece by piece."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(port, tls)
        _wires.append(self)

    def ask(
        self,
        path: str = "/",
        method: str = "GET",
        body: bytes = b"",
        *,
        version: str = "1.1",
        **fields: str,
    ) -> "Wire":
        lines = [f"{method} {path} HTTP/{version}", f"Content-Length: {len(body)}"]
        lines += [
            f"{name.replace('_', '-')}: {value}"
            for name, value in ({"Host": "localhost"} | fields).items()
        ]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return self

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """A whole one."""
        heard = self.hear()
        return heard.status, heard.fields, heard.body

    def head(self) -> tuple[int, dict[str, str]]:
        """Status and fields, names in lower case, of an answer that goes on."""
        heard = self.hear(head_only=True)
        return heard.status, heard.fields

    def look(self) -> None:
        """The next event."""
        self.until(b"data: look\n\n\r\n")

    def is_silent(self) -> bool:
        """Nothing has come, apart from signs of life. Ask only after something
        that came later elsewhere."""
        self.socket.setblocking(False)
        try:
            self._read += self.socket.recv(65_536)
        except BlockingIOError:
            pass
        finally:
            self.socket.settimeout(PATIENCE)
        return b"look" not in self._read

    def ends(self) -> None:
        """The last piece of a stream."""
        self.until(b"0\r\n\r\n")

    def close(self) -> None:
        self.socket.close()
