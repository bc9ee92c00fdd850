"""PURE: what the site knew at each moment of its past: the counts in memory, for as many accounts
as fit.
"""

from dataclasses import dataclass, field, replace
from hashlib import blake2b

from risk.backtest.attackers import PastSignIns
from risk.backtest.learning import Names, NotedLesson
from risk.backtest.records import LedgerRow
from risk.history.in_memory_counts import Around, Memory
from risk.login import outcomes
from risk.login.attempt import Attempt
from risk.login.chains import SIGN_INS
from risk.login.history import History, Lately, Success
from risk.scoring import evidence, registry

DAY = 86_400
UNUSED = 180 * DAY
MOST = 5_000
"""Accounts whose histories are kept. On a larger site chance chooses them; how many sign-ins each
of the others had is kept for all."""

CLOSE = 0.05
TOLD = 16  # as risk.history.recent_events tells
SUCCESSES = (outcomes.ADMITTED, outcomes.DISAVOWED)  # who disavows was let in before
CHANGES = (outcomes.PASSWORD_RESET, outcomes.FACTOR_CHANGED, outcomes.ENROLMENT)


@dataclass(slots=True)
class Known:
    """Taught by the lessons of the ledger, each at its time. `unread` counts
    those that say nothing."""

    seed: str
    names: Names = field(default_factory=Names)
    memory: Memory = field(default_factory=lambda: Memory(fades=True))
    seen: PastSignIns = field(default_factory=PastSignIns)
    sign_ins: dict[int, int] = field(default_factory=dict)
    days: dict[int, int] = field(default_factory=dict)
    newest: dict[int, tuple[LedgerRow, ...]] = field(default_factory=dict)
    unread: int = 0
    halvings: int = 0
    today: int = 0

    def teach(self, row: LedgerRow, at: float, *, undo: bool) -> None:
        """A row has ended at that moment, or was undone."""
        self.memory.share(at)
        account = row.user_id
        if account is None:
            return
        if row.learned is not None:
            self.sign_ins[account] = self.sign_ins.get(account, 0) + (-1 if undo else 1)
        if self._keeps(account):
            self._note(account, row, undo=undo)
            self._learn(account, row, undo=undo)
            self._name(account, row)

    def _note(self, account: int, row: LedgerRow, *, undo: bool) -> None:
        """What the newest rows of an account tell, as `lately` reads it."""
        newest = self.newest.get(account, ())
        if undo:
            self.newest[account] = tuple(each for each in newest if each.pk != row.pk)
        elif row.outcome in (*SUCCESSES, *CHANGES):
            self.newest[account] = (*newest, row.without_verdict())[-TOLD:]

    def _learn(self, account: int, row: LedgerRow, *, undo: bool) -> None:
        if row.learned is None:
            return
        try:
            lesson = self.names.lesson(row.learned)
        except (AttributeError, KeyError, TypeError, ValueError):
            self.unread += not undo
            return
        if undo:
            self.memory.unlearn(
                str(account), lesson.chains.values(), lesson.at, weight=lesson.weight
            )
            self.seen.take_back(account, lesson)
            return
        self._pass_time(account, lesson.at)
        self.memory.learn(
            str(account),
            lesson.chains.values(),
            lesson.at,
            weight=lesson.weight,
            only_seen=lesson.only_seen,
        )
        self._add(account, lesson, row)

    def _name(self, account: int, row: LedgerRow) -> None:
        """A second factor failed. Nothing undoes that."""
        if row.outcome not in outcomes.NAMING or row.ended_at is None:
            return
        try:
            places = self.names.places(row.places)
        except (TypeError, ValueError):
            self.unread += 1
            return
        self._pass_time(account, row.ended_at)
        self.memory.name(str(account), places, int(row.ended_at))

    def history(self, attempt: Attempt, account: int) -> History:
        """What was known of an account around an attempt, without the failures around it."""
        at = attempt.at.timestamp()
        self._pass_time(account, at)
        found = self.memory.history(attempt.chains, Around(str(account), "", "", ""), at)
        sign_ins = self.memory.mine.get(str(account), {}).get(SIGN_INS)
        return replace(
            found, lately=self._lately(account), last_at=sign_ins.last if sign_ins else None
        )

    def _lately(self, account: int) -> Lately:
        newest = sorted(self.newest.get(account, ()), key=lambda row: -row.at)
        successes = tuple(
            Success(float(int(row.at)), row.country, bool(row.kinds), row.placed)
            for row in newest
            if row.outcome in SUCCESSES
        )
        factor = next(
            (float(int(row.at)) for row in newest if row.outcome == outcomes.FACTOR_CHANGED), None
        )
        password = next(
            (
                float(int(row.at))
                for row in newest
                if row.outcome in (outcomes.PASSWORD_RESET, outcomes.ENROLMENT)
            ),
            None,
        )
        return Lately(successes, password, factor)

    def agrees(self, row: LedgerRow, attempt: Attempt) -> bool:
        """Whether what is known here gives the numbers that the site noted."""
        if row.user_id is None or row.verdict is None:
            return False
        ours, noted = (
            evidence.measure(attempt, self.history(attempt, row.user_id)),
            row.verdict.inputs,
        )
        return all(
            abs(ours.get(name, 0.0) - noted.get(name, 0.0)) <= CLOSE
            for name, each in registry.installed().inputs.items()
            if each.from_ledger
        )

    def _keeps(self, account: int) -> bool:
        return (
            not self.halvings
            or int.from_bytes(blake2b(f"{self.seed}:{account}".encode(), digest_size=4).digest())
            % 2**self.halvings
            == 0
        )

    def _add(self, account: int, lesson: NotedLesson, row: LedgerRow) -> None:
        self.seen.add(account, lesson, row.country, row.kinds)
        while len(self.seen.own) > MOST:
            self.halvings += 1
            for other in [other for other in self.seen.own if not self._keeps(other)]:
                self.seen.drop(other)
                self.memory.mine.pop(str(other), None)
                self.memory.named.pop(str(other), None)
                self.days.pop(other, None)
                self.newest.pop(other, None)
                self.memory.last.pop(str(other), None)
            self.seen.accounts = list(self.seen.own)

    def _pass_time(self, account: int, at: float) -> None:
        """What nobody has shown for long is let go of at midnight, as the site does."""
        day = int(at) // DAY
        if self.days.get(account) != day:
            self.days[account] = day
            self.memory.forget(str(account), day * DAY - UNUSED)
        if day > self.today:
            self.today = day
            self.memory.forget_everybodys(day * DAY - UNUSED)
