"""Which addresses of push services we connect to.

A Web Push endpoint is a URL that a browser, or whoever plays one, has handed in; our server then
posts to it from inside our network. So: https on its usual port, a host that the settings name, and
only public addresses behind that name (`push.resolver.addresses`). The address that was checked is
the one that is connected to: a name that answers otherwise a moment later gains nothing.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# One spelling: lower case, no user, no backslash, no fragment. Where two parsers could read two
# hosts, there is nothing to read.
_PUBLIC = re.compile(r"(https)://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::(443))?/[!$-\[\]-~]*")
_LOOPBACK = re.compile(r"(https?)://(localhost|127\.0\.0\.1):([1-9][0-9]{0,4})/[!$-\[\]-~]*")
_HIGHEST_PORT = 65_535
_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that is given out (RFC 4291, 2.4)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Refusal = Literal["shape", "host", "private"]


class BadEndpoint(Exception):
    """Not an address that we connect to. `refusal` says which rule it broke."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect to. `loopback`: on this very machine, which only tests may."""

    scheme: str
    host: str
    port: int
    loopback: bool = False


def is_listed(host: str, hosts: Iterable[str]) -> bool:
    """`hosts` are exact names, or `*.example.org` for all below (not the name itself). PURE."""
    return any(host.endswith(each[1:]) if each.startswith("*.") else host == each for each in hosts)


def read(url: str, *, hosts: Iterable[str], loopback: bool) -> Endpoint:
    """What the URL alone tells. Raises BadEndpoint. PURE."""
    if (near := _LOOPBACK.fullmatch(url)) and loopback and int(near[3]) <= _HIGHEST_PORT:
        return Endpoint(near[1], near[2], int(near[3]), loopback=True)
    found = _PUBLIC.fullmatch(url)
    if found is None:
        raise BadEndpoint("shape")
    if not is_listed(found[2], hosts):
        raise BadEndpoint("host")
    return Endpoint(found[1], found[2], 443)


def allowed(url: str) -> Endpoint:
    """`read` by the settings: what is asked before a subscription is stored. Looks nothing up."""
    return read(url, hosts=settings.PUSH_HOSTS, loopback=settings.PUSH_ALLOW_LOOPBACK)


def _inside(address: IPAddress) -> IPAddress | None:
    """The IPv4 address that an IPv6 one stands for: mapped, NAT64 or 6to4."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


def is_public(text: str) -> bool:
    """Whether an address belongs to the open internet: nothing private, link-local, reserved or for
    many, in whatever dress. PURE."""
    address = ipaddress.ip_address(text)
    inside = _inside(address)
    if inside is not None:
        return is_public(str(inside))
    given_out = isinstance(address, ipaddress.IPv4Address) or address in _UNICAST
    return given_out and address.is_global and not address.is_multicast


def is_loopback(text: str) -> bool:
    return ipaddress.ip_address(text).is_loopback
