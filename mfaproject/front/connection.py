"""One socket that speaks HTTP/1.1 (RFC 9112). Parsing is llhttp's (`httptools`), in its strict
mode.

Requests on one socket are answered one after the other; while one is being answered nothing is
read. Nothing here waits and nothing here calls Django: what takes time is a deadline or a job.
"""

import asyncio
import os
from collections import deque
from enum import Enum
from time import monotonic
from typing import Any, Protocol, cast

import httptools

from mfaproject.front import limits
from mfaproject.front.deadlines import Deadlines, Timed
from mfaproject.front.messages import Fields, File, Request, has_body, head
from mfaproject.front.peers import Waiter

PIECE = 16 * 1024
"""Bytes of an answer, and of what comes after a request, that wait for their turn on one socket."""
_FRAMED = limits.HEAD_BYTES + 8 * limits.BODY_BYTES
"""Bytes of a request on the wire: a chunk of one byte takes six."""
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"


class Phase(Enum):
    """Where a socket stands. `HELD`: its answer comes when something happens, and
    holds no thread.
    """

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    BUSY = "busy"
    HELD = "held"
    LINGER = "linger"
    GONE = "gone"


WITHOUT_REQUEST = (Phase.IDLE, Phase.HEAD, Phase.BODY)


class Refusal(Exception):
    """What arrives is no request that we take: the status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Front(Protocol):
    """What a socket asks of the whole."""

    reading: "Deadlines[Connection]"
    writing: "Deadlines[Writer]"
    closing: bool
    files: int

    def opened(self, connection: "Connection", taken: Waiter | None) -> None: ...
    def waits(self, connection: "Connection") -> None: ...
    def unfinished(self, size: int) -> None: ...
    def arrived(self, connection: "Connection", request: Request) -> None: ...
    def refused(self, connection: "Connection", request: Request | None, status: int) -> None: ...
    def gone(self, connection: "Connection") -> None: ...
    def settle(self) -> None: ...


class Writer:
    """The deadline of what waits to be read by the other side: apart from that of reading."""

    __slots__ = ("connection", "queue", "seen")

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self.queue: dict[Timed, float] | None = None
        self.seen = 0  # bytes that had left when we last looked


class Connection(asyncio.Protocol):
    """`peer`: the other side's address. `job`: what makes the answer that is under way. `taken`:
    what the socket counted as until it became a connection.
    """

    __slots__ = (
        *("front", "peer", "phase", "queue", "current", "job", "transport", "_server", "_scheme"),
        "_taken",
        *("_writer", "_parser", "_ready", "_late", "_file", "_left", "_sent", "_keep", "_chunked"),
        *(
            "_eof",
            "_broken",
            "_paused",
            "_full",
            "_target",
            "_body",
            "_fields",
            "_size",
            "_raw",
            "_has_head",
            "_arrived",
        ),
        "_request",
    )

    def __init__(
        self, front: Front, peer: str, server: tuple[str, int], scheme: str, taken: Waiter
    ) -> None:
        self.front, self.peer, self._server, self._scheme = front, peer, server, scheme
        self._taken: Waiter | None = taken
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)
        self.phase = Phase.IDLE
        self.queue: dict[Timed, float] | None = None
        self.current: Request | None = None
        self.job: Any = None
        self._writer = Writer(self)
        self._parser: Any = httptools.HttpRequestParser(self)
        self._ready: deque[Request] = deque()
        self._file: File | None = None
        self._left = self._sent = 0
        self._late, self._body = b"", bytearray()
        self._fields: Fields = []
        self._request: Request | None = None
        self._keep = self._chunked = self._eof = self._broken = self._paused = self._full = False
        self._forget()

    # What asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=PIECE, low=PIECE // 4)
        taken, self._taken = self._taken, None
        self.front.opened(self, taken)
        self.front.reading.set(self, limits.HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        if self.phase in (Phase.LINGER, Phase.GONE):
            return
        self.front.settle()
        if self.phase not in WITHOUT_REQUEST:
            self._keep_for_later(data)
            return
        try:
            self._feed(data)
        except Refusal as refusal:
            self._refuse(refusal.status)

    def _keep_for_later(self, data: bytes) -> None:
        """The next request, before this one is answered. What settles it may have come just now."""
        self._late += data
        self.front.unfinished(len(data))
        self.front.settle()
        if self._is_waiting and len(self._late) > limits.EARLY_BYTES:
            self.end()
            return
        if self._late and len(self._late) > PIECE:
            self._paused = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """The other side has said all that it will. An answer in hand is still wanted."""
        self._eof = True
        self.front.settle()
        return self.phase in (Phase.BUSY, Phase.HELD) and not self._is_waiting

    @property
    def _is_waiting(self) -> bool:
        """Whether its answer comes when something happens, which may last."""
        return self.phase is Phase.HELD and self.job is not None and self.job.waits

    def resume_writing(self) -> None:
        if self._file is not None:
            self._send_file()
        elif self._full:
            self._full = False
            self._finish()
        elif self.job is not None:
            self.job.drained()

    def pause_writing(self) -> None:
        """Nothing: whoever has more to send asks `is_full` first."""

    def connection_lost(self, _error: Exception | None) -> None:
        self.phase = Phase.GONE
        self.front.reading.clear(self)
        self.front.writing.clear(self._writer)
        self._close_file()
        self._take_late()
        self._ready.clear()
        self._forget()
        self._parser = None
        job, self.job = self.job, None
        if job is not None:
            job.abandoned()
        self.front.gone(self)

    # What the parser says

    def on_message_begin(self) -> None:
        self._forget()
        self._arrived = monotonic()

    def on_url(self, url: bytes) -> None:
        self._target += url
        if len(self._target) > limits.LINE_BYTES:
            raise Refusal(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._has_head:
            # a trailer, behind a chunked body: nobody needs one, and none may pass for a header
            return
        self._size += len(name) + len(value)
        if self._size > limits.HEAD_BYTES or len(self._fields) >= limits.HEAD_FIELDS:
            raise Refusal(431)
        # A name with an underscore would pass for another with a hyphen, once WSGI has renamed
        # both.
        if b"_" not in name:
            self._fields.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._has_head = True
        names = [name for name, _value in self._fields]
        version = self._parser.get_http_version()
        if names.count("host") > 1 or (version == "1.1" and "host" not in names):
            raise Refusal(400)
        if version not in ("1.0", "1.1"):
            raise Refusal(505)
        if self._field("transfer-encoding").lower() not in ("", "chunked"):
            raise Refusal(400)  # `gzip, chunked`: the framing is known, what is in it is not
        path, query = self._split(self._parser.get_method().decode("latin-1"))
        self._request = Request(
            method=self._parser.get_method().decode("latin-1"),
            path=path,
            query=query,
            version=version,
            fields=self._fields,
            peer=self.peer,
            server=self._server,
            scheme=self._scheme,
            arrived=self._arrived,
            keep_alive=self._parser.should_keep_alive(),
        )
        if int(self._field("content-length") or 0) > limits.BODY_BYTES:
            raise Refusal(413)
        self._expect(self._field("expect").lower())

    def on_body(self, body: bytes) -> None:
        self._body += body
        self.front.unfinished(len(body))
        if len(self._body) > limits.BODY_BYTES:
            raise Refusal(413)

    def on_message_complete(self) -> None:
        if self.phase is Phase.GONE:  # ended for want of room, while this was being read
            return
        request = cast(Request, self._request)
        request.body = bytes(self._body)
        self._ready.append(request)
        if len(self._ready) > limits.PIPELINED:
            raise Refusal(400)
        self._forget()

    def _field(self, name: str) -> str:
        return next((value for each, value in self._fields if each == name), "")

    def _split(self, method: str) -> tuple[bytes, bytes]:
        """Path and query. An address with a host in it overrides the Host header (RFC
        9112, 3.2.2).
        """
        if method == "CONNECT":
            raise Refusal(405)
        try:
            url = httptools.parse_url(bytes(self._target))
        except httptools.HttpParserInvalidURLError:
            raise Refusal(400) from None
        path = url.path or (b"/" if url.host else b"")
        if not path.startswith(b"/"):
            raise Refusal(400)
        if url.host:
            name = url.host.decode("latin-1")
            host = (f"[{name}]" if ":" in name else name) + (f":{url.port}" if url.port else "")
            self._fields = [each for each in self._fields if each[0] != "host"] + [("host", host)]
        return path, url.query or b""

    def _expect(self, expected: str) -> None:
        if not expected:
            return
        if expected != "100-continue":
            raise Refusal(417)
        if self._parser.get_http_version() == "1.1":
            self._write(_CONTINUE)

    # Reading

    def _forget(self) -> None:
        """Nothing of the next request is here."""
        if self._body:
            self.front.unfinished(-len(self._body))
        self._target, self._body = bytearray(), bytearray()
        self._fields = []
        self._size, self._raw, self._has_head, self._arrived = 0, 0, False, 0.0
        self._request = None

    def _feed(self, data: bytes) -> None:
        ready = len(self._ready)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # RFC 9110, 7.8: a server may ignore it. The parser reads no further, so this is the
            # last.
            self._eof = True
            if not self._ready:
                raise Refusal(400) from None
        except httptools.HttpParserCallbackError as error:
            if isinstance(error.__context__, Refusal):
                raise error.__context__ from None
            raise
        except httptools.HttpParserError:
            raise Refusal(400) from None
        if len(self._ready) == ready:  # else most of it was of requests that are whole
            self._count(len(data))
        self._read_on()

    def _count(self, size: int) -> None:
        """Bounds what the parser holds of a line that does not end, and what frames a body."""
        self._raw += size
        if self._has_head and self._raw > _FRAMED:
            raise Refusal(413)
        if self._arrived and not self._has_head and self._raw > limits.HEAD_BYTES:
            raise Refusal(431)

    def _read_on(self) -> None:
        """After something has arrived: the next request, or the deadline for what is missing."""
        if self.phase not in WITHOUT_REQUEST:
            return
        if self._ready:
            self._next()
        elif self._has_head:
            if self.phase is not Phase.BODY:
                self.phase = Phase.BODY
                self.front.reading.set(self, limits.BODY_SECONDS)
        elif self._arrived and self.phase is not Phase.HEAD:
            self.phase = Phase.HEAD
            self.front.reading.set(self, limits.HEAD_SECONDS)

    def _next(self) -> None:
        request = self._ready.popleft()
        self.phase, self.current = Phase.BUSY, request
        self._keep = request.keep_alive
        self.front.reading.clear(self)
        self.front.arrived(self, request)

    def too_slow(self) -> None:
        """What was to come did not come in time."""
        if self.phase is Phase.IDLE and not self._arrived:
            self.close()  # it said nothing, so there is nothing to answer
        elif self.phase in WITHOUT_REQUEST:
            self._refuse(408)
        else:
            self.end()

    def _refuse(self, status: int) -> None:
        """An answer to what is no whole request; the rest of it is read, for a moment,
        and dropped.
        """
        if self.phase is Phase.GONE:
            return
        request, self._keep, self._broken = self._request, False, True
        self.phase, self.current = Phase.BUSY, request
        self.front.reading.clear(self)
        self._ready.clear()
        self.front.refused(self, request, status)

    # Writing

    def answer(self, status: int, fields: Fields, body: bytes | File, *, length: int) -> None:
        """The whole answer to the current request. `length`: of the body, which HEAD has not."""
        if self.phase not in (Phase.BUSY, Phase.HELD):
            if isinstance(body, File):
                body.close()
            return
        self._start(status, fields, length=length)
        carries = has_body(self._method, status)
        if isinstance(body, File):
            self._file, self._left = body, length if carries else 0
            self.front.files += 1
            self._send_file()
            return
        if carries:
            self._write(body)
        self._finish()

    def descriptor(self) -> int:
        """A copy of the socket's, for a thread that answers; -1 where only the loop may write: with
        TLS, or while something of ours waits to be read."""
        if self._scheme != "http" or self.unread:
            return -1
        try:
            return os.dup(self.transport.get_extra_info("socket").fileno())
        except OSError:  # gone, or no room: the loop will do
            return -1

    def whole(self, status: int, fields: Fields, body: bytes, length: int) -> bytes:
        """On a thread: the bytes of a whole answer to the current request."""
        start = self._head(status, fields, length=length)
        return start + body if has_body(self._method, status) else start

    @property
    def is_awaited(self) -> bool:
        """On a thread: whether the loop has something to do when this answer is sent."""
        return not self._keep or bool(self._late or self._ready) or self._eof

    def sent(self, rest: bytes) -> None:
        """A thread has sent the answer to the current request, but for `rest`."""
        self.job = None
        if self.phase is Phase.BUSY:
            if rest:
                self._write(rest)
            self._finish()

    def answer_head(self, status: int, fields: Fields) -> None:
        """The head of an answer of which pieces follow."""
        self._chunked = self._version != "1.0"
        self._keep = self._keep and self._chunked
        self._start(status, fields, length=None)

    def answer_piece(self, piece: bytes) -> None:
        if self.phase in (Phase.BUSY, Phase.HELD) and piece and self._method != "HEAD":
            self._write(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)

    def answer_end(self, *, whole: bool = True) -> None:
        """After the last piece. Not `whole`: it broke off, which is told by closing
        before the end.
        """
        if self.phase not in (Phase.BUSY, Phase.HELD):
            return
        if not whole:
            self.end()
            return
        if self._chunked and self._method != "HEAD":
            self._write(_LAST_CHUNK)
        self._finish()

    @property
    def may_wait(self) -> bool:
        """Not who has hung up, and not who has sent more already: it would have to be kept."""
        return not (self._eof or self._ready or self._late or self._arrived)

    @property
    def is_full(self) -> bool:
        """Whether more waits to be read by the other side than it should."""
        return self.transport.get_write_buffer_size() > PIECE

    @property
    def unread(self) -> int:
        """Bytes that wait to be read by the other side."""
        return self.transport.get_write_buffer_size()

    def hold(self) -> None:
        """The answer comes later, or in pieces."""
        self.phase = Phase.HELD

    def go_on(self) -> None:
        """What was held is answered now, as any request is."""
        self.phase = Phase.BUSY

    def slim(self) -> None:
        """Lets go of what a long wait has no use for. Its head has been sent."""
        self.current = self._parser = None

    @property
    def _method(self) -> str:
        return self.current.method if self.current else "GET"

    @property
    def _version(self) -> str:
        return self.current.version if self.current else "1.1"

    def _start(self, status: int, fields: Fields, *, length: int | None) -> None:
        self._write(self._head(status, fields, length=length))

    def _head(self, status: int, fields: Fields, *, length: int | None) -> bytes:
        self._keep = self._keep and not self._eof and not self.front.closing
        says = "close" if not self._keep else "keep-alive" if self._version == "1.0" else ""
        return head(status, fields, length=length, chunked=self._chunked, connection=says)

    def _write(self, data: bytes) -> None:
        self.transport.write(data)
        self._sent += len(data)
        if self._writer.queue is None and self.unread:
            self._watch()

    def _watch(self) -> None:
        self._writer.seen = self._sent - self.unread
        self.front.writing.set(self._writer, limits.WRITE_SECONDS)
        self.front.waits(self)

    def too_slow_to_read(self) -> None:
        """Looks what has left since it last looked."""
        left = self._sent - self.unread - self._writer.seen
        if self.unread and left < limits.WRITE_RATE * limits.WRITE_SECONDS:
            self.end()
        elif self.unread:
            self._watch()

    def _send_file(self) -> None:
        """As much as the other side takes; `resume_writing` goes on."""
        file = cast(File, self._file).file
        while not self.is_full:
            piece = file.read(min(PIECE, self._left)) if self._left else b""
            self._left -= len(piece)
            if piece:
                self._write(piece)
            if self._left and not piece:  # shorter than it said it was: the length was told
                self.end()
                return
            if not self._left:
                self._finish()
                return

    def _close_file(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            file.close()
            self.front.files -= 1

    def _finish(self) -> None:
        """The answer is on its way: the next request, or the end."""
        self._close_file()
        self.current, self._chunked = None, False
        if self._keep and not self._eof and not self.front.closing:
            if self.is_full:
                # answers that nobody reads do not pile up: `resume_writing` goes on
                self._full = True
            else:
                self._go_on()
        elif self._broken and not self._eof:
            self._linger()
        else:
            self.close()

    def _go_on(self) -> None:
        self.phase = Phase.IDLE
        self.front.waits(self)
        self.front.reading.set(self, limits.IDLE_SECONDS)
        if self._parser is None:
            self._parser = httptools.HttpRequestParser(self)
        late = self._take_late()
        self._resume()
        if late:
            self.data_received(late)
        else:
            self._read_on()

    def _take_late(self) -> bytes:
        late, self._late = self._late, b""
        self.front.unfinished(-len(late))
        return late

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self.transport.resume_reading()

    def _linger(self) -> None:
        """Closing at once would throw away what is on its way to the other side, with all that it
        still sends: it gets a moment to read why."""
        self.phase = Phase.LINGER
        self._resume()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.front.reading.set(self, limits.LINGER_SECONDS)

    # Ending

    def stop(self) -> None:
        """The process ends: nobody may send a request here any more."""
        if self.phase is Phase.IDLE and not self._arrived:
            self.close()
        elif self.phase in WITHOUT_REQUEST:
            self._refuse(503)

    def close(self) -> None:
        """When what was written has left."""
        self.phase = Phase.LINGER
        if self.unread and self._writer.queue is None:
            self._watch()
        self.transport.close()

    def end(self) -> None:
        """Now. What it held is given back at once, because others may be asked for room before it
        is gone.
        """
        self.phase = Phase.GONE
        self._take_late()
        self._forget()
        self.transport.abort()
