"""A push service in memory, and phones that are woken by it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.apps import apps

from authenticator.canonical import canonical
from authenticator.models import PushSubscription
from authenticator.tests.helpers import call, row
from authenticator.tests.signer import WEBPUSH, Phone
from mfa import outbox
from mfa.channels.base import DeliveryError

ECHO, TEST, HEALTH, DEVICE = (
    f"/v1/authenticator/device{end}" for end in ("/echo", "/test", "/health", "")
)
PATH = f"{__name__}.Memory"


@dataclass(frozen=True)
class Push:
    """One wake-up as a service got it."""

    address: Mapping[str, str]
    payload: Mapping[str, int | str]
    ttl: int
    topic: str


class Memory:
    """`settings.PUSH_SERVICES` names it; `fails` is raised in place of sending."""

    sent: ClassVar[list[Push]] = []
    fails: ClassVar[list[Exception]] = []

    def send(
        self, address: Mapping[str, str], payload: Mapping[str, int | str], *, ttl: int, topic: str
    ) -> None:
        if self.fails:
            raise self.fails[0]
        self.sent.append(Push(address, payload, ttl, topic))


def rows(**facts: Any) -> Any:
    """Push rows of the outbox."""
    return (
        apps.get_model("mfa", "OutboxMessage")
        .objects.filter(channel="push", **facts)
        .order_by("created_at", "pk")
    )


def deliver() -> None:
    """Everything that is due."""
    outbox.deliver_due()


def echo_of(push: Push) -> str:
    return str(push.payload["echo"])


def answer_echo(phone: Phone, value: str, *, path: str = ECHO) -> int:
    return call(phone, "POST", path, canonical({"echo": value})).status_code


def prove(phone: Phone) -> None:
    """Delivers what waits, and the phone sends its last echo back."""
    deliver()
    assert answer_echo(phone, echo_of(Memory.sent[-1])) == 200
    Memory.sent.clear()


def subscription(phone: Phone) -> PushSubscription:
    return PushSubscription.objects.get(device__public_id=phone.device_id)


def change(phone: Phone, text: str | None) -> int:
    """`PUT device` with another subscription, or none."""
    return call(phone, "PUT", DEVICE, phone.rotate_body(sub=text)).status_code


def another(number: int) -> str:
    """Another subscription text each time."""
    return re.sub(r"/v2/1", f"/v2/{number}", WEBPUSH)


def reachable(phone: Phone) -> bool:
    """What mfa thinks of it."""
    return row(phone).factor.unreachable_since is None


def failing(reason: str, *, permanent: bool = True, **more: Any) -> DeliveryError:
    return DeliveryError(reason, permanent=permanent, **more)
