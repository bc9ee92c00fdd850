"""PURE: through the ledger in time. At each row only what had happened before it is known."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from random import Random  # noqa: TID251 - repeatable chance for draws, never for a secret

from risk.backtest import limits, rescore
from risk.backtest.attackers import UNKNOWN_AGENT, Attackers, Kind
from risk.backtest.events import Event, story
from risk.backtest.limits import Trial
from risk.backtest.records import LedgerRow, Verdict
from risk.backtest.state import Known
from risk.backtest.tally import Totals
from risk.login import chains
from risk.login.attempt import Attempt
from risk.login.chains import Node
from risk.login.context import BrowserState, Finding
from risk.policy.rules import Circumstances, Policy, Ruling, rule
from risk.scoring import registry
from risk.scoring.chain_model import ChainModel
from risk.scoring.model import RiskModel
from risk.scoring.sheets import Sheets

SETTLED = 12
"""Sign-ins after which somebody counts as settled."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the past. `weights`: those of the draft, None for the verdicts' own scores.
    `versions`: the weights that the site had, by version. `model` is the one that decides; `draws`
    how many moments attackers come at. Counting begins at `since` (seconds) and after the first
    `skipped` rows: those only teach."""

    trial: Trial
    model: RiskModel
    versions: Mapping[str, Sheets]
    weights: Sheets | None = None
    draws: int = 2000
    seed: str = "1"
    since: float = 0.0
    skipped: int = 0
    groups: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Walk:
    """One backtest. `total` is the number of rows that are to come, for the share of them at which
    attackers are drawn."""

    question: Question
    total: int
    tally: Totals = field(default_factory=Totals)
    last: dict[int, tuple[Circumstances, Policy]] = field(default_factory=dict)
    came: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    policy: Policy | None = None
    known: Known = field(init=False)
    new_model: RiskModel = field(init=False)

    def __post_init__(self) -> None:
        question = self.question
        self.known = Known(question.seed)
        self.new_model = ChainModel(question.weights) if question.weights else question.model

    def run(self, rows: Iterable[LedgerRow], digests: Callable[[Node], Iterable[str]]) -> Totals:
        """All of it. `digests` names the few values that need no row."""
        self.known.names.know(digests)
        for event in story(rows):
            self._take(event)
        return self.tally

    def _take(self, event: Event) -> None:
        row = event.row
        if event.act != "came":
            self.known.teach(row, event.at, undo=event.act == "undone")
            return
        self.came += 1
        if row.at < self.question.since or self.came <= self.question.skipped:
            return
        self.tally.rows += 1
        self.first_at, self.last_at = self.first_at or row.at, row.at
        if row.verdict is None:
            self.tally.unjudged += 1
        elif row.verdict.facts is None:
            self.tally.unnoted += 1
        else:
            self._judged(row, row.verdict, row.verdict.facts)
        if self._is_moment(row):
            self._moment(row)

    def _judged(self, row: LedgerRow, verdict: Verdict, facts: Circumstances) -> None:
        weights = (
            self.question.versions.get(verdict.model_version) if _is_weighed(verdict) else None
        )
        wrong = rescore.differences(verdict, weights)
        if wrong:
            self.tally.breaks(row, wrong)
            return
        self.tally.reproduced += 1
        self.tally.weighed += weights is not None
        if row.user_id is not None:
            self.last[row.user_id] = facts, verdict.policy
        self.policy = verdict.policy
        self._compare(row, verdict, facts)

    def _compare(self, row: LedgerRow, verdict: Verdict, facts: Circumstances) -> None:
        """What was decided beside what the draft would have."""
        found, trial = self._findings(verdict), self.question.trial
        now = Ruling(
            verdict.score,
            verdict.level,  # type: ignore[arg-type]
            verdict.findings,
            verdict.decision,  # type: ignore[arg-type]
            verdict.required,  # type: ignore[arg-type]
        )
        applies = trial.applies(row.user_id)
        draft = rule(found, trial.deciding(verdict.policy), facts) if applies else now
        if row.was_called_false:
            self.tally.called_false(row, now, draft)
        if row.is_good:
            groups = self.question.groups.get(row.user_id or 0, ())
            self.tally.good(row, now, draft, facts, named=self._names(row, facts), groups=groups)
            if applies:
                self.tally.mark(
                    limits.limits(found, facts, trial, verdict.policy), knows=facts.knows
                )

    def _findings(self, verdict: Verdict) -> tuple[Finding, ...]:
        weights = self.question.weights
        if weights is None:
            return rescore.raw(verdict.findings)
        if not _is_weighed(verdict):
            self.tally.unscored += 1
            return rescore.raw(verdict.findings)
        return rescore.rescored(verdict, weights)

    def _names(self, row: LedgerRow, facts: Circumstances) -> list[str]:
        settled = self.known.sign_ins.get(row.user_id or 0, 0) >= SETTLED
        holds = {
            "all": True,
            "settled": settled,
            "known": facts.knows,
            "unknown": not facts.knows,
            "staff": facts.is_staff,
        }
        return [name for name, is_one in holds.items() if is_one]

    def _is_moment(self, row: LedgerRow) -> bool:
        """By chance that depends on the row alone, so that nothing that comes
        later can change it."""
        number = int.from_bytes(
            blake2b(f"{self.question.seed}:{row.pk}".encode(), digest_size=8).digest()
        )
        return number * self.total < self.question.draws << 64

    def _moment(self, row: LedgerRow) -> None:
        """Attackers come, just before what this row is about. Where the row noted its lesson, the
        history is compared with the site's, too."""
        at = datetime.fromtimestamp(row.at, UTC)
        self._check(row, at)
        attackers = Attackers(self.known.seen, Random(f"{self.question.seed}:{row.pk}"))  # noqa: S311
        victim = attackers.somebody()
        if victim is None or victim not in self.last or not self.question.trial.applies(victim):
            return
        self.tally.moments += 1
        facts, recorded = self.last[victim]
        for stranger in attackers.against(victim, at):
            self._attack(stranger.kind, stranger.attempt, victim, facts, recorded)

    def _attack(
        self, kind: Kind, attempt: Attempt, victim: int, facts: Circumstances, recorded: Policy
    ) -> None:
        past = self.known.history(attempt, victim)
        facts = Circumstances(
            attempt.knows, past.sign_ins == 0, facts.is_staff, facts.has_strong, facts.never_block
        )
        found, trial = self.question.model.score(attempt, past).findings, self.question.trial
        new = (
            self.new_model.score(attempt, past).findings
            if self.new_model is not self.question.model
            else found
        )
        now, draft = rule(found, recorded, facts), rule(new, trial.deciding(recorded), facts)
        self.tally.drawn[kind].add(now, draft, limits.limits(new, facts, trial, recorded))

    def _check(self, row: LedgerRow, at: datetime) -> None:
        facts = row.verdict.facts if row.verdict else None
        if facts is None or row.learned is None or row.user_id not in self.known.seen.own:
            return
        try:
            lesson = self.known.names.lesson(row.learned)
        except (AttributeError, KeyError, TypeError, ValueError):
            return
        path = tuple(lesson.chains.values())
        placed = bool(lesson.chains.get(chains.ADDRESS))
        cookie: BrowserState = "known" if facts.knows else "absent"
        attempt = Attempt(
            at=at,
            cookie=cookie,
            knows=facts.knows,
            of_others=False,
            changed=False,
            placed=placed,
            agent=UNKNOWN_AGENT,
            chains=path,
            country=row.country if placed else "",
            listed=row.kinds,
        )
        self.tally.compared += 1
        self.tally.agreed += self.known.agrees(row, attempt)


def _is_weighed(verdict: Verdict) -> bool:
    """Whether weights made it: not where another model did, or none could, nor where a signal
    measured something that is here no more."""
    known = registry.CIRCUMSTANCES | registry.installed().inputs.keys()
    return (
        verdict.model == ChainModel.name and bool(verdict.inputs) and verdict.inputs.keys() <= known
    )
