"""The stream on which Google's servers push to a Chromium: a version byte, then frames of tag,
length and message.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from e2e.push.protobuf import MORE, field, fields, first, varint
from mfaproject.lib import clock

VERSION = bytes([41])
HEARTBEAT, HEARTBEAT_ACK, LOGIN, LOGGED_IN, DATA = 0, 1, 2, 3, 8
"""Tags of frames."""
RECEIVED = 10
"""The field of a login that lists pushes."""


@dataclass(frozen=True)
class Registration:
    """Who gets a push: the token's owner inside the browser, and the key that may send to it."""

    app: str
    subtype: str
    sender: str


def frame(tag: int, message: bytes = b"") -> bytes:
    return bytes([tag]) + varint(len(message)) + message


def logged_in(request: bytes) -> bytes:
    """The answer to a login, which repeats its id."""
    who = first(request, 1)
    return frame(LOGGED_IN, field(1, who) + field(8, clock.timestamp() * 1000))


def received(request: bytes) -> set[str]:
    """The numbers of the pushes that have come, as a login says it."""
    return {
        value.decode()
        for number, value in fields(request)
        if number == RECEIVED and isinstance(value, bytes)
    }


def data(to: Registration, number: str, encrypted: bytes, ttl: int) -> bytes:
    """A push: what the sender encrypted, untouched."""
    facts = {"subtype": to.subtype, "content-encoding": "aes128gcm"}
    pairs = b"".join(field(7, field(1, name) + field(2, value)) for name, value in facts.items())
    head = field(2, number) + field(3, to.sender) + field(5, to.app) + pairs + field(9, number)
    return frame(
        DATA, head + field(17, ttl) + field(18, clock.timestamp() * 1000) + field(21, encrypted)
    )


async def frames(reader: asyncio.StreamReader) -> AsyncIterator[tuple[int, bytes]]:
    """What a browser says, until it goes away."""
    try:
        await reader.readexactly(len(VERSION))
        while True:
            tag = (await reader.readexactly(1))[0]
            yield tag, await reader.readexactly(await _length(reader))
    except (asyncio.IncompleteReadError, ConnectionError):
        return


async def _length(reader: asyncio.StreamReader) -> int:
    number = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & MORE:
            return number
