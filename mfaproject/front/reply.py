"""The bytes of the answer to the request that is in hand."""

from mfaproject.front.messages import Fields, Request, has_body, head

_LAST_CHUNK = b"0\r\n\r\n"


class Reply:
    """`request`: None where an answer is to what was no whole request. `keep`: whether the socket
    stays open after it."""

    __slots__ = ("_chunked", "keep", "request")

    def __init__(self) -> None:
        self.request: Request | None = None
        self.keep = self._chunked = False

    def begin(self, request: Request | None, *, keep: bool) -> None:
        self.request, self.keep, self._chunked = request, keep, False

    @property
    def _method(self) -> str:
        return self.request.method if self.request else "GET"

    @property
    def _version(self) -> str:
        return self.request.version if self.request else "1.1"

    def has_body(self, status: int) -> bool:
        return has_body(self._method, status)

    def head(self, status: int, fields: Fields, *, length: int | None) -> bytes:
        """`length`: of the body, None where pieces follow."""
        says = "close" if not self.keep else "keep-alive" if self._version == "1.0" else ""
        return head(status, fields, length=length, chunked=self._chunked, connection=says)

    def in_pieces(self) -> None:
        """What follows has no length: HTTP/1.0 knows its end by the socket's."""
        self._chunked = self._version != "1.0"
        self.keep = self.keep and self._chunked

    def piece(self, piece: bytes) -> bytes:
        if not piece or self._method == "HEAD":
            return b""
        return b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece

    def end(self) -> bytes:
        """After the last piece."""
        return _LAST_CHUNK if self._chunked and self._method != "HEAD" else b""
