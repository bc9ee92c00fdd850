"""PURE: what a backtest found, as tables of numbers: the same for the terminal, the page and a
program.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from risk.backtest.attackers import KINDS, Kind
from risk.backtest.suggest import Curve, Suggestion, between, curves
from risk.backtest.tally import REASONS, Share, Totals
from risk.policy.rules import Policy

NAMED = 20
"""People of the list that is shown."""

SHARES = ("all", "settled", "known", "unknown", "staff")


@dataclass(frozen=True, slots=True)
class Affected:
    """A person, in good sign-ins."""

    user_id: int
    sign_ins: int
    newly_asked: int
    no_longer_asked: int
    newly_strong: int


def shares(tally: Totals) -> Mapping[str, Share]:
    """In the order in which they are told; those without a sign-in are left out."""
    return {name: tally.shares[name] for name in SHARES if name in tally.shares}


def groups(tally: Totals) -> Mapping[str, Share]:
    return dict(sorted(tally.groups.items()))


def attackers(tally: Totals) -> dict[Kind, Share]:
    """Of each kind that was drawn; none where they were drawn from a past that
    is not the site's."""
    return {
        kind: tally.drawn[kind].share
        for kind in KINDS
        if tally.is_true and tally.drawn[kind].share.total
    }


def reasons(tally: Totals) -> list[tuple[str, int, int]]:
    """Reason, how many now, how many under the draft."""
    return [
        (why, tally.why_now[why], tally.why_draft[why])
        for why in REASONS
        if tally.why_now[why] or tally.why_draft[why]
    ]


def affected(tally: Totals, most: int = NAMED) -> tuple[int, list[Affected]]:
    """How many people anything changes for, and those for whom it changes most."""
    found = [
        Affected(user_id, each.sign_ins, each.newly_asked, each.no_longer_asked, each.newly_strong)
        for user_id, each in tally.people.items()
        if each.is_any
    ]
    found.sort(
        key=lambda one: (-one.newly_asked - one.newly_strong, -one.no_longer_asked, one.user_id)
    )
    return len(found), found[:most]


def as_json(tally: Totals, policy: Policy, suggestions: list[Suggestion]) -> dict[str, Any]:
    """Everything, for a program. Shares are 0 to 1; people and rows are numbers."""
    changed, people = affected(tally, len(tally.people))
    return {
        "rows": tally.rows,
        "unjudged": tally.unjudged,
        "without_evidence": tally.unnoted,
        "reproduced": tally.reproduced,
        "points_made_again_from_inputs": tally.weighed,
        "not_reproduced": tally.broken_total,
        "not_reproduced_rows": [{"id": each.pk, "what": list(each.what)} for each in tally.broken],
        "not_rescored": tally.unscored,
        "good": {name: asdict(share) for name, share in shares(tally).items()},
        "groups": {name: asdict(share) for name, share in groups(tally).items()},
        "reasons": {why: {"now": now, "draft": draft} for why, now, draft in reasons(tally)},
        "affected": changed,
        "affected_people": [asdict(each) for each in people],
        "called_false": asdict(tally.false_total),
        "called_false_rows": [_called_false(each) for each in tally.false],
        "attackers": {kind: _drawn(share) for kind, share in attackers(tally).items()},
        "history_compared": tally.compared,
        "history_agreed": tally.agreed,
        "curves": {
            mark: [_curve(each) for each in curves(tally, mark, policy)]
            for mark in ("challenge", "strict")
        },
        "suggestions": [asdict(each) for each in suggestions],
    }


def _called_false(each: Any) -> dict[str, Any]:
    rulings = {
        name: {"score": ruling.score, "decision": ruling.decision, "required": ruling.required}
        for name, ruling in (("now", each.now), ("draft", each.draft))
    }
    return {
        "id": each.pk,
        "at": each.at,
        "user_id": each.user_id,
        "outcome": each.outcome,
    } | rulings


def _drawn(share: Share) -> dict[str, Any]:
    return asdict(share) | {"asked_draft_between": between(share.asked_draft, share.total)}


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "kind": curve.kind,
        "points": [[point.threshold, point.good, point.stopped] for point in curve.points],
    }
