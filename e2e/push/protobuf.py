"""As much of Protocol Buffers' wire format as Google's push messages need: numbers, 64-bit words,
bytes and messages inside messages.
"""

import struct
from collections.abc import Iterator

VARINT, WORD, BYTES, HALF = 0, 1, 2, 5
"""Wire types."""
MORE = 0x80  # the bit of a byte that says that another one follows

Value = int | bytes


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    written = bytearray()
    while number >= MORE:
        written.append(number & 0x7F | MORE)
        number >>= 7
    return bytes([*written, number])


def field(number: int, value: int | str | bytes) -> bytes:
    """One field; text and messages are bytes to the wire."""
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | BYTES) + varint(len(raw)) + raw


def word(number: int, value: int) -> bytes:
    """One field of type fixed64."""
    return varint(number << 3 | WORD) + struct.pack("<Q", value)


def fields(raw: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message, in the order in which they come. Raises
    ValueError for what is none."""
    at = 0
    while at < len(raw):
        key, at = _varint_at(raw, at)
        value, at = _value_at(raw, at, key & 7)
        yield key >> 3, value


def first(raw: bytes, wanted: int) -> Value:
    """The first field of this number. Raises KeyError where there is none."""
    for number, value in fields(raw):
        if number == wanted:
            return value
    raise KeyError(wanted)


def _varint_at(raw: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if at == len(raw):
            raise ValueError("the message ends inside a number")
        number |= (raw[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not raw[at - 1] & MORE:
            return number, at


def _value_at(raw: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == VARINT:
        return _varint_at(raw, at)
    if kind == BYTES:
        length, at = _varint_at(raw, at)
    elif kind in (WORD, HALF):
        length = 8 if kind == WORD else 4
    else:
        raise ValueError(f"wire type {kind}")
    found = raw[at : at + length]
    return (found if kind == BYTES else int.from_bytes(found, "little")), at + length
