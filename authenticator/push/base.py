"""What a push service is to the channel, and the words for what went wrong."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol

from mfa.channels.base import DeliveryError
from mfaproject.lib import clock

LARGEST = 3993
"""Bytes of a payload: what is left of the 4096 that every push service takes (RFC 8291) after
header, padding and tag of the encryption."""
LONGEST_REST = 3600  # seconds; nothing that we send lives as long


class CredentialRefused(DeliveryError):
    """401 or 403. `certain`: it is our credential; else it may be that this one address was made
    for somebody else's."""

    def __init__(self, detail: str, *, certain: bool) -> None:
        super().__init__("credential", permanent=False)
        self.detail, self.certain = detail, certain


class PushService(Protocol):
    """Made anew for each delivery from the dotted path in `settings.PUSH_SERVICES`."""

    def send(
        self, address: Mapping[str, str], payload: Mapping[str, int | str], *, ttl: int, topic: str
    ) -> None:
        """Hands one wake-up over. `address`: the fields of a subscription text; `ttl` in seconds,
        at least 1. Raises DeliveryError."""


def encoded(payload: Mapping[str, int | str]) -> bytes:
    """The JSON that travels. Raises DeliveryError where no service would take
    it, before anything is sent."""
    raw = json.dumps(dict(payload), separators=(",", ":")).encode()
    if len(raw) > LARGEST:
        raise DeliveryError("too_large", permanent=True)
    return raw


def rest(header: str | None) -> int | None:
    """Seconds of a Retry-After, which is a number or a date (RFC 9110, 10.2.3), an hour at most;
    None where it says nothing."""
    said = (header or "").strip()
    if said.isascii() and said.isdecimal():
        return min(int(said[:9]), LONGEST_REST) or None
    try:
        seconds = int((parsedate_to_datetime(said) - clock.now()).total_seconds())
    except (TypeError, ValueError):  # no date, or one without a zone
        return None
    return min(seconds, LONGEST_REST) if seconds > 0 else None


def refusal(status: int, retry_after: str | None) -> DeliveryError:
    """What an answer of a push service means that is neither a yes nor about our credential."""
    match status:
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return DeliveryError("gone", permanent=True)
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return DeliveryError("too_large", permanent=True)
        case HTTPStatus.TOO_MANY_REQUESTS:
            return DeliveryError("busy", permanent=False, retry_after=rest(retry_after))
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return DeliveryError("unavailable", permanent=False, retry_after=rest(retry_after))
        case _:  # redirects too: whoever answers with one would choose where we connect to
            return DeliveryError("rejected", permanent=True)
