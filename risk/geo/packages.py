"""Bringing data: out of npm packages, and out of files that somebody has already."""

import csv
import io
import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

import maxminddb
from maxminddb import Reader

from risk.geo import notes, ranges
from risk.geo.notes import Note
from risk.geo.places import country_of, owner_of, read_number, shorten
from risk.geo.ranges import Range
from risk.geo.sources import folder, open_table

What = Literal["country", "asn"]
Step = Callable[[int, int], None]
"""Is told how much is done, of how much."""

PACKAGES: dict[What, str] = {
    "country": "@ip-location-db/geo-whois-asn-country-mmdb",
    "asn": "@ip-location-db/asn",
}
LICENCES: dict[What, str] = {
    "country": "CC0 1.0, ip-location-db, from data of the regional registries",
    "asn": (
        "CC BY 4.0: RouteViews (routeviews.org), DB-IP (db-ip.com), NRO (nro.net); merged by"
        " ip-location-db"
    ),
}
SAMPLES = 200  # records read before a file is believed
LARGEST = 1 << 30  # bytes that a member of a package may have
TIMEOUT = 600  # seconds for npm
_COLUMNS = 4


class NoData(Exception):
    """A sentence that says why nothing was brought."""


@dataclass(frozen=True, slots=True)
class PackageOffer:
    """Files that together make one data file: one in MaxMind's format, or CSV
    files for IPv4 and IPv6."""

    files: tuple[Path, ...]
    source: str
    version: str


def pack(package: str, into: Path) -> PackageOffer:
    """Has npm bring a package and takes it apart. npm runs nothing of it."""
    if shutil.which("npm") is None:
        raise NoData(
            "npm is missing. Install it (Debian: `apt-get install npm`), or give files that you"
            " have: --from FILE…"
        )
    into.mkdir(parents=True, exist_ok=True)
    command = [
        "npm",
        "pack",
        package,
        "--json",
        "--ignore-scripts",
        "--loglevel=error",
        f"--pack-destination={into}",
    ]
    try:
        ended = subprocess.run(  # noqa: S603 - fixed words and our own folder
            command, cwd=into, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoData(f"npm did not bring {package}: {error}") from error
    if ended.returncode:
        raise NoData(f"npm did not bring {package}: {_last_line(ended.stderr)}")
    return unpack(_packed(ended.stdout, into), into / "files")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if "complete log" not in line] or ["it does not say why"]
    return said[0]


def _packed(told: str, into: Path) -> Path:
    """npm says how it called the file; older ones spell it otherwise than they write it."""
    try:
        path = into / Path(json.loads(told)[0]["filename"]).name
    except (ValueError, LookupError, TypeError):
        path = into / "none"
    found = [path] if path.is_file() else sorted(into.glob("*.tgz"))
    if len(found) != 1:
        raise NoData("npm ended well and left no package.")
    return found[0]


def unpack(archive: Path, into: Path) -> PackageOffer:
    """The data files of an npm package and its version. Nothing else is taken out, and never under
    the name that the archive gives."""
    into.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            members = {
                Path(member.name).name: member
                for member in tar
                if member.isfile() and member.size <= LARGEST
            }
            about = (
                json.loads(_bytes(tar, members["package.json"]))
                if "package.json" in members
                else {}
            )
            names = _wanted(list(members))
            for name in names:
                (into / name).write_bytes(_bytes(tar, members[name]))
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise NoData(f"{archive.name} is no npm package: {error}") from error
    if not names:
        raise NoData(f"{archive.name} holds no data file.")
    return PackageOffer(
        tuple(into / name for name in names),
        str(about.get("name", archive.name)),
        str(about.get("version", "")),
    )


def _bytes(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""


def _wanted(names: list[str]) -> list[str]:
    """The file in MaxMind's format for both versions (its name is the shortest), else the CSV files
    that spell addresses."""
    databases = sorted((name for name in names if name.endswith(".mmdb")), key=len)
    return databases[:1] or sorted(
        name for name in names if re.fullmatch(r"[\w-]+-ipv[46]\.csv", name)
    )


def offers(paths: Iterable[Path], into: Path) -> list[PackageOffer]:
    """Files that somebody gave: packages, databases; CSV files go together."""
    found, tables = [], []
    for number, path in enumerate(paths):
        if not path.is_file():
            raise NoData(f"{path} is no file.")
        if path.suffix == ".csv":
            tables.append(path)
        elif path.name.endswith((".tgz", ".tar.gz")):
            found.append(unpack(path, into / str(number)))
        else:
            found.append(PackageOffer((path,), path.name, ""))
    return found + (
        [PackageOffer(tuple(sorted(tables)), ", ".join(path.name for path in sorted(tables)), "")]
        if tables
        else []
    )


def install(offer: PackageOffer, step: Step) -> tuple[What, Note]:
    """Checks an offer by opening and by looking things up, then puts it in place. Raises NoData,
    and leaves what is there as it is."""
    first = offer.files[0]
    try:
        if first.suffix == ".csv":
            return "asn", _install("asn", offer, lambda path: _from_tables(offer.files, path, step))
        what, version = recognise(first)
        dated = PackageOffer(offer.files, offer.source, offer.version or version)
        return what, _install(what, dated, lambda path: _copied(first, path))
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise NoData(f"{offer.source} is no use: {error}") from error


def _install(what: What, offer: PackageOffer, make: Callable[[Path], int]) -> Note:
    licence = LICENCES[what] if offer.source == PACKAGES[what] else ""
    return notes.install(
        folder() / f"{what}.db", make, source=offer.source, version=offer.version, licence=licence
    )


def recognise(path: Path) -> tuple[What, str]:
    """What a database knows, by its first records, and the day when it was made. Raises NoData for
    one that knows neither."""
    with maxminddb.open_database(path) as reader:
        made = str(reader.metadata().build_epoch)
        records = _some(reader)
    countries, owners = (
        sum(bool(country_of(each)) for each in records),
        sum(bool(owner_of(each)[0]) for each in records),
    )
    if not countries and not owners:
        raise NoData(f"{path.name} knows neither countries nor owners of networks.")
    return ("country" if countries >= owners else "asn"), made


def _some(reader: Reader) -> list[object]:
    return [record for (_, record), _ in zip(reader, range(SAMPLES), strict=False)]


def _copied(source: Path, into: Path) -> int:
    shutil.copyfile(source, into)
    with maxminddb.open_database(into) as reader:
        network, record = next(iter(reader))
        found = reader.get(str(network.network_address))
        entries = int(reader.metadata().node_count)
    if found != record:
        raise ValueError("a sample look-up does not find what the file holds")
    return entries


def _from_tables(files: tuple[Path, ...], into: Path, step: Step) -> int:
    """One file of ranges from CSV files; a sample look-up must find what a line says."""
    entries = ranges.write(into, ranges.without_overlaps(_lines(files, step)), {})
    if not entries:
        raise ValueError("it holds no range")
    with closing(_lines(files, lambda _done, _total: None)) as lines:
        sample = next(lines)
    if open_table(into).owner(ranges.shown(sample.first))[0] != sample.owner:
        raise ValueError("a sample look-up does not find what the file holds")
    return entries


def _lines(files: tuple[Path, ...], step: Step) -> Generator[Range]:
    """first, last, number, name. Raises ValueError that names the line."""
    total, done = sum(path.stat().st_size for path in files), 0
    for path in files:
        with path.open("rb") as raw, io.TextIOWrapper(raw, "utf-8", "replace", newline="") as text:
            for number, row in enumerate(csv.reader(text), 1):
                if number % 5000 == 0:
                    step(done + raw.tell(), total)
                yield _range(row, f"{path.name}, line {number}")
        done += path.stat().st_size


def _range(row: list[str], where: str) -> Range:
    try:
        first, last, number, name = row[:_COLUMNS]
        return Range(ranges.packed(first), ranges.packed(last), read_number(number), shorten(name))
    except (ValueError, OSError) as error:
        raise ValueError(f"{where}: expected first address, last address, number, name") from error


def read_networks(lines: Iterable[str]) -> tuple[list[Range], list[int]]:
    """Networks, addresses or numbers (AS24940), one a line; what follows # or ; is a remark. Raises
    ValueError that names the line."""
    networks, owners = [], set()
    for number, line in enumerate(lines, 1):
        word = re.split(r"[#;]", line, maxsplit=1)[0].strip().strip(",")
        if not word:
            continue
        try:
            if re.fullmatch(r"(?i:AS)\d+", word):
                owners.add(_owner(word))
            else:
                networks.append(ip_network(word, strict=False))
        except ValueError:
            raise ValueError(
                f"Line {number} is neither a network nor a number such as AS24940: {word[:60]!r}"
            ) from None
    return list(ranges.of_networks(networks)), sorted(owners)


def _owner(word: str) -> int:
    found = read_number(word)
    if not found:
        raise ValueError(word)
    return found
