"""PURE: the counts and the recent failures kept in memory: what the database keeps for a site, for evaluations that need none.

The rules are those of the site: one account counts once for each value in everybody's counts, and when it has stood for a week; weights halve
every 90 days; failures are the newest 128 of each account, address, subnet and user agent.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from risk.chains import ADDRESS, ROOT, Chain, Node
from risk.habits import NOTHING, Count, Failures, History, Step, Tally, decayed

WEEK = 7 * 86_400.0
NEWEST, HALVINGS, HOUR = 128, 4, 3600.0
HALF_LIVES = {"account": HOUR, "source": 12 * HOUR, "subnet": 12 * HOUR, "agent": 2 * HOUR}
WEIGHTS = (1.0, 0.5, 0.25, 0.125)
UNKNOWN = Tally()


@dataclass(slots=True)
class Row:
    """As a row of the table of counts."""

    n: float = 0.0
    times: int = 0
    distinct: int = 0
    mark: int = 0
    last: float = 0.0

    def add(self, at: float, weight: float, mark: int = 0) -> None:
        self.n = decayed(self.n, at - self.last) + weight
        self.times += 1
        self.mark = max(self.mark, mark)
        self.last = max(self.last, at)

    def count(self, at: float) -> Count:
        return Count(decayed(self.n, at - self.last), self.times, self.distinct, self.mark)


@dataclass(slots=True)
class Around:
    """The names under which failures are kept: of the account, and of what it came from ("" where that says nothing)."""

    account: str
    source: str
    subnet: str
    agent: str

    def items(self) -> Iterable[tuple[str, str]]:
        return ("account", self.account), ("source", self.source), ("subnet", self.subnet), ("agent", self.agent)


@dataclass(slots=True)
class Memory:
    """Everything that is remembered of a site. Times are seconds since 1970 and must not go back."""

    mine: dict[str, dict[Node, Row]] = field(default_factory=lambda: defaultdict(dict))
    everybody: dict[Node, Row] = field(default_factory=dict)
    failed: dict[Node, Row] = field(default_factory=dict)
    waiting: deque[tuple[float, Node, Node | None]] = field(default_factory=deque)
    failures: dict[tuple[str, str], deque[tuple[float, str, bool]]] = field(default_factory=dict)
    last_failed: dict[tuple[str, str], float] = field(default_factory=dict)
    named: set[tuple[str, Node]] = field(default_factory=set)
    strangers: int = 0

    def history(self, chains: Iterable[Chain], around: Around, at: float) -> History:
        """What is known of an account around an attempt."""
        self._share(at)
        rows = self.mine.get(around.account, {})
        found = {chain[0].chain: tuple(self._step(node, rows.get(node), at) for node in chain) for chain in chains if chain}
        return History(found, Failures(*(self._tally(kind, name, at) for kind, name in around.items())))

    def _step(self, node: Node, mine: Row | None, at: float) -> Step:
        everybody = self.everybody.get(node)
        failed = self.failed.get(node) if node.chain == ADDRESS else None
        return Step(
            node,
            mine.count(at) if mine else NOTHING,
            Count(everybody.n, everybody.times, everybody.distinct) if everybody else NOTHING,
            failed.count(at) if failed else NOTHING,
        )

    def learn(self, account: str, chains: Iterable[Chain], at: float) -> None:
        """A full success."""
        rows = self.mine[account]
        for chain in chains:
            above: Node | None = None
            for node in chain:
                row = rows.get(node)
                if row is None:
                    row = rows[node] = Row(last=at)
                    self.waiting.append((at + WEEK, node, above))
                    if above is not None:
                        rows[above].distinct += 1
                row.add(at, 1.0, node.mark)
                above = node

    def _share(self, now: float) -> None:
        """Values that have stood for a week are told to everybody's counts."""
        while self.waiting and self.waiting[0][0] <= now:
            _, node, above = self.waiting.popleft()
            row = self.everybody.get(node)
            if row is None:
                row = self.everybody[node] = Row()
                if above is not None:
                    self.everybody.setdefault(above, Row()).distinct += 1
            row.n += 1.0
            row.times += 1

    def blame(self, account: str, chains: Iterable[Chain], at: float) -> None:
        """A second factor failed: that names the places above the address. One account names each of them once."""
        for chain in chains:
            if chain and chain[0].chain == ADDRESS and (account, chain[-2]) not in self.named:
                self.named.add((account, chain[-2]))
                for node in chain[:-1]:
                    self.failed.setdefault(node, Row(last=at)).add(at, 1.0)

    def note(self, around: Around, at: float, *, failed: bool) -> None:
        """An attempt has ended."""
        self.strangers += 1
        who = around.account or f"{ROOT} {self.strangers}"
        for kind, name in around.items():
            if name:
                self.failures.setdefault((kind, name), deque(maxlen=NEWEST)).append((at, who, failed))
                if failed:
                    self.last_failed[kind, name] = at

    def _tally(self, kind: str, name: str, now: float) -> Tally:
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
        return Tally(weight, failed, total, len(tried), len(admitted))
