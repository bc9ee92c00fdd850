"""Codes out of the mails that a Nod without a mail server writes as files."""

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

_CODE = re.compile(r"(?<![\d.:-])(\d{3}) ?(\d{3})(?![\d.:-])")


def codes(folder: Path) -> dict[str, str]:
    """Address → code, of the mails that hold one."""
    return {address: code for path in folder.glob("*.eml") for address, code in _read(path).items()}


def _read(path: Path) -> dict[str, str]:
    message = email.message_from_bytes(path.read_bytes(), EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    code = _CODE.search(body.get_content()) if body else None
    return {message["To"].addresses[0].addr_spec: code[1] + code[2]} if code else {}
