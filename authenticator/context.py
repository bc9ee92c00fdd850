"""HttpRequest → what the services need of it. Nothing below the views sees a request."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from mfaproject.lib import clock, http, request_id
from risk import services as risk


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request came from and when. `browser` reads like "Chrome on Android"; `place` is ""
    where it is not known."""

    ip: str | None
    browser: str
    place: str
    at: datetime


def visit(request: HttpRequest) -> Visit:
    """Reads address and browser, and no cookie."""
    ip, at = http.client_ip(request), clock.now()
    shown = risk.describe(
        risk.arrived(
            ip, http.user_agent(request), at=at, request_id=request_id.current(), door="api"
        )
    )
    return Visit(ip, shown.label, shown.place, at)
