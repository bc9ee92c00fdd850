"""PURE: "at most so many asked", "so many attackers stopped": from a wish to thresholds."""

from risk.backtest.attackers import KINDS
from risk.backtest.suggest import Suggestion, at_most, stop
from risk.backtest.tally import Totals
from risk.policy.rules import Policy


def suggested(
    tally: Totals, policy: Policy, at_most_share: float | None, stop_share: float | None
) -> list[Suggestion]:
    """Each threshold by itself, with the draft's other one. Attackers without a cookie are always
    asked, so for `challenge` only thieves count."""
    found: list[Suggestion | None] = []
    if at_most_share is not None:
        found += [
            at_most(tally, "challenge", policy, at_most_share, "all"),
            at_most(tally, "challenge", policy, at_most_share, "known"),
            at_most(tally, "strict", policy, at_most_share, "all"),
        ]
    if stop_share is not None:
        found += [stop(tally, "challenge", policy, stop_share, "thief")]
        found += [stop(tally, "strict", policy, stop_share, kind) for kind in KINDS]
    return [each for each in found if each]
