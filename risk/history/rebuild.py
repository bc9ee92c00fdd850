"""The counts, made again from the ledger.

Person by person, each in one transaction: their rows are thrown away, and every lesson that the
ledger notes is taught again (or taken back) in the order in which it happened, by the code that
live sign-ins go through. A sign-in that comes meanwhile either has ended before, then the ledger
has it, or it waits for the rows of its person and adds itself to the new ones: none is lost, and
nobody else waits.

Then everybody's rows, in one transaction in which nobody shares: from what each person's values
told after a week, and from what was shared while the first part ran. Until then everybody's old
rows go on being used.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from risk.history import aggregate, counts, expire, failure_reputation, locks
from risk.history.aggregate import EVERYBODY, Told
from risk.history.counts import noted_lesson
from risk.history.failure_reputation import Noted
from risk.login import outcomes
from risk.models import FeatureCount, LoginLog

DAY = 86_400
_UNUSED = int(expire.UNUSED.total_seconds())
_WAIT = int(aggregate.WAIT.total_seconds())
_TAUGHT = Q(learned__isnull=False) | Q(outcome__in=outcomes.NAMING)


@dataclass(frozen=True, slots=True, order=True)
class TaughtEvent:
    """Something that was taught or named, or (`is_undone`) taken back. Sorted as it happened."""

    at: float
    log_id: int
    is_undone: bool
    noted: dict[str, Any] = field(compare=False, default_factory=dict)
    places: Noted = field(compare=False, default=())


@dataclass(slots=True)
class Journal:
    """What is done already, a line for each person, so that a stopped
    rebuilding goes on. Only digests are in it."""

    path: Path
    until: int = 0
    last: int = 0

    def begin(self, now: datetime) -> bool:
        """Takes up an unfinished one (then True) or starts another. What was shown a week before
        `until` is told by us, later things by the sweep."""
        lines = list(self._lines())
        if lines:
            self.until, self.last = lines[0]["until"], lines[-1].get("account", 0)
            # without a line that was cut off
            self.path.write_text("".join(json.dumps(line) + "\n" for line in lines))
            return True
        self.until, self.last = int(now.timestamp()), 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({"until": self.until}) + "\n")
        return False

    def done(self, account: int, told: list[Told]) -> None:
        with self.path.open("a") as file:
            file.write(
                json.dumps({"account": account, "told": [astuple(each) for each in told]}) + "\n"
            )

    def told(self) -> Iterator[Told]:
        for line in self._lines():
            yield from (Told(*each) for each in line.get("told", ()))

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        with self.path.open() as file:
            for line in file:
                if not line.endswith("\n"):
                    return
                yield json.loads(line)


def accounts(after: int = 0) -> list[int]:
    """Whoever taught or named something, or has counts; ids above `after`, in order."""
    taught = (
        LoginLog.objects.filter(_TAUGHT, user_id__gt=after)
        .order_by()
        .values_list("user_id", flat=True)
        .distinct()
    )
    counted = (
        FeatureCount.objects.filter(account__gt=after)
        .order_by()
        .values_list("account", flat=True)
        .distinct()
    )
    return sorted({*(each for each in taught if each), *counted})


def rebuild(journal: Journal, step: Callable[[], None]) -> int:
    """All of it, from where the journal stands; gives the number of people
    done. `step` is called after each."""
    done = 0
    for account in accounts(journal.last):
        journal.done(account, rebuild_account(account, journal.until))
        done += 1
        step()
    rebuild_everybody(list(journal.told()), journal.until)
    journal.path.unlink(missing_ok=True)
    return done


@transaction.atomic
def rebuild_account(account: int, until: int) -> list[Told]:
    """One person's rows; gives what they tell everybody by `until`."""
    locks.only_one_for(account)
    return _Replay(account, until).run()


@dataclass(slots=True)
class _Replay:
    account: int
    until: int
    told: list[Told] = field(default_factory=list)
    swept: int = 0

    def run(self) -> list[Told]:
        mine = FeatureCount.objects.filter(account=self.account)
        # the sweeps take them one by one
        list(mine.select_for_update().order_by("digest").values_list("pk"))
        mine.delete()
        # read with the lock held: what is not in it yet comes after us
        happened = events(self.account)
        if happened:
            self.swept = _midnight(happened[0].at)
        for event in happened:
            self._let_go(event.at)
            if event.is_undone:
                self._tell(int(event.at))
                expire.unlearn(self.account, event.noted)
            elif event.noted:
                counts.learn(noted_lesson(self.account, event.noted), event.noted["at"])
            else:
                failure_reputation.name(self.account, event.places, int(event.at))
        self._let_go(self.until)
        self._tell(self.until)
        return self.told

    def _let_go(self, now: float) -> None:
        """As the sweep did, in its daily round."""
        midnight = _midnight(now)
        if midnight <= self.swept:
            return
        old = list(
            FeatureCount.objects.filter(account=self.account, last_seen__lt=midnight - _UNUSED)
        )
        self.swept = midnight
        if old:
            self._tell(midnight)
            FeatureCount.objects.filter(pk__in=[row.pk for row in old]).delete()
            expire.fewer_children(old)

    def _tell(self, now: int) -> None:
        due = FeatureCount.objects.filter(
            account=self.account, shared=False, first_seen__lte=min(now, self.until) - _WAIT
        )
        self.told += map(aggregate.told, due)
        due.update(shared=True)


def _midnight(at: float) -> int:
    return int(at) // DAY * DAY


def events(account: int) -> list[TaughtEvent]:
    """What the ledger notes of a person, in order. Of two things at the very same moment the one
    that began first comes first."""
    found = []
    rows = LoginLog.objects.filter(_TAUGHT, user_id=account, ended_at__isnull=False).order_by()
    for pk, ended_at, noted, places in rows.values_list(
        "pk", "ended_at", "learned", failure_reputation.COLUMN
    ).iterator():
        at = ended_at.timestamp() if ended_at else 0.0
        if noted is None:
            found.append(TaughtEvent(at, pk, False, places=places or ()))
            continue
        found.append(TaughtEvent(at, pk, False, noted))
        if "undone" in noted:
            found.append(TaughtEvent(noted["undone"], pk, True, noted))
    return sorted(found)


@transaction.atomic
def rebuild_everybody(told: list[Told], until: int) -> None:
    """The rows for everybody, from what was told by `until` and what the sweep has shared since."""
    locks.only_one_for_everybody()
    # What an account names is told at once, so a sign-in that was just failing when its account was
    # done is as old as `until`: look farther back, and take what both know once. Of two that are
    # alike both are told by us, or both are in the table.
    shared_since = FeatureCount.objects.filter(
        account__gt=EVERYBODY, shared=True, first_seen__gt=until - 2 * _WAIT
    )
    rows = everybodys(
        list((Counter(told) | Counter(map(aggregate.told, shared_since.iterator()))).elements()),
        until,
    )
    FeatureCount.objects.filter(account=EVERYBODY).delete()
    aggregate.save(rows)


def everybodys(told: list[Told], until: int) -> list[FeatureCount]:
    """Folded a day at a time; between two days goes what was not told for 180."""
    known: dict[str, FeatureCount] = {}
    for midnight, news in groupby(sorted(told), key=lambda each: _midnight(each.at)):
        _drop(known, midnight)
        aggregate.fold(known, news)
    _drop(known, _midnight(until))
    return list(known.values())


def _drop(known: dict[str, FeatureCount], midnight: int) -> None:
    gone = [row for row in known.values() if row.last_seen < midnight - _UNUSED]
    for row in gone:
        del known[row.digest]
    for row in gone:
        if row.parent in known:
            known[row.parent].distinct -= 1
