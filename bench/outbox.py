"""Codes out of the mails that a server without a mail server writes as files."""

import email
import email.policy
import re
import time
from collections.abc import Collection
from email.message import EmailMessage
from pathlib import Path

PATIENCE = 20.0
_CODE = re.compile(r"(?<![\d.:-])(\d{3}) ?(\d{3})(?![\d.:-])")


class NoMail(Exception):
    """A mail that did not come."""


def codes(folder: Path, addresses: Collection[str]) -> dict[str, str]:
    """The code that each of these addresses was sent; waits until all have one."""
    found: dict[str, str] = {}
    read: set[Path] = set()
    deadline = time.perf_counter() + PATIENCE
    while missing := set(addresses) - found.keys():
        if time.perf_counter() > deadline:
            raise NoMail(f"no code within {PATIENCE:.0f} s for {len(missing)} of {len(addresses)}")
        for path in set(folder.glob("*.eml")) - read:
            read.add(path)
            found |= _code_of(path)
        time.sleep(0.1)
    return found


def _code_of(path: Path) -> dict[str, str]:
    """Address and code, empty for a mail without one."""
    message = email.message_from_bytes(path.read_bytes(), EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    code = _CODE.search(body.get_content()) if body else None
    return {message["To"].addresses[0].addr_spec: code[1] + code[2]} if code else {}
