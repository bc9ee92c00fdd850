"""How often, how many, for how long: every number of this app, and the rules that use them. Pure.

A `BudgetState` is what one budget row holds: one person, one kind of factor, one lane. Rules take
it and the present second and give a wait or the budget afterwards; who stores it sees to it that
nobody else changed it meanwhile. Times are whole seconds since 1970. docs/limits.md lists the
numbers; a test compares.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

MINUTE, QUARTER, HOUR, DAY = 60, 15 * 60, 60 * 60, 24 * 60 * 60

PUSH_LIFE = 2 * MINUTE
CODE_LIFE = 10 * MINUTE
COLLECT_WITHIN = 10 * MINUTE
SEND_EVERY = 30
SENDS_PER_LOGIN = 3
SENDS_PER_QUARTER = 5
SENDS_PER_DAY = 10
PUSHES_OPEN_PER_LOGIN = 1
PUSHES_OPEN_PER_USER = 2
PUSHES_PER_LOGIN = 3
PUSHES_PER_QUARTER = 5
PUSHES_UNANSWERED = 10
RECOVERIES_PER_HOUR = 2
PUSH_REST = 30 * MINUTE
WRONG_NUMBERS = 2
TRIES_PER_CODE = 5
TRIES_PER_DAY = 50
TRIES_IN_A_ROW = 100
STRANGERS_FAILURES_PER_DAY = 10
YOUNG_DEVICE = DAY
TOTP_STEP = 30
TOTP_STEPS_AROUND = 1
RECOVERY_CODES = 10
DRAFT_LIFE = 30 * MINUTE
ENROLMENT_REST = DAY
SMS_PER_NUMBER_HOUR = 5

RECOVERY = "reset"
"""The purpose of prompts that stand between a mailed link and a new password:
they have a share of their own."""
ENROLMENT = "enrol"
"""The lane of codes that prove a new address: what happens there ends and
spends nothing of sign-ins."""
Off = Literal["", "not_me", "wrong_number", "tries"]
WITHDRAWN: tuple[Off, ...] = ("not_me", "wrong_number")
"""Reasons for which push rests and, for strangers, the weaker ways with it: a refused thief must
not simply take the next door."""


Send = tuple[int, str]
"""When a message went out, and for which journey."""


@dataclass(frozen=True, slots=True)
class Rule:
    """So many per journey, and so many (first) in any so many seconds (second). `kept`: where a
    budget keeps what it counts."""

    per_login: int
    windows: tuple[tuple[int, int], ...]
    kept: Literal["sends", "recoveries"] = "sends"

    @property
    def longest(self) -> int:
        return max(span for _, span in self.windows)


SENDS = Rule(SENDS_PER_LOGIN, ((1, SEND_EVERY), (SENDS_PER_QUARTER, QUARTER), (SENDS_PER_DAY, DAY)))
PUSHES = Rule(PUSHES_PER_LOGIN, ((PUSHES_PER_QUARTER, QUARTER),))
RECOVERIES = Rule(RECOVERIES_PER_HOUR, ((RECOVERIES_PER_HOUR, HOUR),), "recoveries")


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong answers after which a kind is off in its lane: in a day, and in a row."""

    per_day: int = TRIES_PER_DAY
    in_a_row: int = TRIES_IN_A_ROW


TRIES = Tries()


@dataclass(frozen=True, slots=True)
class BudgetState:
    """`failures` count from `failures_since` for a day. `off_until` 0 with an
    `off`: until enrolled anew."""

    sends: tuple[Send, ...] = ()
    recoveries: tuple[Send, ...] = ()
    unanswered: int = 0
    wrong_numbers: int = 0
    failures: int = 0
    failures_since: int = 0
    in_a_row: int = 0
    off: Off = ""
    off_until: int = 0
    only_strong: bool = False


class Refusal(Protocol):
    """What a refusal on the phone does to a budget: `wrong_number` and `not_me`."""

    def __call__(
        self, budget: BudgetState, *, lane: str, elsewhere: int, now: int
    ) -> BudgetState: ...


def is_off(budget: BudgetState, now: int) -> bool:
    """Whether this kind of factor is switched off in this lane."""
    return bool(budget.off) and (budget.off_until == 0 or now < budget.off_until)


def off_for(budget: BudgetState, now: int) -> int:
    """Seconds until it is on again; 0 where it is on, or off until enrolled anew."""
    return max(0, budget.off_until - now) if is_off(budget, now) else 0


def kept_by(budget: BudgetState, rule: Rule) -> tuple[Send, ...]:
    """What counts under a rule."""
    return budget.recoveries if rule.kept == "recoveries" else budget.sends


def until_send(
    budget: BudgetState,
    rule: Rule,
    *,
    journey: str,
    ends: int,
    now: int,
    approved: Container[Send] = (),
) -> int:
    """Seconds until another message may go out, 0 for now. Where the journey's own share is spent,
    that is when the journey `ends`.

    `approved`: prompts that the person approved. They take nothing from the windows.
    """
    if is_spent(budget, rule, journey=journey):
        return max(1, ends - now)
    times = [send[0] for send in kept_by(budget, rule) if send not in approved]
    return max((_until_free(times, most, span, now) for most, span in rule.windows), default=0)


def is_spent(budget: BudgetState, rule: Rule, *, journey: str) -> bool:
    """Whether this journey has had its share: waiting does not help, beginning anew does."""
    return sum(1 for _, whose in kept_by(budget, rule) if whose == journey) >= rule.per_login


def _until_free(times: list[int], most: int, span: int, now: int) -> int:
    recent = sorted(at for at in times if at > now - span)
    return recent[-most] + span - now if len(recent) >= most else 0


def sent(budget: BudgetState, rule: Rule, *, journey: str, now: int) -> BudgetState:
    """One more message went out. Forgets those that no rule looks at any more."""
    kept = tuple(
        entry for entry in kept_by(budget, rule) if entry[0] > now - max(rule.longest, CODE_LIFE)
    )
    after = (*kept, (now, journey))
    if rule.kept == "recoveries":
        return replace(budget, recoveries=after)
    return replace(budget, sends=after, unanswered=budget.unanswered + (rule is PUSHES))


def has_tired(budget: BudgetState) -> bool:
    """Whether so many prompts went unanswered that no more are sent until the
    person approves one, or pairs anew."""
    return budget.unanswered >= PUSHES_UNANSWERED


def right_code(budget: BudgetState) -> BudgetState:
    """A right code ends a row of wrong ones."""
    return replace(budget, in_a_row=0)


def wrong_code(
    budget: BudgetState, *, lane: str, elsewhere: int, now: int, tries: Tries = TRIES
) -> BudgetState:
    """One more wrong code. `elsewhere`: today's failures of the person's other
    factors in the same lane."""
    after = _failed(
        replace(budget, in_a_row=budget.in_a_row + 1), lane=lane, elsewhere=elsewhere, now=now
    )
    if after.in_a_row >= tries.in_a_row or after.failures >= tries.per_day:
        # Who proves a new address has nothing else to bind anew with: there it is off for a day
        # only.
        return replace(
            after, off="tries", off_until=now + ENROLMENT_REST if lane == ENROLMENT else 0
        )
    return after


def wrong_number(budget: BudgetState, *, lane: str, elsewhere: int, now: int) -> BudgetState:
    """A number that was not on the screen: whoever typed it looked at another one, or at none."""
    after = _failed(
        replace(budget, wrong_numbers=budget.wrong_numbers + 1),
        lane=lane,
        elsewhere=elsewhere,
        now=now,
    )
    return _resting(after, "wrong_number", now) if after.wrong_numbers >= WRONG_NUMBERS else after


def not_me(budget: BudgetState, *, lane: str, elsewhere: int, now: int) -> BudgetState:
    """The person says that somebody else is signing in."""
    return _resting(_failed(budget, lane=lane, elsewhere=elsewhere, now=now), "not_me", now)


def enrolled_anew(budget: BudgetState) -> BudgetState:
    """The person bound this kind of factor again: what was off is on."""
    return replace(
        budget, off="", off_until=0, in_a_row=0, unanswered=0, wrong_numbers=0, failures=0
    )


def weak_ways_closed(budgets: Iterable[BudgetState], *, lane: str, now: int) -> bool:
    """No downgrade: whether browsers that the person does not use have lost the ways that a thief
    of password and mailbox could use."""
    return lane == "other" and any(
        budget.only_strong or (budget.off in WITHDRAWN and is_off(budget, now))
        for budget in budgets
    )


def _resting(budget: BudgetState, why: Off, now: int) -> BudgetState:
    return replace(budget, off=why, off_until=now + PUSH_REST, wrong_numbers=0)


def failures_today(budget: BudgetState, now: int) -> int:
    """Failures that still count."""
    return budget.failures if now - budget.failures_since < DAY else 0


def _failed(budget: BudgetState, *, lane: str, elsewhere: int, now: int) -> BudgetState:
    """One more failure. Ten a day from strange browsers mean that the password is out."""
    before = failures_today(budget, now)
    leaked = lane == "other" and before + 1 + elsewhere >= STRANGERS_FAILURES_PER_DAY
    since = budget.failures_since if before else now
    return replace(
        budget, failures=before + 1, failures_since=since, only_strong=budget.only_strong or leaked
    )
