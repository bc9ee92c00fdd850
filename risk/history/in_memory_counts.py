"""PURE: the counts and the recent failures kept in memory: what the database keeps for a site, for
evaluations that need none.

The rules are those of the site: one account counts once for each value in everybody's counts, and
when it has stood for a week; it names a place where a second factor failed once, and when the
account has stood for a week; weights halve every 90 days; failures are the newest 128 of each
account, address, subnet and user agent.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from risk.login.chains import ADDRESS, ROOT, SIGN_INS, Chain, Node
from risk.login.history import (
    NOTHING,
    PLACES,
    Count,
    FailureCount,
    Failures,
    History,
    Lately,
    Step,
    Success,
    decayed,
)

WEEK = 7 * 86_400.0
NEWEST, HALVINGS, HOUR = 128, 4, 3600.0
HALF_LIVES = {"account": HOUR, "source": 12 * HOUR, "subnet": 12 * HOUR, "agent": 2 * HOUR}
WEIGHTS = (1.0, 0.5, 0.25, 0.125)
UNKNOWN = FailureCount()


@dataclass(slots=True)
class CountRow:
    """As a row of the table of counts."""

    n: float = 0.0
    times: int = 0
    distinct: int = 0
    mark: int = 0
    last: float = 0.0
    first: float = 0.0
    above: Node | None = None

    def add(self, at: float, weight: float, mark: int = 0) -> None:
        self.n = decayed(self.n, at - self.last) + weight
        self.times += 1
        self.mark = max(self.mark, mark)
        self.last = max(self.last, at)

    def count(self, at: float) -> Count:
        return Count(decayed(self.n, at - self.last), self.times, self.distinct, self.mark)


def _drop(rows: dict[Node, CountRow], node: Node) -> None:
    """What was above it has one child less."""
    above = rows.pop(node).above
    if above is not None and above in rows:
        rows[above].distinct -= 1


def _success(path: Iterable[Chain], at: float) -> Success:
    places = {
        node.level: node.path[0]
        for chain in path
        for node in chain
        if node.chain == ADDRESS and node.level in PLACES
    }
    return Success(at, places.get("country", ""), placed=bool(places))


@dataclass(slots=True)
class Around:
    """The names under which failures are kept: of the account, and of what it
    came from ("" where that says nothing)."""

    account: str
    source: str
    subnet: str
    agent: str

    def items(self) -> Iterable[tuple[str, str]]:
        return (
            ("account", self.account),
            ("source", self.source),
            ("subnet", self.subnet),
            ("agent", self.agent),
        )


@dataclass(slots=True)
class Memory:
    """Everything that is remembered of a site. Times are seconds since 1970 and must not go back.
    `fades`: everybody's counts age, too."""

    fades: bool = False

    mine: dict[str, dict[Node, CountRow]] = field(default_factory=lambda: defaultdict(dict))
    everybody: dict[Node, CountRow] = field(default_factory=dict)
    failed: dict[Node, CountRow] = field(default_factory=dict)
    waiting: deque[tuple[float, str, Node, CountRow]] = field(default_factory=deque)
    failures: dict[tuple[str, str], deque[tuple[float, str, bool]]] = field(default_factory=dict)
    last_failed: dict[tuple[str, str], float] = field(default_factory=dict)
    named: dict[str, dict[Node, float]] = field(default_factory=lambda: defaultdict(dict))
    naming: list[tuple[float, int, Node]] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)
    last: dict[str, Success] = field(default_factory=dict)
    strangers: int = 0

    def history(self, chains: Iterable[Chain], around: Around, at: float) -> History:
        """What is known of an account around an attempt."""
        self.share(at)
        rows = self.mine.get(around.account, {})
        found = {
            chain[0].chain: tuple(self._step(node, rows.get(node), at) for node in chain)
            for chain in chains
            if chain
        }
        failed = Failures(*(self._tally(kind, name, at) for kind, name in around.items()))
        last = self.last.get(around.account)
        # no `last_at`: who attacks in the logs does not look for old accounts
        return History(found, failed, lately=Lately((last,) if last else ()))

    def _step(self, node: Node, mine: CountRow | None, at: float) -> Step:
        everybody = self.everybody.get(node)
        failed = self.failed.get(node) if node.chain == ADDRESS else None
        return Step(
            node,
            mine.count(at) if mine else NOTHING,
            self._everybodys(everybody, at) if everybody else NOTHING,
            failed.count(at) if failed else NOTHING,
        )

    def _everybodys(self, row: CountRow, at: float) -> Count:
        return row.count(at) if self.fades else Count(row.n, row.times, row.distinct)

    def learn(
        self,
        account: str,
        chains: Iterable[Chain],
        at: float,
        *,
        weight: float = 1.0,
        only_seen: bool = False,
    ) -> None:
        """A full success. `only_seen`: it confirms what was shown before, and adds nothing new."""
        rows, path = self.mine[account], list(chains)
        self.last[account] = _success(path, at)
        for chain in path:
            above: Node | None = None
            for node in chain:
                row = rows.get(node)
                if row is None and not only_seen:
                    row = rows[node] = CountRow(last=at, first=at, above=above)
                    self.waiting.append((at + WEEK, account, node, row))
                    if above is not None:
                        rows[above].distinct += 1
                if row is not None:
                    row.add(at, weight, node.mark)
                above = node

    def unlearn(
        self, account: str, chains: Iterable[Chain], at: float, *, weight: float = 1.0
    ) -> None:
        """Takes the lesson of that time back; a value that only it showed is
        gone, as if it had never been shown."""
        rows = self.mine.get(account, {})
        for node in (node for chain in chains for node in chain):
            row = rows.get(node)
            if row is not None:
                row.times -= 1
                row.n = max(0.0, row.n - decayed(weight, row.last - at))
                if row.times <= 0:
                    _drop(rows, node)

    def forget(self, account: str, before: float) -> None:
        """Lets go of what an account has not shown since then."""
        rows = self.mine.get(account, {})
        for node in [node for node, row in rows.items() if row.last < before]:
            _drop(rows, node)
        named = self.named.get(account, {})
        for node in [node for node, at in named.items() if at < before]:
            del named[node]

    def forget_everybodys(self, before: float) -> None:
        """The same of what was told to everybody."""
        for node in [node for node, row in self.everybody.items() if row.last < before]:
            _drop(self.everybody, node)
        for node in [node for node, row in self.failed.items() if row.last < before]:
            _drop(self.failed, node)

    def share(self, now: float) -> None:
        """Values that have stood for a week are told to everybody's counts, as of the end of that
        week, and places that are named by then."""
        while self.naming and self.naming[0][0] <= now:
            due, _, place = heappop(self.naming)
            self.failed.setdefault(place, CountRow(last=due)).add(due, 1.0)
        while self.waiting and self.waiting[0][0] <= now:
            due, account, node, mine = self.waiting.popleft()
            if self.mine.get(account, {}).get(node) is not mine:
                continue  # taken back in time
            row = self.everybody.get(node)
            if row is None:
                row = self.everybody[node] = CountRow(last=due, above=mine.above)
                if mine.above is not None:
                    self.everybody.setdefault(mine.above, CountRow(last=due)).distinct += 1
            row.n = (decayed(row.n, due - row.last) if self.fades else row.n) + 1.0
            row.times += 1
            row.last = due

    def blame(self, account: str, chains: Iterable[Chain], at: float) -> None:
        """A second factor failed: that names the places above the address. One
        account names each of them once."""
        for chain in chains:
            if chain and chain[0].chain == ADDRESS:
                self.name(account, chain[:-1], at)

    def name(self, account: str, places: Iterable[Node], at: float) -> None:
        """It counts at once, or when a younger account has stood for a week."""
        mine, began = self.named[account], self.mine.get(account, {}).get(SIGN_INS)
        due = max(at, (began.first if began else at) + WEEK)
        for place in places:
            if place not in mine:
                mine[place] = at
                heappush(self.naming, (due, next(self.turns), place))

    def note(self, around: Around, at: float, *, failed: bool) -> None:
        """An attempt has ended."""
        self.strangers += 1
        who = around.account or f"{ROOT} {self.strangers}"
        for kind, name in around.items():
            if name:
                self.failures.setdefault((kind, name), deque(maxlen=NEWEST)).append(
                    (at, who, failed)
                )
                if failed:
                    self.last_failed[kind, name] = at

    def _tally(self, kind: str, name: str, now: float) -> FailureCount:
        """Nothing where nothing failed lately: then nobody asks how often it went well."""
        half_life, last = HALF_LIVES[kind], self.last_failed.get((kind, name))
        if last is None or now - last >= HALVINGS * half_life:
            return UNKNOWN
        newest = self.failures[kind, name]
        weight, failed, total, tried, admitted = 0.0, 0, 0, set(), set()
        for at, who, is_failure in reversed(newest):
            age = int((now - at) / half_life)
            if age >= HALVINGS:
                break
            total += 1
            if is_failure:
                failed += 1
                weight += WEIGHTS[max(0, age)]
                tried.add(who)
            else:
                admitted.add(who)
        return FailureCount(weight, failed, total, len(tried), len(admitted))
