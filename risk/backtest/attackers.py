"""PURE: strangers with the right password, drawn against the site's own accounts from what the site
has seen itself.

No address is known here, only digests: an attacker comes from where another account came from, or
from a place that nobody has shown. So these attackers look like the site's own people. Real ones
mostly come from farther away, and are easier to see.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random  # noqa: TID251 - repeatable chance for draws, never for a secret
from typing import Literal

from risk.backtest.learning import NotedLesson
from risk.login import chains
from risk.login.agents import Agent
from risk.login.attempt import Attempt
from risk.login.chains import ADDRESS, AGENT, HOURS, Chain, Node

Kind = Literal["naive", "vpn", "targeted", "thief"]
KINDS: tuple[Kind, ...] = ("naive", "vpn", "targeted", "thief")

FEWEST = 10
"""Accounts that must have signed in before anybody is drawn: among fewer,
everybody is somebody's colleague."""

POOL = 4096  # of the newest lessons, wherever they came from
OWN = 8  # of the newest lessons of each account
TRIES = 60
# of the targeted attackers: from the very network; the others from elsewhere at the same provider
NEAR = 0.5
NEARBY = 0.5  # of the thieves: from the country of the account, where it is known
UNKNOWN_AGENT = Agent("", "", "", "", 0)


@dataclass(frozen=True, slots=True)
class PastSignIn:
    """Where and how an account signed in once. `kinds` are those of the lists
    that name the network."""

    account: int
    chains: Mapping[str, Chain]
    country: str
    kinds: frozenset[str]

    @property
    def address(self) -> Chain:
        return self.chains.get(ADDRESS, ())


@dataclass(slots=True)
class PastSignIns:
    """What attackers are made of: the newest lessons of everybody, and of each
    account that is remembered."""

    pool: deque[PastSignIn] = field(default_factory=lambda: deque(maxlen=POOL))
    own: dict[int, list[PastSignIn]] = field(default_factory=dict)
    accounts: list[int] = field(default_factory=list)

    def add(self, account: int, lesson: NotedLesson, country: str, kinds: frozenset[str]) -> None:
        shown = PastSignIn(account, lesson.chains, country, kinds)
        self.pool.append(shown)
        mine = self.own.get(account)
        if mine is None:
            mine = self.own[account] = []
            self.accounts.append(account)
        mine.append(shown)
        del mine[:-OWN]

    def take_back(self, account: int, lesson: NotedLesson) -> None:
        """A lesson that was undone is nobody's habit."""
        mine = self.own.get(account, [])
        for shown in [shown for shown in mine if shown.chains == lesson.chains][-1:]:
            mine.remove(shown)

    def drop(self, account: int) -> None:
        self.own.pop(account, None)


@dataclass(frozen=True, slots=True)
class Stranger:
    """An attempt as the model sees it."""

    kind: Kind
    victim: int
    attempt: Attempt


@dataclass(slots=True)
class Attackers:
    """Draws them, with `dice` of the moment."""

    seen: PastSignIns
    dice: Random

    def against(self, victim: int, at: datetime) -> Iterator[Stranger]:
        """One of each kind that the site's own past allows, at this moment."""
        for kind in KINDS:
            attempt = self._attempt(kind, self.seen.own[victim], at)
            if attempt:
                yield Stranger(kind, victim, attempt)

    def somebody(self) -> int | None:
        """An account with a past; None while there are too few."""
        if len(self.seen.own) < FEWEST:
            return None
        for _ in range(TRIES):
            account = self.dice.choice(self.seen.accounts)
            if self.seen.own.get(account):
                return account
        return None

    def _attempt(self, kind: Kind, own: list[PastSignIn], at: datetime) -> Attempt | None:
        copied, home = self.dice.choice(own), _country(own)
        agent, hours, place = copied.chains.get(AGENT, ()), chains.hours(at), None
        if kind == "naive":
            place, agent = self._elsewhere(own), self._agent_of_another(copied.account)
        elif kind == "vpn":
            place = self._elsewhere(own, home) if home else None
            agent = self._agent_of_another(copied.account)
        elif kind == "targeted":
            place, hours = self._beside(copied), copied.chains.get(HOURS, hours)
        else:
            near = home if self.dice.random() < NEARBY else None
            place = self._elsewhere(own, near) or self._elsewhere(own)
        return _made(at, kind == "thief", place, agent, hours) if place and agent else None

    def _elsewhere(self, own: list[PastSignIn], country: Node | None = None) -> PastSignIn | None:
        """Where another account came from: in that country, if one is given, and in no network that
        this account has lately shown."""
        networks = {node for shown in own for node in shown.address if node.level == "network"}
        for _ in range(TRIES):
            other = self.dice.choice(self.seen.pool)
            path = other.address
            if (
                other.account != own[0].account
                and path
                and not networks & set(path)
                and (country is None or country in path)
            ):
                return other
        return None

    def _agent_of_another(self, account: int) -> Chain:
        """What is popular is drawn often."""
        for _ in range(TRIES):
            other = self.dice.choice(self.seen.pool)
            if other.account != account:
                return other.chains.get(AGENT, ())
        return ()

    def _beside(self, copied: PastSignIn) -> PastSignIn | None:
        """A line that nobody has shown, in the network that the account used or
        elsewhere at its provider."""
        path = copied.address
        if not path:
            return None
        kept = path[:-1] if self.dice.random() < NEAR else path[:-2]
        new = (
            Node(node.chain, node.level, (f"new {self.dice.getrandbits(64):x}",))
            for node in path[len(kept) :]
        )
        return replace(copied, chains={ADDRESS: (*kept, *new)})


def _made(at: datetime, knows: bool, place: PastSignIn, agent: Chain, hours: Chain) -> Attempt:
    return Attempt(
        at=at,
        cookie="known" if knows else "absent",
        knows=knows,
        of_others=False,
        changed=False,
        placed=True,
        agent=UNKNOWN_AGENT,
        chains=(chains.cookie(knows), place.address, agent, hours),
        country=place.country,
        listed=place.kinds,
    )


def _country(own: list[PastSignIn]) -> Node | None:
    """The one that the account shows most; None where countries are unknown."""
    seen = Counter(node for shown in own for node in shown.address if node.level == "country")
    return seen.most_common(1)[0][0] if seen else None
