"""The push channel of the outbox: from a factor to its device, its subscription, and the service
that wakes it.
"""

import logging
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from authenticator.push.base import CredentialRefused, PushService
from authenticator.services import push_health, subscriptions
from authenticator.services.push_health import Gate
from authenticator.services.subscriptions import Waking
from mfa.channels.base import DeliveryError, Parcel
from mfaproject.lib import clock, metrics

log = logging.getLogger("nod.push")

TRAVELS = ("v", "id", "echo")
"""All that a push ever holds, whatever a row says. What the question is, the
device asks for itself, signed."""


class PushChannel:
    """`parcel.to` is the number of a factor."""

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryError; its reasons: docs/push.md."""
        waking = _waking(parcel)
        gate = push_health.gate(waking.service, clock.now())
        if gate.wait:
            _count(waking, "credential")
            raise DeliveryError("credential", permanent=False, retry_after=gate.wait)
        try:
            _hand_over(waking, parcel)
        except CredentialRefused as error:
            raise _refused(waking, error) from None
        except DeliveryError as error:
            _failed(waking, error.reason)
            raise
        _done(waking, gate)


def _is_echo(parcel: Parcel) -> bool:
    return "echo" in parcel.context


def _waking(parcel: Parcel) -> Waking:
    """The subscription to send through. A question goes to proven ones only; an
    echo is how one is proven."""
    found = subscriptions.waking(int(parcel.to))
    if found is None or found.service not in push_health.in_use():
        raise DeliveryError("no_address", permanent=True)
    if not _is_echo(parcel):
        if found.undeliverable:
            raise DeliveryError("gone", permanent=True)
        if not found.proven:
            raise DeliveryError("unproven", permanent=True)
    return found


def _hand_over(waking: Waking, parcel: Parcel) -> None:
    payload: dict[str, Any] = {
        name: parcel.context[name] for name in TRAVELS if name in parcel.context
    }
    left = int((parcel.expires_at - clock.now()).total_seconds())
    # An echo must not take the place of a question that waits at the push service, nor the reverse.
    topic = f"{waking.topic}-echo" if _is_echo(parcel) else waking.topic
    service: PushService = import_string(settings.PUSH_SERVICES[waking.service])()
    service.send(waking.address, payload, ttl=max(1, left), topic=topic)


def _done(waking: Waking, gate: Gate) -> None:
    subscriptions.delivered(waking, clock.now())
    push_health.works(waking.service, gate.probe)
    _count(waking, "ok")


def _failed(waking: Waking, reason: str) -> None:
    subscriptions.undelivered(waking, reason, clock.now())
    _count(waking, reason)


def _refused(waking: Waking, error: CredentialRefused) -> DeliveryError:
    """Stops the service, unless this address alone may be at fault.

    Anybody can register an address that was made with another key than ours. It must not silence
    everybody else's phones, so only one that has worked speaks for the credential.
    """
    _failed(waking, error.reason)
    if error.certain or waking.proven:
        push_health.stop(waking.service, error.detail, clock.now())
        return DeliveryError(
            "credential", permanent=False, retry_after=int(push_health.REST.total_seconds())
        )
    log.warning(
        "a push service refuses our credential for an address that never worked",
        extra={"reason": error.detail},
    )
    return DeliveryError("rejected", permanent=True)


def _count(waking: Waking, result: str) -> None:
    metrics.push_sent(waking.service, result)
