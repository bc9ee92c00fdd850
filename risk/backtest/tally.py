"""PURE: counting what was decided and what would have been."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from risk.backtest.attackers import KINDS, Kind
from risk.backtest.limits import HIGHEST, Limits, is_asked, needs_strong
from risk.backtest.records import LedgerRow
from risk.policy.rules import MOVED, Circumstances, Ruling

Reason = Literal["score", "changed", "first", "unknown", "held", "staff", "refused"]
REASONS: tuple[Reason, ...] = ("score", "changed", "first", "unknown", "held", "staff", "refused")
AGREED = 0.8
LISTED = 200
"""Rows that are named; the others are counted."""


@dataclass(slots=True)
class Share:
    """Sign-ins, and how many were or would have been asked for more, and for a strong factor."""

    total: int = 0
    asked_now: int = 0
    asked_draft: int = 0
    strong_now: int = 0
    strong_draft: int = 0

    def add(self, now: Ruling, draft: Ruling) -> None:
        self.total += 1
        self.asked_now += is_asked(now)
        self.asked_draft += is_asked(draft)
        self.strong_now += needs_strong(now)
        self.strong_draft += needs_strong(draft)


@dataclass(slots=True)
class Marks:
    """How many are asked at each threshold, 0 to 100."""

    at: list[int] = field(default_factory=lambda: [0] * (HIGHEST + 1))

    def add(self, highest: int) -> None:
        self.at[highest] += 1

    @property
    def total(self) -> int:
        return sum(self.at)

    def asked(self) -> list[int]:
        """For each threshold, those that it asks: their highest one is this one or above."""
        return list(accumulate(reversed(self.at)))[::-1]


@dataclass(slots=True)
class Drawn:
    """Simulated attackers of one kind."""

    share: Share = field(default_factory=Share)
    asked: Marks = field(default_factory=Marks)
    strong: Marks = field(default_factory=Marks)

    def add(self, now: Ruling, draft: Ruling, limits: Limits) -> None:
        self.share.add(now, draft)
        self.asked.add(limits.asked)
        self.strong.add(limits.strong)


@dataclass(frozen=True, slots=True)
class CalledFalse:
    """A sign-in that its owner disavowed or denied, before and after."""

    pk: int
    at: float
    user_id: int
    outcome: str
    now: Ruling
    draft: Ruling


@dataclass(frozen=True, slots=True)
class Broken:
    """A row whose verdict does not come out again, and in what."""

    pk: int
    what: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """What changes for one person, in good sign-ins."""

    sign_ins: int = 0
    newly_asked: int = 0
    no_longer_asked: int = 0
    newly_strong: int = 0

    @property
    def is_any(self) -> bool:
        return bool(self.newly_asked or self.no_longer_asked or self.newly_strong)

    def add(self, now: Ruling, draft: Ruling) -> None:
        self.sign_ins += 1
        self.newly_asked += is_asked(draft) and not is_asked(now)
        self.no_longer_asked += is_asked(now) and not is_asked(draft)
        self.newly_strong += needs_strong(draft) and not needs_strong(now)


@dataclass(slots=True)
class Totals:
    """Everything that is counted on the way."""

    rows: int = 0
    unjudged: int = 0
    unnoted: int = 0
    reproduced: int = 0
    weighed: int = 0
    broken_total: int = 0
    broken: list[Broken] = field(default_factory=list)
    unscored: int = 0
    shares: dict[str, Share] = field(default_factory=dict)
    groups: dict[str, Share] = field(default_factory=dict)
    why_now: Counter[Reason] = field(default_factory=Counter)
    why_draft: Counter[Reason] = field(default_factory=Counter)
    people: dict[int, Changes] = field(default_factory=dict)
    false_total: Share = field(default_factory=Share)
    false: list[CalledFalse] = field(default_factory=list)
    good_asked: Marks = field(default_factory=Marks)
    good_asked_known: Marks = field(default_factory=Marks)
    good_strong: Marks = field(default_factory=Marks)
    drawn: dict[Kind, Drawn] = field(default_factory=lambda: {kind: Drawn() for kind in KINDS})
    moments: int = 0
    compared: int = 0
    agreed: int = 0

    @property
    def is_true(self) -> bool:
        """Whether what is known here of the past is what the site knew: else nothing that is drawn
        from it means anything."""
        return self.agreed >= AGREED * self.compared

    def good(
        self,
        row: LedgerRow,
        now: Ruling,
        draft: Ruling,
        facts: Circumstances,
        *,
        named: Iterable[str],
        groups: Iterable[str],
    ) -> None:
        """A sign-in of the person's own. `named`: the shares that it belongs to."""
        for where, names in ((self.shares, named), (self.groups, groups)):
            for name in names:
                where.setdefault(name, Share()).add(now, draft)
        self.why_now.update(reasons(now, facts))
        self.why_draft.update(reasons(draft, facts))
        if row.user_id is not None:
            self.people.setdefault(row.user_id, Changes()).add(now, draft)

    def called_false(self, row: LedgerRow, now: Ruling, draft: Ruling) -> None:
        self.false_total.add(now, draft)
        if row.user_id is not None:
            self.false.append(CalledFalse(row.pk, row.at, row.user_id, row.outcome, now, draft))
            del self.false[:-LISTED]

    def mark(self, limits: Limits, *, knows: bool) -> None:
        """A good sign-in that the draft is for."""
        self.good_asked.add(limits.asked)
        self.good_strong.add(limits.strong)
        if knows:
            self.good_asked_known.add(limits.asked)

    def breaks(self, row: LedgerRow, what: tuple[str, ...]) -> None:
        self.broken_total += 1
        if len(self.broken) < LISTED:
            self.broken.append(Broken(row.pk, what))


def reasons(ruling: Ruling, facts: Circumstances) -> tuple[Reason, ...]:
    """The one reason for asking, the most certain first; none where the password was enough."""
    if not is_asked(ruling):
        return ()
    names = {finding.name for finding in ruling.findings}
    applies: tuple[tuple[bool, Reason], ...] = (
        (ruling.decision == "block", "refused"),
        (facts.is_staff, "staff"),
        (bool(names & {"floor_hard", "floor_held"}), "held"),
        (not facts.knows, "unknown"),
        (facts.first, "first"),
        (bool(names & MOVED), "changed"),
        (True, "score"),
    )
    return (next(reason for holds, reason in applies if holds),)
