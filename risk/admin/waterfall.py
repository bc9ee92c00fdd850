"""PURE: findings as bars. Each starts where the one before ended; per cent of the picture are
points.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FindingBar:
    """One finding. The bar goes from `start` over `width`; `total` is the sum so far."""

    name: str
    points: int
    sentence: str
    start: int
    width: int
    total: int

    @property
    def rises(self) -> bool:
        return self.points > 0

    @property
    def trend(self) -> str:
        """Its class in the table: raises the sum, lowers it, or leaves it."""
        return ("lowers", "", "rises")[(self.points > 0) - (self.points < 0) + 1]

    @property
    def signed(self) -> str:
        """With a real minus sign, and a plus where it raises."""
        return f"+{self.points}" if self.points > 0 else str(self.points).replace("-", "−")


def rows(findings: Iterable[Mapping[str, Any]]) -> list[FindingBar]:
    """From the ledger's JSON: mappings with name, points and sentence."""
    found, total = [], 0
    for finding in findings:
        points = int(finding["points"])
        before, total = total, total + points
        found.append(
            FindingBar(
                str(finding["name"]),
                points,
                str(finding["sentence"]),
                min(before, total),
                abs(points),
                total,
            )
        )
    return found
