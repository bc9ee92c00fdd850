"""Addresses of the internet: one spelling, what is counted as one, what says something. PURE."""

import ipaddress
from functools import lru_cache

LONGEST_ADDRESS = 64
EVERYBODYS = [
    ipaddress.ip_network(net)
    for net in (
        *(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "224.0.0.0/3",
        ),
        *("::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
]
"""Addresses that are in use everywhere. Not `is_global`: it also leaves out the networks of
documentation, which say as much as any."""


def parse_ip(text: str) -> str | None:
    """The canonical spelling of an address, IPv4 for an IPv4-mapped one; None when it is none.
    Ports and brackets are refused."""
    text = text.strip()
    return _canonical(text) if len(text) <= LONGEST_ADDRESS else None


@lru_cache(maxsize=4096)  # each request asks several times
def _canonical(text: str) -> str | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found).partition("%")[0]


@lru_cache(maxsize=4096)
def network(ip: str | None) -> str:
    """What limits count by: the IPv4 address, or the /64 of an IPv6 one (a
    household has that many)."""
    if ip is None:
        return "unknown"
    found = ipaddress.ip_address(ip)
    return ip if found.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def is_public(ip: str | None) -> bool:
    """Whether an address says anything about where somebody is: not loopback, private, link-local,
    carrier NAT or none at all."""
    if ip is None:
        return False
    found = ipaddress.ip_address(ip)
    return not any(found in net for net in EVERYBODYS if net.version == found.version)
