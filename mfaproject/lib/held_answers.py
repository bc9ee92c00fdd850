"""Answers that are not there yet, as views give them. The front keeps their
sockets, and no thread.
"""

from typing import Literal

from django.http import HttpRequest, HttpResponse

from mfaproject.lib import http, ip_addresses
from mfaproject.lib.hub import WAITED, Hold

PER_ADDRESS = 64
"""Answers that wait for one address, in each process."""


class EventStream(HttpResponse):
    """Events that each say "look"; what there is to see is asked for as always."""

    def __init__(self, hold: Hold) -> None:
        # Proxies that gather an answer before they pass it on would make a stream of no use.
        super().__init__(content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self.hold = hold


def share_of_address(request: HttpRequest) -> tuple[str, int]:
    """The client's own address, not the proxy's."""
    return f"from:{ip_addresses.network(http.client_ip(request))}", PER_ADDRESS


def waited(request: HttpRequest) -> Literal["first", "held", "full"]:
    """Whether this request comes for the first time, was let wait, or could not be."""
    if WAITED not in request.META:
        return "first"
    return "held" if request.META[WAITED] else "full"
