"""TRUSTED_PROXIES: the networks from which forwarded headers are believed."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured

from mfaproject.environment import shown


def networks(given: Iterable[str]) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks such as `10.0.0.0/8` or `2001:db8::1`."""
    found = []
    for each in (each.strip() for each in given):
        if not each:
            continue
        try:
            found.append(ip_network(each))
        except ValueError as error:
            why = f"{shown(each)}: {error}" if shown(each) else ""
            sentence = f"TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8{why}."
            raise ImproperlyConfigured(sentence) from None
    return found
