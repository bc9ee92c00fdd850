"""Text messages through a service of one's own: each is posted to one address, as JSON, signed.

The header `Nod-Signature: t=<Unix seconds>,v1=<hex>` holds the HMAC-SHA256 under SMS_WEBHOOK_SECRET
of `<t>.<body>`: whoever receives it computes the same, compares in constant time and refuses times
that are minutes old. `id` is the same when a message is tried again.
"""

import hashlib
import hmac
import json
from http import HTTPStatus

import requests
from django.conf import settings

from mfa.channels.base import DeliveryError, Parcel
from mfaproject.lib import clock

CONNECT, READ = 5.0, 10.0
"""Seconds."""
PASSING = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
"""Refusals that may pass: of the message's own fault they say nothing, and a wrong key can be
mended while it waits."""
LONGEST_REST = 3600


def signature(body: bytes, *, at: int, secret: str) -> str:
    """The value of the header: see above."""
    made = hmac.digest(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
    return f"t={at},v1={made}"


class WebhookChannel:
    """One POST to SMS_WEBHOOK_URL; any 2xx is a yes. Redirects are not followed: the code would go
    where nobody meant it to."""

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryError: permanent for a refused message, passing for
        everything about the way there."""
        body = _body(parcel)
        headers = {
            "Content-Type": "application/json",
            "Nod-Signature": signature(body, at=clock.timestamp(), secret=settings.SMS.secret),
        }
        try:
            with requests.post(
                settings.SMS.url,
                data=body,
                headers=headers,
                timeout=(CONNECT, READ),
                allow_redirects=False,
                stream=True,
            ) as response:  # a stream, so that nobody makes us read a large answer
                _look(response)
        except requests.Timeout:
            raise DeliveryError("timeout", permanent=False) from None
        except requests.RequestException:
            raise DeliveryError("unavailable", permanent=False) from None


def _body(parcel: Parcel) -> bytes:
    ends = int(parcel.expires_at.timestamp())
    return json.dumps(
        {
            "id": parcel.id,
            "to": parcel.to,
            "text": parcel.text,
            "language": parcel.language,
            "expires_at": ends,
        }
    ).encode()


def _look(response: requests.Response) -> None:
    status = response.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    # Another address is for whoever set this one, and no fault of the message.
    permanent = (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status not in PASSING
    )
    raise DeliveryError(
        f"http_{status}",
        permanent=permanent,
        retry_after=_rest(response.headers.get("Retry-After", "")),
    )


def _rest(header: str) -> int | None:
    return (
        min(int(header), LONGEST_REST)
        if header.isascii() and header.isdigit() and len(header) < 10
        else None
    )
