"""What waits on one socket to be read by the other side, and the deadline of that: apart from the
one of reading.
"""

import asyncio
from typing import Protocol, cast

from mfaproject.front import limits
from mfaproject.front.deadlines import Deadlines, Timed
from mfaproject.front.messages import File

PIECE = 16 * 1024
"""Bytes of an answer, and of what comes after a request, that wait for their turn on one socket."""


class Front(Protocol):
    """What it asks of the whole."""

    writing: "Deadlines[Writer]"
    files: int


class Owner(Protocol):
    """Whose socket it is."""

    @property
    def front(self) -> Front: ...
    def waits(self) -> None: ...
    def written(self) -> None: ...
    def end(self) -> None: ...


class Writer:
    """`transport`: the socket's, once it is a connection."""

    __slots__ = ("_file", "_left", "_owner", "_seen", "_sent", "queue", "transport")

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)
        self.queue: dict[Timed, float] | None = None
        self._file: File | None = None
        self._left = 0  # bytes of the file that are still to be written
        self._sent = self._seen = 0  # bytes written, and those that had left when we last looked

    @property
    def unread(self) -> int:
        """Bytes that wait to be read by the other side."""
        return self.transport.get_write_buffer_size()

    @property
    def is_full(self) -> bool:
        """Whether more waits to be read by the other side than it should."""
        return self.unread > PIECE

    def write(self, data: bytes) -> None:
        self.transport.write(data)
        self._sent += len(data)
        self.watch()

    def watch(self) -> None:
        """Begins to look whether it is read, where something waits and nobody looks yet."""
        if self.queue is None and self.unread:
            self._watch()

    def _watch(self) -> None:
        self._seen = self._sent - self.unread
        self._owner.front.writing.set(self, limits.WRITE_SECONDS)
        self._owner.waits()

    def too_slow(self) -> None:
        """Looks what has left since it last looked."""
        left = self._sent - self.unread - self._seen
        if self.unread and left < limits.WRITE_RATE * limits.WRITE_SECONDS:
            self._owner.end()
        elif self.unread:
            self._watch()

    def begin_file(self, file: File, length: int) -> None:
        """Sends so many bytes of it, and closes it, whatever comes between."""
        self._file, self._left = file, length
        self._owner.front.files += 1
        self.go_on()

    def go_on(self) -> bool:
        """As much of the file as the other side takes. False where there is none."""
        if self._file is None:
            return False
        file = self._file.file
        while not self.is_full:
            piece = file.read(min(PIECE, self._left)) if self._left else b""
            self._left -= len(piece)
            if piece:
                self.write(piece)
            if self._left and not piece:  # shorter than it said it was: the length was told
                self._owner.end()
                return True
            if not self._left:
                self._owner.written()
                return True
        return True

    def close_file(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            file.close()
            self._owner.front.files -= 1

    def end(self) -> None:
        """The socket is gone."""
        self._owner.front.writing.clear(self)
        self.close_file()
