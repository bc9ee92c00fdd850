"""PURE: the model in use: findings with hand-set points, added up.

The running sum stays within 0 and 100: what raises comes first, then what lowers, and a finding
that would leave the scale is cut to what fits. So the points shown always add up to the score, and
no bar leaves the picture.
"""

from collections.abc import Iterable
from dataclasses import replace

from risk.attempt import Attempt
from risk.context import Finding
from risk.habits import History
from risk.model import Scored
from risk.signals import FIRST_SET

LOWEST, HIGHEST = 0, 100


def add_up(findings: Iterable[Finding]) -> tuple[int, tuple[Finding, ...]]:
    """The sum and the findings with the points they had in it."""
    total, fitted = LOWEST, []
    for finding in sorted(findings, key=lambda one: one.points < 0):
        after = min(HIGHEST, max(LOWEST, total + finding.points))
        fitted.append(replace(finding, points=after - total))
        total = after
    return total, tuple(fitted)


class AdditiveModel:
    """The first set of signals, one sheet of points."""

    name = "additive"
    version = "1"

    def score(self, attempt: Attempt, history: History) -> Scored:
        """Sum of what each signal finds."""
        score, findings = add_up(
            finding for signal in FIRST_SET for finding in signal(attempt, history)
        )
        return Scored(score, findings, self.name, self.version)

    def update(self, attempt: Attempt, outcome: str) -> None:
        """It remembers nothing but the counts."""
