"""Keyed digests: what the counts and the look-ups know values by.

A digest starts with the id of its key. New ones are made under the newest root key; look-ups ask
for the value under every key we hold (newest first), so nothing is forgotten while an old key is
kept. When it is dropped, what was counted under it fades within the life of a count; the addresses
themselves are sealed, and sealed values follow the same keys.
"""

import unicodedata

from mfaproject.lib import seal, tokens
from risk.login import network
from risk.login.chains import Node

LENGTH = 31
"""Key id, dot and 22 characters: 132 bits, and a short index."""


def digests(purpose: str, *parts: str) -> tuple[str, ...]:
    """The digest of a value under each key, newest first."""
    return tuple(made[:LENGTH] for made in seal.macs(purpose, *parts))


def of_node(node: Node) -> tuple[str, ...]:
    """Of a place in a chain, for the counts."""
    return digests("risk-count", node.chain, node.level, *node.path)


def of_named(digest: str) -> str:
    """Of the same place as one where second factors failed: the two stand side
    by side in the counts."""
    return digest.replace(".", "!", 1)


def is_named(digest: str) -> bool:
    return "!" in digest


def of_address(ip: str) -> tuple[str, ...]:
    """Of the very address, for the admin who looks for it."""
    return digests("risk-address", ip)


def of_source(ip: str) -> tuple[str, ...]:
    """Of the line behind an address: itself, or the /64."""
    return digests("risk-source", network.source(ip))


def of_subnet(ip: str) -> tuple[str, ...]:
    """Of the neighbourhood of an address."""
    return digests("risk-subnet", network.subnet(ip))


def of_name(typed: str) -> tuple[str, ...]:
    """Of a name that nobody has: somebody may have typed a password there."""
    return digests("risk-name", unicodedata.normalize("NFKC", typed).casefold().strip())


def of_agent(user_agent: str) -> str:
    """A short name for a user agent, which is no secret of the ledger."""
    return tokens.digest("risk-agent", user_agent)[:22] if user_agent else ""


def of_browser(selector: str | None) -> str:
    """Of a known browser's selector, which is random enough to need no key."""
    return tokens.digest("risk-browser", selector) if selector else ""
