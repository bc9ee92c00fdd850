"""PURE: what is counted of a login, from the general to the particular. Each chain is a path of
nodes from its root to a leaf.
"""

from dataclasses import dataclass
from datetime import datetime

from risk.login import network
from risk.login.agents import Agent

COOKIE, ADDRESS, AGENT, HOURS = "cookie", "address", "agent", "hours"
NAMED = "named"
"""Where second factors failed: no chain of a login's own, but the places of its
address once more."""

ROOT = "all"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Node:
    """One place in a chain. `path` tells it from every other node of its level; `mark` is the
    highest browser version seen below it."""

    chain: str
    level: str
    path: tuple[str, ...] = ()
    mark: int = 0


Chain = tuple[Node, ...]
SIGN_INS = Node(COOKIE, ROOT)
"""Counts every sign-in."""


def cookie(shown: bool) -> Chain:
    """The person's habit of showing a known browser."""
    return SIGN_INS, Node(COOKIE, "shown", ("yes" if shown else "no",))


def address(ip: str | None, country: str = "", provider: int = 0) -> Chain:
    """Country, provider (the number of its network), network, address. Give None for an address
    that says nothing: it has no chain.

    What is not known ("" or 0) is left out. A network is named by its own prefix alone, so that it
    is found whatever is known above it.
    """
    if ip is None:
        return ()
    above = [Node(ADDRESS, "country", (country,))] if country else []
    above += [Node(ADDRESS, "provider", (country, str(provider)))] if provider else []
    return (
        Node(ADDRESS, ROOT),
        *above,
        Node(ADDRESS, "network", (network.network(ip),)),
        Node(ADDRESS, "address", (network.source(ip),)),
    )


def hours(at: datetime) -> Chain:
    """Weekday or weekend, then three hours of the day. In UTC: a habit is compared with itself."""
    day = "weekend" if at.weekday() >= SATURDAY else "weekday"
    return (
        Node(HOURS, ROOT),
        Node(HOURS, "day", (day,)),
        Node(HOURS, "slot", (day, str(at.hour // 3))),
    )


def agent(found: Agent) -> Chain:
    """Device, system, browser, version: each within the one before."""
    device, system, browser = (
        (found.device,),
        (found.device, found.system),
        (found.device, found.system, found.browser),
    )
    return (
        Node(AGENT, ROOT),
        Node(AGENT, "device", device),
        Node(AGENT, "system", system),
        Node(AGENT, "browser", browser, found.major),
        Node(AGENT, "version", (*browser, found.version)),
    )
