"""Bytes become requests: what has arrived of the next one, and those that are whole. Parsing is
llhttp's (`httptools`), in its strict mode; what it leaves open is decided here.
"""

from collections import deque
from time import monotonic
from typing import Any, Protocol, cast

import httptools

from mfaproject.front import limits
from mfaproject.front.messages import Fields, Request

_FRAMED = limits.HEAD_BYTES + 8 * limits.BODY_BYTES
"""Bytes of a request on the wire: a chunk of one byte takes six."""


class Refusal(Exception):
    """What arrives is no request that we take: the status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Owner(Protocol):
    """Whose requests they are. `server`: host and port that it reached; `scheme`: http or https."""

    peer: str
    server: tuple[str, int]
    scheme: str

    @property
    def is_gone(self) -> bool: ...
    def unfinished(self, size: int) -> None: ...
    def invite_body(self) -> None: ...
    def upgraded(self) -> None: ...


class Parser:
    """`ready`: requests that are whole. `has_head`, `arrived` (on the monotonic clock, 0 for
    nothing yet) and `request` are of the one that is still coming."""

    __slots__ = (
        *("_body", "_fields", "_http", "_owner", "_raw", "_size", "_target"),
        *("arrived", "has_head", "ready", "request"),
    )

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._http: Any = None
        self.ready: deque[Request] = deque()
        self._body = bytearray()
        self.forget()

    def feed(self, data: bytes) -> None:
        """Raises Refusal for what is no request that we take."""
        if self._http is None:
            self._http = httptools.HttpRequestParser(self)
        ready = len(self.ready)
        try:
            self._http.feed_data(data)
        except httptools.HttpParserUpgrade:
            # RFC 9110, 7.8: a server may ignore it. The parser reads no further, so this is the
            # last.
            self._owner.upgraded()
            if not self.ready:
                raise Refusal(400) from None
        except httptools.HttpParserCallbackError as error:
            if isinstance(error.__context__, Refusal):
                raise error.__context__ from None
            raise
        except httptools.HttpParserError:
            raise Refusal(400) from None
        if len(self.ready) == ready:  # else most of it was of requests that are whole
            self._count(len(data))

    def _count(self, size: int) -> None:
        """Bounds what the parser holds of a line that does not end, and what frames a body."""
        self._raw += size
        if self.has_head and self._raw > _FRAMED:
            raise Refusal(413)
        if self.arrived and not self.has_head and self._raw > limits.HEAD_BYTES:
            raise Refusal(431)

    def forget(self) -> None:
        """Nothing of the next request is here."""
        if self._body:
            self._owner.unfinished(-len(self._body))
        self._target, self._body = bytearray(), bytearray()
        self._fields: Fields = []
        self._size, self._raw, self.has_head, self.arrived = 0, 0, False, 0.0
        self.request: Request | None = None

    def slim(self) -> None:
        """Lets go of what nobody needs until the next request."""
        self._http = None

    def end(self) -> None:
        """Nothing comes any more."""
        self.ready.clear()
        self.forget()
        self._http = None

    # What llhttp says

    def on_message_begin(self) -> None:
        self.forget()
        self.arrived = monotonic()

    def on_url(self, url: bytes) -> None:
        self._target += url
        if len(self._target) > limits.LINE_BYTES:
            raise Refusal(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.has_head:
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
        self.has_head = True
        names = [name for name, _value in self._fields]
        version = self._http.get_http_version()
        if names.count("host") > 1 or (version == "1.1" and "host" not in names):
            raise Refusal(400)
        if version not in ("1.0", "1.1"):
            raise Refusal(505)
        if self._field("transfer-encoding").lower() not in ("", "chunked"):
            raise Refusal(400)  # `gzip, chunked`: the framing is known, what is in it is not
        path, query = self._split(self._http.get_method().decode("latin-1"))
        self.request = Request(
            method=self._http.get_method().decode("latin-1"),
            path=path,
            query=query,
            version=version,
            fields=self._fields,
            peer=self._owner.peer,
            server=self._owner.server,
            scheme=self._owner.scheme,
            arrived=self.arrived,
            keep_alive=self._http.should_keep_alive(),
        )
        if int(self._field("content-length") or 0) > limits.BODY_BYTES:
            raise Refusal(413)
        self._expect(self._field("expect").lower())

    def on_body(self, body: bytes) -> None:
        self._body += body
        self._owner.unfinished(len(body))
        if len(self._body) > limits.BODY_BYTES:
            raise Refusal(413)

    def on_message_complete(self) -> None:
        if self._owner.is_gone:  # ended for want of room, while this was being read
            return
        request = cast(Request, self.request)
        request.body = bytes(self._body)
        self.ready.append(request)
        if len(self.ready) > limits.PIPELINED:
            raise Refusal(400)
        self.forget()

    def _field(self, name: str) -> str:
        return next((value for each, value in self._fields if each == name), "")

    def _split(self, method: str) -> tuple[bytes, bytes]:
        """Path and query. An address with a host in it overrides the Host
        header (RFC 9112, 3.2.2)."""
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
        if self._http.get_http_version() == "1.1":
            self._owner.invite_body()
