"""HttpRequest → what the services need of it. Nothing below the views sees a request."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import get_language

from accounts import cookies
from accounts.journey import Door
from mfaproject.lib import clock, http, ip_addresses, request_id, seal

DEVICE_ID = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request of somebody who wants in: `network` is the keyed digest that limits per address
    count by.

    `browser_cookie`: the known-browser cookie, or for a program the device id that it was given,
    which is the same thing. `client_challenge`: what a program binds its journey to, "" where it
    does not.
    """

    ip: str | None
    network: str
    user_agent: str
    browser_cookie: str | None
    door: Door
    language: str
    at: datetime
    request_id: str
    client_challenge: str = ""


def arrival(request: HttpRequest, door: Door = "form", client_challenge: str = "") -> Arrival:
    """Reads address, browser, cookie and language of a request. At the API's door no cookie counts,
    whatever a browser sends along."""
    ip = http.client_ip(request)
    return Arrival(
        ip=ip,
        network=seal.mac("network", ip_addresses.network(ip)),
        user_agent=http.user_agent(request),
        browser_cookie=cookies.known_browser(request) if door == "form" else _device_id(request),
        door=door,
        language=get_language() or "en",
        at=clock.now(),
        request_id=request_id.current(),
        client_challenge=client_challenge,
    )


def _device_id(request: HttpRequest) -> str | None:
    """`X-Device-ID` where it has the shape of what we give out. Anything else
    says nothing, good or bad."""
    sent = request.headers.get("X-Device-ID", "")
    return sent if DEVICE_ID.fullmatch(sent) else None
