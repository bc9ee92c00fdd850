"""Ranges of addresses in one file: sorted, mapped into memory, searched by halving. A look-up reads
some twenty places of it.

The file: a magic line, one line of JSON (how many ranges of each version, and facts about the
data), then for IPv4 and for IPv6 the first addresses, the last addresses and the values, then what
the values point at. A value is the place of a record there: four bytes of a number, one byte with
the length of its name, and the name. Numbers are written with the highest byte first, so that bytes
compare as numbers do.
"""

import json
import mmap
import socket
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from pathlib import Path
from typing import Any, overload

MAGIC = b"nod-ranges-1\n"
LONGEST_HEADER = 1_000_000  # bytes; a list may name some ten thousand owners
NOTHING = 2**32 - 1  # no record
_WIDTHS = {4: socket.AF_INET, 16: socket.AF_INET6}


class BrokenRanges(ValueError):
    """A file that is not what `write` made."""


@dataclass(frozen=True, slots=True)
class Range:
    """First and last address, packed; `owner` and `name` where the data say whose it is."""

    first: bytes
    last: bytes
    owner: int = 0
    name: str = ""


def packed(ip: str) -> bytes:
    """Four or sixteen bytes. Raises OSError for what is no address."""
    return socket.inet_pton(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip)


def of_networks(networks: Iterable[IPv4Network | IPv6Network]) -> Iterator[Range]:
    """Sorted and without overlaps."""
    both = list(networks)
    yield from map(
        _range, collapse_addresses(each for each in both if isinstance(each, IPv4Network))
    )
    yield from map(
        _range, collapse_addresses(each for each in both if isinstance(each, IPv6Network))
    )


def _range(network: IPv4Network | IPv6Network) -> Range:
    return Range(network.network_address.packed, network.broadcast_address.packed)


def without_overlaps(found: Iterable[Range]) -> Iterator[Range]:
    """Where a range begins inside the one before, the one before ends there: published tables hold
    such slips. They must be in order."""
    before: Range | None = None
    for each in found:
        if (
            before
            and len(before.first) == len(each.first)
            and before.first < each.first <= before.last
        ):
            before = replace(
                before, last=(int.from_bytes(each.first) - 1).to_bytes(len(each.first))
            )
        if before:
            yield before
        before = each
    if before:
        yield before


@dataclass(slots=True)
class _Records:
    """What the values point at; each pair of number and name once."""

    places: dict[tuple[int, str], int] = field(default_factory=dict)
    written: bytearray = field(default_factory=bytearray)

    def place(self, owner: int, name: str) -> bytes:
        if not owner:
            return NOTHING.to_bytes(4)
        if (owner, name) not in self.places:
            raw = name.encode()[:255]
            self.places[owner, name] = len(self.written)
            self.written += owner.to_bytes(4) + len(raw).to_bytes(1) + raw
        return self.places[owner, name].to_bytes(4)


def write(path: Path, ranges: Iterable[Range], facts: dict[str, Any]) -> int:
    """Writes a file; gives the number of ranges. Raises ValueError where ranges of one version
    overlap or are out of order."""
    records, columns = (
        _Records(),
        {width: (bytearray(), bytearray(), bytearray()) for width in _WIDTHS},
    )
    ends = dict.fromkeys(_WIDTHS, b"")
    for each in ranges:
        width = len(each.first)
        if len(each.last) != width or each.last < each.first or each.first <= ends[width]:
            raise ValueError(
                f"{shown(each.first)}–{shown(each.last)} overlaps the range before it, or is out of"
                " order"
            )
        ends[width] = each.last
        for column, value in zip(
            columns[width],
            (each.first, each.last, records.place(each.owner, each.name)),
            strict=True,
        ):
            column.extend(value)
    counts = {f"v{version}": len(columns[width][2]) // 4 for version, width in ((4, 4), (6, 16))}
    header = json.dumps(counts | {"records": len(records.written), "facts": facts}).encode() + b"\n"
    path.write_bytes(b"".join((MAGIC, header, *columns[4], *columns[16], records.written)))
    return sum(counts.values())


def shown(raw: bytes) -> str:
    """As people write an address."""
    return socket.inet_ntop(_WIDTHS[len(raw)], raw)


class _Column(Sequence[bytes]):
    """Values of one width, as a sequence that bisect can halve."""

    __slots__ = ("data", "length", "start", "width")

    def __init__(self, data: mmap.mmap, start: int, width: int, length: int) -> None:
        self.data, self.start, self.width, self.length = data, start, width, length

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(self.length))]
        start = self.start + index * self.width
        return self.data[start : start + self.width]


class Ranges:
    """A file of ranges, open. Raises BrokenRanges or OSError for one that cannot be read."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            if file.readline(len(MAGIC)) != MAGIC:
                raise BrokenRanges(f"{path.name} is no file of ranges")
            try:
                header = json.loads(file.readline(LONGEST_HEADER))
                lengths = {4: int(header["v4"]), 16: int(header["v6"])}
                size, self.facts = int(header["records"]), dict(header["facts"])
            except (ValueError, KeyError, TypeError) as error:
                raise BrokenRanges(f"{path.name} has a broken header") from error
            start = file.tell()
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._columns: dict[int, tuple[_Column, _Column, _Column]] = {}
        for width, length in lengths.items():
            self._columns[width] = (
                _Column(self._data, start, width, length),
                _Column(self._data, start + width * length, width, length),
                _Column(self._data, start + 2 * width * length, 4, length),
            )
            start += (2 * width + 4) * length
        self._records = start
        if start + size != len(self._data):
            raise BrokenRanges(f"{path.name} was cut off")

    def __len__(self) -> int:
        return sum(len(columns[0]) for columns in self._columns.values())

    def covers(self, address: bytes) -> bool:
        """Whether a packed address lies in any range."""
        return self._find(address) >= 0

    def owner(self, address: bytes) -> tuple[int, str]:
        """Number and name of whose range it lies in; 0 and "" for nobody's."""
        found = self._find(address)
        if found < 0:
            return 0, ""
        place = int.from_bytes(self._columns[len(address)][2][found])
        if place == NOTHING:
            return 0, ""
        at = self._records + place
        return int.from_bytes(self._data[at : at + 4]), self._data[
            at + 5 : at + 5 + self._data[at + 4]
        ].decode(errors="replace")

    def _find(self, address: bytes) -> int:
        firsts, lasts, _ = self._columns[len(address)]
        index = bisect_right(firsts, address) - 1
        return index if index >= 0 and address <= lasts[index] else -1
