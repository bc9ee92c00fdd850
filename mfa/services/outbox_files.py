"""What the outbox page shows: the files that stand in for a mail server, read again."""

import email
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

from mfa.channels import files

MOST = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail or text message. `text` is the plain version; a text message has no subject."""

    to: str
    subject: str
    at: datetime
    text: str


def latest() -> list[Kept]:
    """The newest first."""
    read = (_read(path, at) for path, at in files.newest()[:MOST])
    return [letter for letter in read if letter is not None]


def _read(path: Path, at: datetime) -> Kept | None:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:  # pruned by the loop this very moment
        return None
    return _mail(raw, at) if path.suffix == files.MAIL else _text_message(raw, at)


def _mail(raw: bytes, at: datetime) -> Kept:
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    return Kept(str(message["To"]), str(message["Subject"]), at, body.get_content() if body else "")


def _text_message(raw: bytes, at: datetime) -> Kept:
    head, _, text = raw.decode(errors="replace").partition("\n\n")
    return Kept(head.removeprefix("To: "), "", at, text)
