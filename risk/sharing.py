"""From each person's counts to everybody's, a batch at a time and never inside a login: no row that every login must change.

One account counts once per value, and a value counts when it has stood for seven days: so a new account's first week teaches nothing, and
what is disavowed in time was never told to others.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from risk import counts
from risk.chains import Node
from risk.counts import Addition
from risk.models import FeatureCount

WAIT = timedelta(days=7)
BATCH = 1000


@transaction.atomic
def share(now: datetime) -> int:
    """Tells everybody's rows of the next batch of values; gives its size. Rows that a login holds right now wait for the next time."""
    due = FeatureCount.objects.filter(shared=False, account__gt=0, first_seen__lte=int((now - WAIT).timestamp()))
    rows = list(due.select_for_update(skip_locked=True).order_by("first_seen")[:BATCH])
    FeatureCount.objects.filter(pk__in=[row.pk for row in rows]).update(shared=True)
    counts.add(_for_everybody(rows, int(now.timestamp())))
    return len(rows)


def _for_everybody(rows: list[FeatureCount], at: int) -> Iterator[Addition]:
    accounts = Counter(row.digest for row in rows)
    known = {row.digest: row for row in FeatureCount.objects.filter(account=0, digest__in=accounts.keys() | {row.parent for row in rows})}
    samples = known | {row.digest: row for row in rows}
    children = Counter(samples[digest].parent for digest in accounts if digest not in known)
    for digest, row in samples.items():
        if accounts[digest] or children[digest]:
            node = Node(row.chain, row.level, mark=row.mark)
            number = accounts[digest]
            yield Addition(0, node, digest, row.parent, float(number), number, at, distinct=children[digest], shared=True)
