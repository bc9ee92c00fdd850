"""A way to deliver a message."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave. `id` is the same when it is tried again. `subject`, `text` and
    `html` are "" for a push, which carries no words."""

    id: str
    channel: str
    to: str = field(repr=False)
    language: str
    expires_at: datetime
    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    context: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class LateLetter:
    """What a mail says that nobody had written when it was asked for: see
    `settings.LATE_LETTERS`."""

    to: str = field(repr=False)
    template: str
    language: str
    context: dict[str, Any] = field(repr=False)


class DeliveryError(Exception):
    """It did not leave. `permanent`: trying again would not help. `reason` is a short word for the
    log, without address or content.

    `retry_after`: whole seconds for which the service wants to be left alone.
    """

    def __init__(self, reason: str, *, permanent: bool, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.permanent, self.retry_after = reason, permanent, retry_after


UNREACHABLE = frozenset({"no_address", "unproven", "gone"})
"""Reasons that tell something of the device itself. A service that is down, or
refuses us, says nothing of it."""


_TWILIO = (401, 403, 20003, 20404, 21212, 21603, 21606, 21608, 21659, 21660, 21701, 21703, 21704)
OURS = frozenset(
    (
        "sender_refused",
        "server_refused",
        "smtp_login_refused",
        "unsendable",
        "http_302",
        "http_307",
        "http_308",
        "http_401",
        "http_403",
    )
) | {f"twilio_{code}" for code in _TWILIO}
"""Reasons that tell of our own sender, credential or settings: no recipient's fault, never final,
and said in `/readyz`."""
AWAY = frozenset(
    (
        *(
            "ConnectionRefusedError",
            "ConnectionResetError",
            "ConnectionAbortedError",
            "BrokenPipeError",
            "TimeoutError",
            "gaierror",
            "OSError",
        ),
        *(
            "SSLError",
            "SSLEOFError",
            "SSLCertVerificationError",
            "SMTPServerDisconnected",
            "timeout",
            "unavailable",
        ),
    )
)
"""Reasons that tell of the way to a mail server or a service for texts, or of a
certificate on it."""


class Channel(Protocol):
    """Made anew for each delivery from the dotted path in `settings.MFA_CHANNELS`; called outside
    of any transaction, by several workers at once."""

    def send(self, parcel: Parcel) -> None:
        """Hands the parcel over. Raises DeliveryError; any other exception
        counts as one that may pass."""
