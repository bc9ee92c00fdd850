"""Makers for the tests of a backtest's parts: what was counted, without a past."""

from datetime import UTC, datetime
from typing import Any

from risk.backtest import text
from risk.backtest.limits import Limits
from risk.backtest.outcome import Asked, Outcome
from risk.backtest.suggest import Suggestion
from risk.backtest.tally import Broken, CalledFalse, Changes, Share, Totals
from risk.login.context import Decision, Level, Required
from risk.policy.drafts import PolicyDraft
from risk.policy.rules import Policy, Ruling

NOW = Policy("built-in", 1, 50, 90)
DRAFT = PolicyDraft("default", 20, 70)
FIRST, LAST = (datetime(2026, 1, day, tzinfo=UTC).timestamp() for day in (2, 31))


def ruling(
    decision: Decision = "allow", required: Required = "none", score: int = 10, level: Level = "low"
) -> Ruling:
    return Ruling(score, level, (), decision, required)


ALLOW, ASK, STRONG, BLOCK = (
    ruling(),
    ruling("step_up", "weak", 60, "medium"),
    ruling("step_up", "strong", 95, "high"),
    ruling("block", "none", 95, "high"),
)


def totals(**counted: Any) -> Totals:
    """Forty rows that came out again, unless told otherwise."""
    usual: dict[str, Any] = {
        "rows": 40,
        "reproduced": 40,
        "weighed": 40,
        "compared": 10,
        "agreed": 10,
    }
    return Totals(**(usual | counted))


def outcome(tally: Totals | None = None, **facts: Any) -> Outcome:
    """Of the whole ledger, in four seconds."""
    usual: dict[str, Any] = {
        "asked": Asked(DRAFT),
        "tally": tally if tally is not None else totals(),
        "now": NOW,
        "first_at": FIRST,
        "last_at": LAST,
        "read": 40,
        "total": 40,
        "seconds": 4.0,
        "is_cut": False,
        "is_sampled": False,
        "unread_lessons": 0,
        "new_version": "",
    }
    return Outcome(**(usual | facts))


def draw(tally: Totals, kind: Any, number: int, draft: Ruling = ASK, highest: int = 50) -> None:
    """So many attackers of a kind, whom nobody asks now."""
    for _ in range(number):
        tally.drawn[kind].add(ALLOW, draft, Limits(highest, highest))


def share(total: int, asked: int, draft: int) -> Share:
    return Share(total, asked, draft)


def called_false(pk: int, now: Ruling = ALLOW, draft: Ruling = ASK) -> CalledFalse:
    return CalledFalse(pk, FIRST, 7, "disavowed", now, draft)


def broken(number: int) -> list[Broken]:
    return [Broken(pk, ("score", "level")) for pk in range(1, number + 1)]


def noticed(**people: tuple[int, int, int, int]) -> dict[int, Changes]:
    """By names such as p7, for the person number 7."""
    return {int(name[1:]): Changes(*numbers) for name, numbers in people.items()}


def told(found: Outcome, *suggestions: Suggestion) -> list[str]:
    """As plain text, line by line."""
    return list(text.report(found, list(suggestions), lambda number: f"person {number}"))
