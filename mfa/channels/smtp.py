"""SMTP as a client that is not held up for ever, and what its refusals mean."""

import re
import smtplib
import time
from typing import Any

from django.core.mail.backends import smtp

from mfa.channels.base import DeliveryError

PATIENCE = 40.0
"""Seconds for the whole of a delivery. Each step has a time-out of its own, but there are a dozen,
and the row's lease is a minute."""
_FINAL = 500  # RFC 5321, 4.2.1: replies of 5yz are final, 4yz may pass
_OURS = (500, 502, 503, 504, 530, 534, 535, 538)
"""Commands that are unknown, out of order or want a login first: nothing that
another recipient would change."""
_ENHANCED = re.compile(r"\b[245]\.([0-9]{1,3})\.([0-9]{1,3})\b")  # RFC 3463
_WORDS = re.compile(
    r"\b(relay|relaying|sender|authenticat\w+|spf|dkim|dmarc|blacklisted)\b", re.IGNORECASE
)
_ADDRESS = re.compile(r"<[^>]*>|\S+@\S+")


class Deadline:
    """For a connection of `smtplib`: what it sends and waits for, all together, has an end."""

    timeout: Any
    sock: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        self._until = time.monotonic() + PATIENCE
        super().__init__(*args, **options)

    def send(self, data: Any) -> None:
        self._hurry()
        super().send(data)  # type: ignore[misc]  # mixed into smtplib's classes

    def getreply(self) -> tuple[int, bytes]:
        self._hurry()
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]  # as above
        return reply

    def _hurry(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            self.close()  # type: ignore[attr-defined]  # as above
            raise smtplib.SMTPServerDisconnected("too slow")
        if self.sock is not None:
            self.sock.settimeout(min(left, self.timeout or left))


class _Plain(Deadline, smtplib.SMTP):
    """From the first word in the clear, or after STARTTLS not."""


class _Wrapped(Deadline, smtplib.SMTP_SSL):
    """TLS from the first byte."""


class Backend(smtp.EmailBackend):
    """Django's own, with connections that have an end."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Wrapped if self.use_ssl else _Plain


def delivery_error(error: Exception) -> DeliveryError:
    """What an error of a delivery means: the recipient's refusal is final if the server says so; a
    fault of our own never is.

    Whoever runs the site can mend a sender, a credential or a server's rules while the message
    waits.
    """
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            ((code, text),) = recipients.values()
            return _answered(code, text, "recipient_refused")
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=text):
            return _answered(code, text, f"smtp_{code}")
        case _:
            return DeliveryError(_passing(error), permanent=False)


def _passing(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return "smtp_login_refused"
        case smtplib.SMTPResponseException(smtp_code=code) if code < _FINAL:
            return f"smtp_{code}"
        case smtplib.SMTPSenderRefused():
            return "sender_refused"
        case smtplib.SMTPResponseException():  # the greeting, or HELO
            return "server_refused"
        case OSError() if not isinstance(error, smtplib.SMTPException) or isinstance(
            error, smtplib.SMTPServerDisconnected
        ):
            return type(error).__name__
        case _:
            # No STARTTLS, no way to log in that both know, a header or a credential that cannot be
            # written.
            return "unsendable"


def _answered(code: int, text: bytes | str, reason: str) -> DeliveryError:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    if code >= _FINAL and _is_ours(code, said):
        return DeliveryError("server_refused", permanent=False)
    return DeliveryError(reason, permanent=code >= _FINAL)


def _is_ours(code: int, said: str) -> bool:
    """Whether a refusal is about us: our sender, our right to send here, our place in a list.
    Servers tell it by a second code, or in words."""
    if code in _OURS:
        return True
    found = _ENHANCED.search(said)
    if found is None:
        return bool(_WORDS.search(_ADDRESS.sub("", said)))
    subject, detail = found.groups()
    return subject in ("3", "5", "7") or (subject, detail) in (("1", "7"), ("1", "8"))
