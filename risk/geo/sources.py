"""The files that are in use, and the look-up in them."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

import maxminddb
from django.conf import settings

from mfaproject.lib import ip_addresses
from risk.geo import ranges
from risk.geo.places import NOWHERE, Place, country_of, owner_of
from risk.geo.ranges import BrokenRanges, Ranges
from risk.geo.watched import Watched

Kind = Literal["hosting", "vpn", "tor"]
KINDS: tuple[Kind, ...] = ("hosting", "vpn", "tor")
REMEMBERED = 1000
"""Answers that are kept: a login asks more than once, and crowds share addresses."""


class AddressTable(Protocol):
    """A file with a record for each address."""

    def country(self, ip: str) -> str: ...
    def owner(self, ip: str) -> tuple[int, str]: ...


class MmdbTable:
    """A file in MaxMind's format, with any of the layouts that `places` knows."""

    def __init__(self, path: Path) -> None:
        self._reader = maxminddb.open_database(path)
        self._only_v4 = self._reader.metadata().ip_version == 4

    def record(self, ip: str) -> object:
        """None where the file has none. A file that is broken inside says so
        only when it is read there."""
        if self._only_v4 and ":" in ip:
            return None
        try:
            return self._reader.get(ip)
        except (maxminddb.InvalidDatabaseError, ValueError):
            return None

    def country(self, ip: str) -> str:
        return country_of(self.record(ip))

    def owner(self, ip: str) -> tuple[int, str]:
        return owner_of(self.record(ip))


class RangesTable:
    """A file of ours: owners only."""

    def __init__(self, path: Path) -> None:
        self._ranges = Ranges(path)

    def country(self, ip: str) -> str:
        return ""

    def owner(self, ip: str) -> tuple[int, str]:
        return self._ranges.owner(ranges.packed(ip))


class NetworkList:
    """An imported list: networks, and numbers of owners."""

    def __init__(self, path: Path) -> None:
        self._ranges = Ranges(path)
        if "owners" not in self._ranges.facts:
            raise BrokenRanges(f"{path.name} is no list of networks")
        self.owners = frozenset(int(number) for number in self._ranges.facts["owners"])

    def names(self, address: bytes, owner: int) -> bool:
        return owner in self.owners or self._ranges.covers(address)


def open_table(path: Path) -> AddressTable:
    """By its content: whatever the file is called."""
    with path.open("rb") as file:
        ours = file.read(len(ranges.MAGIC)) == ranges.MAGIC
    return RangesTable(path) if ours else MmdbTable(path)


def open_lists(folder: Path) -> tuple[NetworkList, ...]:
    """The imported lists of one kind: every NAME.list in its folder."""
    return tuple(NetworkList(path) for path in sorted(folder.glob("*.list")))


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open at a moment: two tables and the lists of each of KINDS, or None where there is
    none. `answers` remembers what it said."""

    country: AddressTable | None
    owner: AddressTable | None
    lists: tuple[tuple[NetworkList, ...] | None, ...]
    answers: dict[str, Place] = field(default_factory=dict, compare=False)

    @property
    def is_empty(self) -> bool:
        return not (self.country or self.owner or any(self.lists))

    def look(self, ip: str) -> Place:
        number, name = self.owner.owner(ip) if self.owner else (0, "")
        address = ranges.packed(ip)
        named = {
            kind: any(each.names(address, number) for each in lists or ())
            for kind, lists in zip(KINDS, self.lists, strict=True)
        }
        return Place(self.country.country(ip) if self.country else "", number, name, **named)


@dataclass(slots=True)
class Sources:
    """Every file that a look-up asks."""

    country: Watched[AddressTable]
    owner: Watched[AddressTable]
    lists: dict[Kind, Watched[tuple[NetworkList, ...]]]
    last: Opened = Opened(None, None, ())

    def opened(self) -> Opened:
        """As the files are now. Another file is another set of answers; a thread that still has the
        old one writes into the old ones."""
        now = Opened(
            self.country.get(),
            self.owner.get(),
            tuple(watched.get() for watched in self.lists.values()),
        )
        if now != self.last:
            self.last = now
        return self.last


def folder() -> Path:
    """Where the data lie."""
    return Path(settings.DATA_DIR) / "geo"


def list_folder(kind: Kind) -> Path:
    return folder() / "lists" / kind


def sources() -> Sources:
    """Opened once in a process; other settings are other sources."""
    return _sources(settings.GEO_COUNTRY_DB, settings.GEO_ASN_DB, settings.DATA_DIR)


@lru_cache(maxsize=8)
def _sources(country: str, owner: str, _data: Path) -> Sources:
    """GEO_COUNTRY_DB and GEO_ASN_DB, else what `fetch_geo` brought."""
    tables = [
        Watched(Path(given or folder() / usual), open_table)
        for given, usual in ((country, "country.db"), (owner, "asn.db"))
    ]
    return Sources(
        tables[0], tables[1], {kind: Watched(list_folder(kind), open_lists) for kind in KINDS}
    )


def lookup(ip: str | None) -> Place:
    """What the files say about an address, in some tens of microseconds, in a few the next time.
    Never raises.

    `ip` as `ip_addresses.parse_ip` gives it. Loopback, private, link-local and carrier-NAT
    addresses, none at all, and what no file knows are nowhere.
    """
    asked = sources().opened()
    if ip is None or asked.is_empty:
        return NOWHERE
    found = asked.answers.get(ip)
    if found is None:
        if len(asked.answers) >= REMEMBERED:
            asked.answers.clear()
        found = asked.answers[ip] = asked.look(ip) if _is_public(ip) else NOWHERE
    return found


def _is_public(ip: str) -> bool:
    try:
        return ip_addresses.is_public(ip)
    except ValueError:
        return False
