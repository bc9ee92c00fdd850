"""PURE: what is counted of a login, from the general to the particular. Each chain is a path of nodes from its root to a leaf."""

from dataclasses import dataclass

from risk import network
from risk.agents import Agent

COOKIE, ADDRESS, AGENT = "cookie", "address", "agent"
ROOT = "all"


@dataclass(frozen=True, slots=True)
class Node:
    """One place in a chain. `path` tells it from every other node of its level; `mark` is the highest browser version seen below it."""

    chain: str
    level: str
    path: tuple[str, ...] = ()
    mark: int = 0


Chain = tuple[Node, ...]


def cookie(shown: bool) -> Chain:
    """The person's habit of showing a known browser. Its root counts every sign-in."""
    return Node(COOKIE, ROOT), Node(COOKIE, "shown", ("yes" if shown else "no",))


def address(ip: str | None) -> Chain:
    """Network, then address. Give None for an address that says nothing: it has no chain.

    A node is named by its own prefix alone, so that levels above (country, provider) can be added without forgetting those below.
    """
    if ip is None:
        return ()
    return Node(ADDRESS, ROOT), Node(ADDRESS, "network", (network.network(ip),)), Node(ADDRESS, "address", (network.source(ip),))


def agent(found: Agent) -> Chain:
    """Device, system, browser, version: each within the one before."""
    device, system, browser = (found.device,), (found.device, found.system), (found.device, found.system, found.browser)
    return (
        Node(AGENT, ROOT),
        Node(AGENT, "device", device),
        Node(AGENT, "system", system),
        Node(AGENT, "browser", browser, found.major),
        Node(AGENT, "version", (*browser, found.version)),
    )
