"""Whether a push service takes our credential. Where it does not, nothing is sent over it for a
while, somebody is told, and nothing is deleted.
"""

import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings

from authenticator.models import PushService
from mfaproject.lib import metrics

log = logging.getLogger("nod.push")

REST = timedelta(minutes=5)
"""After a refusal. Sending on would only have us refused for longer, and a key
is not mended in seconds."""
PROBE = timedelta(seconds=30)
"""For which one delivery may try alone once that is over."""
Kind = Literal["webpush", "fcm"]


@dataclass(frozen=True, slots=True)
class Gate:
    """`wait`: seconds to leave the service alone, 0 to go on. `probe`: set for the one delivery
    that tries whether it works again."""

    wait: int
    probe: datetime | None = None


def in_use() -> tuple[Kind, ...]:
    """The services that this installation sends over."""
    return ("webpush", "fcm") if settings.FCM else ("webpush",)


def gate(kind: Kind, now: datetime) -> Gate:
    """Asked before each delivery. While a service is stopped, one in half a minute gets through
    after the rest, and all others wait."""
    row = PushService.objects.filter(kind=kind).first()
    if row is None:
        return Gate(0)
    if row.until > now:
        return Gate(math.ceil((row.until - now).total_seconds()))
    mine = PushService.objects.filter(kind=kind, until=row.until).update(until=now + PROBE)
    return Gate(0, now + PROBE) if mine else Gate(int(PROBE.total_seconds()))


def stop(kind: Kind, detail: str, now: datetime) -> None:
    """Our credential was refused. `detail` is for the admin: who refused, and how."""
    again = {"reason": detail[:60], "until": now + REST}
    if not PushService.objects.filter(kind=kind).update(**again):
        PushService.objects.get_or_create(kind=kind, defaults={"refused_at": now, **again})
    metrics.push_stopped(kind, stopped=True)
    log.error(
        "a push service refuses our credential, nothing is sent over it for now",
        extra={"service": kind, "reason": detail},
    )


def works(kind: Kind, probe: datetime | None) -> None:
    """A delivery went through. Only the one that was to try ends the stop; one
    that began before it says nothing."""
    if probe is not None and PushService.objects.filter(kind=kind, until=probe).delete()[0]:
        metrics.push_stopped(kind, stopped=False)
        log.warning("a push service takes our credential again", extra={"service": kind})


def stopped() -> list[PushService]:
    """Services in use that refuse us, with the reason."""
    return list(PushService.objects.filter(kind__in=in_use()).order_by("kind"))


def states() -> dict[str, str]:
    """ "ok" or "stopped" for each service in use, for the authenticator's own page."""
    out = {row.kind for row in stopped()}
    return {kind: "stopped" if kind in out else "ok" for kind in in_use()}


def report() -> str:
    """ "up" or "stopped", for `/readyz`; sets the gauge, because whoever was
    refused may have been another process."""
    found = states()
    for kind, state in found.items():
        metrics.push_stopped(kind, stopped=state == "stopped")
    return "stopped" if "stopped" in found.values() else "up"
