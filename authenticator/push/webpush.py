"""Web Push: encrypted for the browser (RFC 8291), signed with our VAPID key (RFC 8292). No account
anywhere.
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from authenticator.endpoints import BadEndpoint, allowed
from authenticator.push import transport
from authenticator.push.base import CredentialRefused, encoded, refusal
from mfa.channels.base import DeliveryError

_session = transport.Session()
"""Shared by all threads: the next push to the same service finds its connection open."""


class WebPush:
    """One POST to the browser's own push service."""

    def send(
        self, address: Mapping[str, str], payload: Mapping[str, int | str], *, ttl: int, topic: str
    ) -> None:
        """Raises DeliveryError."""
        data = encoded(payload)
        try:
            allowed(address["endpoint"])
            _post(address, data, ttl, topic)
        except WebPushException as error:
            raise _refused(error, address["endpoint"]) from None
        except requests.Timeout:
            raise DeliveryError("timeout", permanent=False) from None
        except requests.RequestException:
            raise DeliveryError("unavailable", permanent=False) from None
        except (BadEndpoint, ValueError):  # a ValueError is a key that is no point of the curve
            raise DeliveryError("bad_address", permanent=True) from None


def _post(address: Mapping[str, str], data: bytes, ttl: int, topic: str) -> None:
    webpush(
        {
            "endpoint": address["endpoint"],
            "keys": {"p256dh": address["p256dh"], "auth": address["auth"]},
        },
        data=data,
        vapid_private_key=Vapid02.from_raw(settings.VAPID_PRIVATE_KEY.encode()),
        # a new one for each call: audience and expiry are written into it
        vapid_claims={"sub": settings.VAPID_SUBJECT},
        headers={"urgency": "high", "topic": topic},
        ttl=ttl,
        timeout=(transport.CONNECT, transport.READ),
        requests_session=_session,
    )


def _refused(error: WebPushException, endpoint: str) -> DeliveryError:
    status = error.status_code or 0
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        # Also the answer to an address that was made with another key than ours, which anybody can
        # hand in.
        return CredentialRefused(f"{urlsplit(endpoint).hostname} answered {status}", certain=False)
    return refusal(status, error.retry_after)
