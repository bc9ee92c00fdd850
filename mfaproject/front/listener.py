"""Takes in sockets: counted from the moment they are accepted, before TLS has shaken hands."""

import asyncio
import errno
import logging
import socket
import ssl
from asyncio import sslproto
from contextlib import suppress

from mfaproject.front import limits
from mfaproject.front.connection import Connection
from mfaproject.front.front import Front
from mfaproject.lib.ip_addresses import parse_ip

log = logging.getLogger("nod.front")

AT_ONCE = 16  # sockets taken in before others have their turn: those before them then get theirs
REST = 0.5  # seconds without taking any, when the system has no room for more

# asyncio keeps a buffer of this size for each TLS socket: a quarter of a megabyte, of which a
# record of TLS fills a sixteenth.
sslproto.SSLProtocol.max_size = 16 * 1024


class Shaking:
    """A socket that has yet to become a connection. `peer` and `end` are for `Peers`."""

    __slots__ = ("connected", "peer", "taken", "task")

    def __init__(self, taken: socket.socket, peer: str) -> None:
        self.taken, self.peer, self.connected = taken, peer, False
        self.task: asyncio.Task[None] | None = None

    def end(self) -> None:
        if self.task is not None:
            self.task.cancel()


class Listener:
    """`room`: how many sockets the process may have."""

    def __init__(
        self, front: Front, listening: socket.socket, tls: ssl.SSLContext | None, *, room: int
    ) -> None:
        self._front, self._listening, self._tls, self._room = front, listening, tls, room
        self._server: tuple[str, int] = listening.getsockname()[:2]

    def start(self) -> None:
        self._listening.setblocking(False)
        self._front.loop.add_reader(self._listening.fileno(), self._accept)

    def stop(self) -> None:
        self._front.loop.remove_reader(self._listening.fileno())

    def _accept(self) -> None:
        for _each in range(AT_ONCE):
            try:
                taken, address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._no_room(error)
                return
            said = address[0] if isinstance(address, tuple) else ""
            self._take(taken, parse_ip(said) or said)

    def _no_room(self, error: OSError) -> None:
        """The kernel would say again and again that somebody waits."""
        if error.errno not in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
            raise error
        log.error("no room for more sockets", extra={"reason": str(error)})
        self.stop()
        self._front.loop.call_later(REST, self.start)

    def _take(self, taken: socket.socket, peer: str) -> None:
        front = self._front
        is_full = len(front.sockets) + front.files + len(front.coming) >= self._room
        if is_full and not front.peers.end_oldest():
            taken.close()
            return
        taken.setblocking(False)
        if taken.family != socket.AF_UNIX:
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        shaking = Shaking(taken, peer)
        front.coming[shaking] = None
        front.peers.waits(shaking)
        shaking.task = front.loop.create_task(self._connect(shaking))
        shaking.task.add_done_callback(lambda _task: self._shaken(shaking))

    async def _connect(self, shaking: Shaking) -> None:
        # It goes away, speaks no TLS, or takes too long: there is nobody to tell.
        with suppress(OSError):
            await self._front.loop.connect_accepted_socket(
                lambda: self._connection(shaking),
                shaking.taken,
                ssl=self._tls,
                ssl_handshake_timeout=limits.HANDSHAKE_SECONDS if self._tls else None,
                ssl_shutdown_timeout=1.0 if self._tls else None,
            )

    def _connection(self, shaking: Shaking) -> Connection:
        shaking.connected = True
        scheme = "https" if self._tls else "http"
        return Connection(self._front, shaking.peer, self._server, scheme, shaking)

    def _shaken(self, shaking: Shaking) -> None:
        """It has become a connection, which closes it by itself, or never will."""
        self._front.came(shaking)
        if not shaking.connected:
            shaking.taken.close()


def tls(cert: str, key: str) -> ssl.SSLContext | None:
    """What speaks TLS 1.2 and newer with this pair of PEM files; None where there is none."""
    if not cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["http/1.1"])
    return context
