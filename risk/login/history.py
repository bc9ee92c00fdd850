"""PURE: what is remembered, as the signals see it."""

from dataclasses import dataclass
from math import exp2

from risk.login.chains import ADDRESS, AGENT, COOKIE, HOURS, Node

PLACES = ("country", "provider")
"""Levels of the address chain that data files know."""

HALF_LIFE = 90 * 86_400.0
"""Seconds after which a sign-in counts half."""


@dataclass(frozen=True, slots=True)
class Count:
    """A node of a chain: `n` weighs by age, `times` is how often it really was, `distinct` how many
    different children it has."""

    n: float = 0.0
    times: int = 0
    distinct: int = 0
    mark: int = 0

    def plus(self, other: "Count") -> "Count":
        """Two rows of one node, written under two keys."""
        return Count(
            self.n + other.n,
            self.times + other.times,
            self.distinct + other.distinct,
            max(self.mark, other.mark),
        )


NOTHING = Count()


def decayed(n: float, age: float) -> float:
    """What a count is worth `age` seconds after it was written."""
    return n * exp2(-max(0.0, age) / HALF_LIFE)


@dataclass(frozen=True, slots=True)
class Step:
    """A node of this login's chain with the person's count of it, everybody's (one per account),
    and how many failed a second factor there."""

    node: Node
    mine: Count
    everybody: Count = NOTHING
    failed: Count = NOTHING


@dataclass(frozen=True, slots=True)
class FailureCount:
    """The newest logins of one account, address, subnet or user agent.

    `weight` are those that failed, halved with each half-life; `accounts` is at how many accounts
    they failed, `admitted` how many got in.
    """

    weight: float = 0.0
    failed: int = 0
    total: int = 0
    accounts: int = 0
    admitted: int = 0

    @property
    def share(self) -> float:
        """The part of the logins that failed, 0 to 1."""
        return self.failed / self.total if self.total else 0.0

    @property
    def share_of_accounts(self) -> float:
        """The part of the accounts that were tried in vain, 0 to 1. Whoever owns one account can
        sign in to it often, but it stays one."""
        return self.accounts / (self.accounts + self.admitted) if self.accounts else 0.0


NO_FAILURES = FailureCount()


@dataclass(frozen=True, slots=True)
class Failures:
    """Recent failures around this login."""

    account: FailureCount = NO_FAILURES
    source: FailureCount = NO_FAILURES
    subnet: FailureCount = NO_FAILURES
    agent: FailureCount = NO_FAILURES


@dataclass(frozen=True, slots=True)
class Held:
    """Who said "not me" about this source in the last day: this person, and how many established
    ones (disavowed: after the login succeeded)."""

    by_this_person: bool = False
    named_by: int = 0
    disavowed_by: int = 0


@dataclass(frozen=True, slots=True)
class Success:
    """An earlier full success: when, in which country ("" unknown), from a network that a list
    named, while country or provider were known."""

    at: float
    country: str = ""
    listed: bool = False
    placed: bool = False


@dataclass(frozen=True, slots=True)
class Lately:
    """The newest full successes, newest first, and when a password came through a link and a factor
    was last added or removed.

    Times are seconds since 1970. Whoever floods an account with failures can push all this out of
    sight: then it is unknown.
    """

    successes: tuple[Success, ...] = ()
    password_at: float | None = None
    factor_at: float | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Everything a model may know beside the attempt itself. A chain is empty where the attempt
    says nothing for it.

    `last_at`: when the person last succeeded, in seconds since 1970, as the counts tell it.
    """

    chains: dict[str, tuple[Step, ...]]
    failures: Failures = Failures()
    held: Held = Held()
    lately: Lately = Lately()
    last_at: float | None = None

    @property
    def cookie(self) -> tuple[Step, ...]:
        return self.chains.get(COOKIE, ())

    @property
    def address(self) -> tuple[Step, ...]:
        """Without what the data files did not say yet, or say otherwise now: that is no place where
        the person never was."""
        steps = self.chains.get(ADDRESS, ())
        seen_below = any(step.mine.times for step in steps[-2:])
        newest = self.lately.successes[:1]
        if seen_below or (newest and not newest[0].placed):
            return tuple(step for step in steps if step.mine.times or step.node.level not in PLACES)
        return steps

    @property
    def agent(self) -> tuple[Step, ...]:
        return self.chains.get(AGENT, ())

    @property
    def hours(self) -> tuple[Step, ...]:
        return self.chains.get(HOURS, ())

    @property
    def sign_ins(self) -> int:
        """How many full successes the person has, as far as they are remembered."""
        return self.cookie[0].mine.times if self.cookie else 0
