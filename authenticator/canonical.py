"""The bytes under a signature: canonical JSON, base64url, SHA-256. PURE.

RFC 8785 restricted to one flat object of strings, whole numbers and null, so that Python's and
JavaScript's own writers agree to the byte.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Literal

Scalar = str | int | None
Reason = Literal[
    "bad_header",
    "not_canonical",
    "bad_fields",
    "bad_value",
    "bad_key",
    "unknown_device",
    "bad_encoding",
    "bad_signature",
    "expired",
    "clock_skew",
    "replayed",
]

LONGEST = 8192  # bytes of a body
_LARGEST = 2**53 - 1  # JavaScript counts exactly up to here
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


class Rejected(Exception):
    """Refused; `reason` is a name of nod-push-v1, section 3."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def _is_scalar(value: object) -> bool:
    if type(value) is int:  # `isinstance` would let True through
        return 0 <= value <= _LARGEST
    return value is None or type(value) is str


def canonical(fields: Mapping[str, Any]) -> bytes:
    """The one spelling of a flat object. Raises Rejected("not_canonical") for names or values that
    the form does not allow."""
    if not all(_NAME.fullmatch(name) and _is_scalar(value) for name, value in fields.items()):
        raise Rejected("not_canonical")
    try:
        return json.dumps(
            dict(fields), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise Rejected("not_canonical") from None


def parse(raw: bytes) -> dict[str, Scalar]:
    """Reads what `canonical` writes and nothing else.

    Writing it again and comparing bytes refuses duplicates, floats, spaces, other orders and
    escapes, a BOM and bad UTF-8 in one test.
    """
    if len(raw) > LONGEST:
        raise Rejected("not_canonical")
    try:
        found = json.loads(raw.decode())
    except (
        ValueError,
        RecursionError,
    ):  # not JSON, not UTF-8, a number of thousands of digits, or arrays nested too deep
        raise Rejected("not_canonical") from None
    if type(found) is not dict or canonical(found) != raw:
        raise Rejected("not_canonical")
    return found


def base64url(raw: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: object, size: int, otherwise: Reason) -> bytes:
    """Exactly `size` bytes in their only spelling; Python's decoder alone
    forgives stray characters and spare bits."""
    if (
        not isinstance(text, str)
        or not _BASE64URL.fullmatch(text)
        or len(text) != (size * 4 + 2) // 3
    ):
        raise Rejected(otherwise)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(raw) != text:
        raise Rejected(otherwise)
    return raw


def digest(raw: bytes | str) -> str:
    """SHA-256, base64url, 43 characters."""
    return base64url(hashlib.sha256(raw.encode() if isinstance(raw, str) else raw).digest())
