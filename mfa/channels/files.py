"""Messages as files in `settings.OUTBOX_DIR`: what a Nod without a mail server does. They hold
codes, so only the owner may read them.
"""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO
from pathlib import Path

from django.conf import settings

from mfa.channels.base import DeliveryError, Parcel
from mfa.channels.email import message_of
from mfaproject.lib import clock

LIFE = timedelta(hours=24)
MAIL, TEXT = ".eml", ".txt"


class EmailFileChannel:
    """One `.eml` file for each mail; any mail program opens it."""

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryError, permanent for an address of two lines."""
        _write(parcel, MAIL, _raw(message_of(parcel).message()))


def _raw(message: Message) -> bytes:
    """The mail as it would travel. Not by its own `as_bytes`: Django's takes
    other arguments than Python's."""
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False).flatten(message, linesep="\r\n")
    return out.getvalue()


class TextFileChannel:
    """One `.txt` file for each text message: the number, an empty line, the words."""

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryError, permanent for a number of two lines."""
        if len(parcel.to.splitlines()) != 1:
            raise DeliveryError("bad_address", permanent=True)
        _write(parcel, TEXT, f"To: {parcel.to}\n\n{parcel.text}\n".encode())


def _write(parcel: Parcel, ending: str, raw: bytes) -> None:
    """Under the row's name: the same message again replaces itself. Readers
    never see half a file."""
    folder = Path(settings.OUTBOX_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{parcel.id}{ending}"
    scratch = path.with_suffix(".part")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
    at = clock.now().timestamp()
    os.utime(scratch, (at, at))
    scratch.replace(path)


def newest() -> list[tuple[Path, datetime]]:
    """The files there are and when each was written, the latest first."""
    found = [
        (path, written) for path in _files((MAIL, TEXT)) if (written := _written(path)) is not None
    ]
    return sorted(found, key=lambda entry: (entry[1], entry[0].name), reverse=True)


def prune() -> None:
    """Deletes what is older than a day, unfinished files too."""
    oldest = clock.now() - LIFE
    for path in _files((MAIL, TEXT, ".part")):
        written = _written(path)
        if written is not None and written < oldest:
            path.unlink(missing_ok=True)


def _files(endings: Iterable[str]) -> list[Path]:
    folder = Path(settings.OUTBOX_DIR)
    return [path for path in folder.iterdir() if path.suffix in endings] if folder.is_dir() else []


def _written(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=clock.now().tzinfo)
    except FileNotFoundError:  # pruned by somebody else this very moment
        return None
