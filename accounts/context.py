"""HttpRequest → what the services need of it. Nothing below the views sees a request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils.translation import get_language

from accounts import cookies
from mfaproject.lib import clock, http, request_id, seal


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request of somebody who wants in: `network` is the keyed digest that limits per address count by."""

    ip: str | None
    network: str
    user_agent: str
    browser_cookie: str | None
    door: Literal["form", "api"]
    language: str
    at: datetime
    request_id: str


def arrival(request: HttpRequest, door: Literal["form", "api"] = "form") -> Arrival:
    """Reads address, browser, cookie and language of a request."""
    ip = http.client_ip(request)
    return Arrival(
        ip=ip,
        network=seal.mac("network", http.network(ip)),
        user_agent=http.user_agent(request),
        browser_cookie=cookies.known_browser(request),
        door=door,
        language=get_language() or "en",
        at=clock.now(),
        request_id=request_id.current(),
    )
