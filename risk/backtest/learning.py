"""PURE: what the ledger notes of lessons, as chains of digests. No address is in them and none is
needed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from risk.login import chains
from risk.login.chains import ADDRESS, AGENT, ROOT, Chain, Node

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
CONSTANTS = frozenset(
    {
        Node(ADDRESS, ROOT),
        Node(AGENT, ROOT),
        *chains.cookie(True),
        *chains.cookie(False),
        *(node for hour in range(7 * 24) for node in chains.hours(MONDAY + timedelta(hours=hour))),
    }
)


@dataclass(slots=True)
class Names:
    """One value may have several digests, one for each key: the first that was
    seen stands for all of them."""

    nodes: dict[str, Node] = field(default_factory=dict)
    chains: dict[Chain, Chain] = field(default_factory=dict)

    def know(self, digests: Callable[[Node], Iterable[str]]) -> None:
        """The few values that are known without any row keep their own names: roots, whether a
        browser was known, the times of a week."""
        for node in CONSTANTS:
            self.nodes.update(dict.fromkeys(digests(node), node))

    def node(self, chain: str, level: str, digests: Iterable[str]) -> Node:
        found = next((self.nodes[digest] for digest in digests if digest in self.nodes), None)
        for digest in digests:
            found = found or Node(chain, level, (digest,))
            self.nodes.setdefault(digest, found)
        if found is None:
            raise ValueError("a node without a digest")
        return found

    def chain(self, nodes: Iterable[Node]) -> Chain:
        """The same object for the same path: a site shows few different ones."""
        made = tuple(nodes)
        return self.chains.setdefault(made, made)

    def places(self, noted: Iterable[Sequence[str]]) -> Chain:
        """Of an address, from the root down. Raises TypeError or ValueError for what is none."""
        return self.chain(self.node(ADDRESS, level, tuple(digests)) for level, *digests in noted)

    def lesson(self, noted: Mapping[str, Any]) -> "NotedLesson":
        """Raises KeyError, TypeError or ValueError for what is no lesson."""
        chains = {
            name: self.chain(
                self.node(name, level, tuple(digests)) for level, _mark, *digests in nodes
            )
            for name, *nodes in noted["chains"]
            if nodes
        }
        return NotedLesson(
            chains, float(noted["weight"]), int(noted["at"]), bool(noted["only_seen"])
        )


@dataclass(frozen=True, slots=True)
class NotedLesson:
    """What one sign-in taught: chains by name, with what weight, when."""

    chains: Mapping[str, Chain]
    weight: float
    at: int
    only_seen: bool
