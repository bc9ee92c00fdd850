"""How old the data are, for metrics, checks, the admin and the command."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mfaproject.lib import clock, metrics
from risk.geo import notes
from risk.geo.notes import Note
from risk.geo.sources import KINDS, list_folder, sources
from risk.geo.watched import Watched

OLD = timedelta(days=90)
"""Networks change hands: after so long, too many answers are wrong."""


@dataclass(frozen=True, slots=True)
class File:
    """A data file that is there: its age as the note beside it says, else by when it was written.
    `broken` says why it cannot be read, or ""."""

    name: str
    path: Path
    age: timedelta
    note: Note | None
    broken: str

    @property
    def is_old(self) -> bool:
        return self.age > OLD


def files() -> list[File]:
    """Those that are there, as they are on the disk now."""
    return [each for each in _all() if each is not None]


def _all() -> Iterator[File | None]:
    asked = sources()
    for name, watched in (("country", asked.country), ("asn", asked.owner)):
        yield _file(name, watched.path, _trouble(watched))
    for kind in KINDS:
        broken = _trouble(asked.lists[kind])
        for path in sorted(list_folder(kind).glob("*.list")):
            yield _file(f"{kind}/{path.stem}", path, broken if path.name in broken else "")


def _trouble(watched: Watched[Any]) -> str:
    watched.look()
    return watched.broken


def _file(name: str, path: Path, broken: str) -> File | None:
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    note = notes.read(path)
    return File(name, path, clock.now() - (note.brought if note else written), note, broken)


def report() -> str:
    """For `/readyz` and `/metrics`: "up", or "broken" where a file cannot be read. That there are
    none is no trouble: the signal is unknown."""
    found = files()
    metrics.geo_ages({each.name: each.age.total_seconds() for each in found})
    return "broken" if any(each.broken for each in found) else "up"
