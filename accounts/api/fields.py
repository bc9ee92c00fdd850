"""What clients send, checked for type: a number is no text, and nothing is turned into something
else.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from rest_framework import serializers

CHALLENGE = re.compile(r"\A[A-Za-z0-9_-]{43}\Z")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636, 4.1


class Text(serializers.CharField):
    """A JSON string, as it is: not trimmed, and never made of a number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Spelled(Text):
    """The same in the spelling in which it is kept: how long it is counts
    there, as on the sign-up page."""

    def __init__(self, spelling: Callable[[str], str], **options: Any) -> None:
        self.spelling = spelling
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        return self.spelling(super().to_internal_value(data))


def composed(text: str) -> str:
    """NFC: accents written apart are put on their letters."""
    return unicodedata.normalize("NFC", text)


def s256(verifier: str) -> str:
    """The challenge of a verifier, as RFC 7636 has it (method S256)."""
    return (
        base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    )


def hidden(masked: str) -> str:
    """`a•••@e•••.org` of an address that is masked already: a program's log is read by more people
    than a page is. Numbers stay as they are."""
    name, at, host = masked.rpartition("@")
    site, dot, top = host.rpartition(".")
    return f"{name[:1]}•••@{site[:1]}•••{dot}{top}" if at else masked
