"""The files that are in use, and the look-up in them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

import maxminddb
from django.conf import settings

from mfaproject.lib import http
from risk.geo import ranges
from risk.geo.places import NOWHERE, Place, country_of, owner_of
from risk.geo.ranges import BrokenRanges, Ranges
from risk.geo.watched import Watched

Kind = Literal["hosting", "vpn", "tor"]
KINDS: tuple[Kind, ...] = ("hosting", "vpn", "tor")


class Table(Protocol):
    """A file with a record for each address."""

    def country(self, ip: str) -> str: ...
    def owner(self, ip: str) -> tuple[int, str]: ...


class MmdbTable:
    """A file in MaxMind's format, with any of the layouts that `places` knows."""

    def __init__(self, path: Path) -> None:
        self._reader = maxminddb.open_database(path)
        self._only_v4 = self._reader.metadata().ip_version == 4

    def record(self, ip: str) -> object:
        """None where the file has none. A file that is broken inside says so only when it is read there."""
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

    def country(self, ip: str) -> str:  # noqa: ARG002 - as any table
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


def open_table(path: Path) -> Table:
    """By its content: whatever the file is called."""
    with path.open("rb") as file:
        ours = file.read(len(ranges.MAGIC)) == ranges.MAGIC
    return RangesTable(path) if ours else MmdbTable(path)


def open_lists(folder: Path) -> list[NetworkList]:
    """The imported lists of one kind: every NAME.list in its folder."""
    return [NetworkList(path) for path in sorted(folder.glob("*.list"))]


@dataclass(frozen=True, slots=True)
class Sources:
    """Every file that a look-up asks."""

    country: Watched[Table]
    owner: Watched[Table]
    lists: dict[Kind, Watched[list[NetworkList]]]


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
    tables = [Watched(Path(given or folder() / usual), open_table) for given, usual in ((country, "country.db"), (owner, "asn.db"))]
    return Sources(tables[0], tables[1], {kind: Watched(list_folder(kind), open_lists) for kind in KINDS})


def lookup(ip: str | None) -> Place:
    """What the files say about an address, in some ten microseconds. Never raises.

    `ip` as `http.parse_ip` gives it. Loopback, private, link-local and carrier-NAT addresses, none at all, and what no file knows are nowhere.
    """
    if ip is None or not _is_public(ip):
        return NOWHERE
    return _found(ip, sources())


def _is_public(ip: str) -> bool:
    try:
        return http.is_public(ip)
    except ValueError:
        return False


def _found(ip: str, asked: Sources) -> Place:
    country, owner = asked.country.get(), asked.owner.get()
    number, name = owner.owner(ip) if owner else (0, "")
    address = ranges.packed(ip)
    named = {kind: any(each.names(address, number) for each in lists.get() or ()) for kind, lists in asked.lists.items()}
    return Place(country.country(ip) if country else "", number, name, **named)
