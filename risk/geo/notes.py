"""What is known about the data themselves: a small JSON file beside each, and atomic replacement of
both.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mfaproject.lib import clock

MODE = 0o644  # nothing secret; the command may run as somebody else than the site
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Note:
    """Where a file came from: package or file name, version (or ""), when it was brought (ISO),
    SHA-256 of the file, and whom to thank."""

    source: str
    version: str
    brought_at: str
    sha256: str
    licence: str = ""
    entries: int = 0

    @property
    def brought(self) -> datetime:
        return datetime.fromisoformat(self.brought_at)


def note_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def read(path: Path) -> Note | None:
    """The note beside a file; None where there is none that can be read."""
    try:
        raw: dict[str, Any] = json.loads(note_path(path).read_text())
        note = Note(**raw)
        return note if note.brought.tzinfo else None
    except (OSError, ValueError, TypeError):
        return None


def checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def install(
    path: Path, make: Callable[[Path], int], *, source: str, version: str, licence: str = ""
) -> Note:
    """Has `make` write a file beside `path` (it gives the number of entries, and raises where the
    data are no good), then puts it in place.

    Whatever `make` raises leaves the file that is there as it is. The data go first: a note that is
    one step behind says too old, not too new.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
        fresh = Path(folder) / path.name
        entries = make(fresh)
        note = Note(
            source,
            version,
            clock.now().isoformat(timespec="seconds"),
            checksum(fresh),
            licence,
            entries,
        )
        note_path(fresh).write_text(json.dumps(asdict(note), indent=2) + "\n")
        for each, into in ((fresh, path), (note_path(fresh), note_path(path))):
            each.chmod(MODE)
            _flush(each)
            each.replace(into)
    return note


def _flush(path: Path) -> None:
    """To the disk, before its name stands for it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def remove(path: Path) -> bool:
    """Takes a file and its note away; False when there was none."""
    there = path.exists()
    for each in (path, note_path(path)):
        each.unlink(missing_ok=True)
    return there
