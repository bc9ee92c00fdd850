"""Text messages through Twilio, by its own library: loaded only where TWILIO_… is set
(requirements-twilio.in).
"""

import logging

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from mfa.channels.base import OURS, DeliveryError, Parcel
from mfaproject.lib import clock

TIMEOUT = 10.0
"""Seconds, for the connection and for each answer."""
LONGEST_VALIDITY = 14_400
"""Seconds: what Twilio takes at most."""
PASSING = (401, 403, 408, 429)
"""Refusals that may pass: too fast, or our own credential, which can be mended while the message
waits; and those of `OURS`, by Twilio's number."""

# The library would log addresses and headers of each request. Not one of `getLogger`: configuring
# the logs anew would let it speak.
_unheard = logging.Logger("nod.twilio")  # noqa: LOG001 - see above
_unheard.addHandler(logging.NullHandler())
_http = TwilioHttpClient(timeout=TIMEOUT, logger=_unheard)
"""Shared by all threads: the next message finds its connection open. It follows no redirect and
repeats nothing: the outbox does."""


class TwilioChannel:
    """One message resource for each."""

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryError: permanent for a number that cannot be texted or a message that is
        refused, passing for the way there."""
        client = Client(
            settings.SMS.account, settings.SMS.token, http_client=_http, environment={"": ""}
        )
        try:
            client.messages.create(
                to=parcel.to, body=parcel.text, validity_period=_validity(parcel), **_sender()
            )
        except TwilioRestException as error:
            reason = f"twilio_{error.code or error.status}"
            permanent = (
                400 <= error.status < 500 and error.status not in PASSING and reason not in OURS
            )
            raise DeliveryError(reason, permanent=permanent) from None
        except requests.Timeout:
            raise DeliveryError("timeout", permanent=False) from None
        except (requests.RequestException, TwilioException):
            raise DeliveryError("unavailable", permanent=False) from None


def _sender() -> dict[str, str]:
    return {
        "messaging_service_sid"
        if settings.SMS.sender.startswith("MG")
        else "from_": settings.SMS.sender
    }


def _validity(parcel: Parcel) -> int:
    """Seconds after which a code is worth nothing, so that Twilio does not send it any more."""
    left = int((parcel.expires_at - clock.now()).total_seconds())
    return min(max(1, left), LONGEST_VALIDITY)
