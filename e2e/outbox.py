"""Reads what the embedded server would have sent: one file per mail."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from mfaproject.lib.patience import until

_CODE = re.compile(r"(?<![\d.:-])(\d{3}) ?(\d{3})(?![\d.:-])")
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Mail:
    """One mail as its reader sees it."""

    to: str
    subject: str
    text: str

    @property
    def code(self) -> str | None:
        """The six-digit code in it, without its inner space."""
        found = _CODE.search(self.text)
        return "".join(found.groups()) if found else None

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)


class Outbox:
    """The mails of one server. Each is handed out once, in the order in which they were written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._handed_out: set[Path] = set()
        self._mails: dict[Path, Mail] = {}

    def next_mail(self, to: str) -> Mail:
        """The oldest mail to an address that was not asked for yet; waits for it."""
        return until(
            lambda: self._next(to),
            lambda: f"no mail to {to} has come; {len(self._handed_out)} were read before",
        )

    def _next(self, to: str) -> Mail | None:
        for path in self.waiting():
            mail = self._opened(path)
            if mail and mail.to.casefold() == to.casefold():
                self._handed_out.add(path)
                return mail
        return None

    def next_code(self, to: str) -> str:
        """The code of the next mail to an address that has one; mails without are passed over."""
        while True:
            code = self.next_mail(to).code
            if code:
                return code

    def next_link(self, to: str, path: str) -> str:
        """The first link with this path in the next mail to an address that has
        one; mails without are passed over."""
        while True:
            for link in self.next_mail(to).links:
                if path in link:
                    return link

    def forget(self) -> None:
        """Passes over everything written so far."""
        self._handed_out.update(self.folder.glob("*.eml"))

    def _opened(self, path: Path) -> Mail | None:
        """Each mail is read once: a test that waits would otherwise keep a core
        busy with the mails of all before it."""
        if path not in self._mails and (mail := _read(path)):
            self._mails[path] = mail
        return self._mails.get(path)

    def waiting(self) -> list[Path]:
        """What nobody has asked for yet, the oldest first."""
        waiting = [path for path in self.folder.glob("*.eml") if path not in self._handed_out]
        return sorted(waiting, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _read(path: Path) -> Mail | None:
    """None while the file is still being written."""
    message = email.message_from_bytes(path.read_bytes(), EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    if body is None or message["To"] is None:
        return None
    address = message["To"].addresses[0].addr_spec
    return Mail(to=address, subject=str(message["Subject"]), text=str(body.get_content()))
