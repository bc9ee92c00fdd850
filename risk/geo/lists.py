"""Imported lists of networks: whose sign-ins say less about where somebody is."""

import re
from collections.abc import Iterable
from pathlib import Path

from risk.geo import notes, ranges
from risk.geo.notes import Note
from risk.geo.packages import read_networks
from risk.geo.sources import Kind, NetworkList, list_folder

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def path_of(kind: Kind, name: str) -> Path:
    """Raises ValueError for a name that is no plain word."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"A name has small letters, digits, - and _ only, at most 40: {name!r}")
    return list_folder(kind) / f"{name}.list"


def install(kind: Kind, name: str, lines: Iterable[str], *, source: str) -> Note:
    """Reads a list, and replaces the one of that name. Raises ValueError where a line is wrong or
    none is left; then nothing changes."""
    found, owners = read_networks(lines)
    if not found and not owners:
        raise ValueError("The list is empty; --remove takes one away.")

    def make(path: Path) -> int:
        written = ranges.write(path, found, {"owners": owners})
        NetworkList(path)
        return written + len(owners)

    return notes.install(path_of(kind, name), make, source=source, version="")


def remove(kind: Kind, name: str) -> bool:
    """False where there was none."""
    return notes.remove(path_of(kind, name))
