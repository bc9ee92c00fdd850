"""PURE: an address and what lies around it. Without data files the neighbourhood
is a fixed prefix.
"""

import ipaddress
from functools import lru_cache

_PREFIXES = {
    "network": {4: 20, 6: 40},
    "source": {4: 32, 6: 64},
    "subnet": {4: 24, 6: 64},
    "cut": {4: 24, 6: 48},
}
"""network: a provider's region. source: one line (a household has an IPv6 /64). subnet: one
attacker. cut: what retention leaves."""


@lru_cache(maxsize=4096)  # one login asks a dozen times for the same few
def _around(ip: str, purpose: str) -> str:
    length = _PREFIXES[purpose][ipaddress.ip_address(ip).version]
    return str(ipaddress.ip_network((ip, length), strict=False))


def network(ip: str) -> str:
    """The /20 of an IPv4 address, the /40 of an IPv6 one."""
    return _around(ip, "network")


def source(ip: str) -> str:
    """The address itself (as /32), or the /64 of an IPv6 one."""
    return _around(ip, "source")


def subnet(ip: str) -> str:
    """The /24 of an IPv4 address, the /64 of an IPv6 one."""
    return _around(ip, "subnet")


def cut(ip: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 one: what may be kept for long."""
    return _around(ip, "cut")
