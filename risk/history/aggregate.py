"""From each person's counts to everybody's, a batch at a time and never inside a login: no row that
every login must change.

One account counts once per value, and a value counts when it has stood for seven days: so a new
account's first week teaches nothing, and what is disavowed in time was never told to others. It
counts as of the moment when the seven days were over, whenever it is told: so the rows for
everybody do not depend on when somebody swept, and can be rebuilt. Places where second factors
failed begin a week earlier where the account is older than that (see
`risk.history.failure_reputation`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from risk.history import locks
from risk.login.history import decayed
from risk.models import FeatureCount

WAIT = timedelta(days=7)
BATCH = 1000
EVERYBODY = 0
_WAIT = int(WAIT.total_seconds())


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """One account's value that has stood for a week: when the week was over, and which row it is.
    Its newest version stays the person's own."""

    at: int
    digest: str
    chain: str
    level: str
    parent: str


def due_at(row: FeatureCount) -> int:
    return row.first_seen + _WAIT


def told(row: FeatureCount) -> Told:
    return Told(due_at(row), row.digest, row.chain, row.level, row.parent)


@transaction.atomic
def share(now: datetime) -> int:
    """Tells everybody's rows of the next batch of values; gives its size. Values that were first
    shown in the same second go together."""
    locks.only_one_for_everybody()
    waiting = FeatureCount.objects.filter(
        shared=False, account__gt=EVERYBODY, first_seen__lte=int(now.timestamp()) - _WAIT
    )
    first_seen = list(waiting.order_by("first_seen").values_list("first_seen", flat=True)[:BATCH])
    if not first_seen:
        return 0
    # in the order in which logins take them, so that nobody waits in a circle
    rows = list(
        waiting.filter(first_seen__lte=first_seen[-1])
        .select_for_update()
        .order_by("digest", "account")
    )
    FeatureCount.objects.filter(pk__in=[row.pk for row in rows]).update(shared=True)
    news = [told(row) for row in rows]
    digests = {each.digest for each in news} | {each.parent for each in news}
    everybodys = FeatureCount.objects.filter(account=EVERYBODY, digest__in=digests)
    known = {row.digest: row for row in everybodys.select_for_update().order_by("digest")}
    fold(known, news)
    save(known.values())
    return len(rows)


def fold(known: dict[str, FeatureCount], news: Iterable[Told]) -> None:
    """Adds news to rows for everybody, by digest; makes those that are missing."""
    children: Counter[str] = Counter()
    for each in sorted(news):
        row = known.get(each.digest)
        if row is None:
            row = known[each.digest] = _empty(each)
            children[each.parent] += 1
        _add(row, each)
    for parent, number in children.items():
        if parent in known:
            known[parent].distinct += number


def _empty(each: Told) -> FeatureCount:
    place = {"chain": each.chain, "level": each.level, "digest": each.digest, "parent": each.parent}
    return FeatureCount(
        account=EVERYBODY, first_seen=each.at, last_seen=each.at, shared=True, **place
    )


def _add(row: FeatureCount, each: Told) -> None:
    """Whichever is older has lost weight by the time of the other."""
    newest = max(row.last_seen, each.at)
    row.n = decayed(row.n, newest - row.last_seen) + decayed(1.0, newest - each.at)
    row.times += 1
    row.last_seen = newest


def save(rows: Iterable[FeatureCount]) -> None:
    """New ones and changed ones."""
    changed = ["n", "times", "distinct", "last_seen"]
    new: list[FeatureCount] = []
    old: list[FeatureCount] = []
    for row in rows:
        (old if row.pk else new).append(row)
    FeatureCount.objects.bulk_create(new, batch_size=500)
    FeatureCount.objects.bulk_update(old, changed, batch_size=100)
