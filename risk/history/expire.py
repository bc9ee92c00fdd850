"""Taking lessons back, and letting go of what nobody uses."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from risk.history import counts, locks
from risk.login.history import decayed
from risk.models import FeatureCount

UNUSED = timedelta(days=180)
SLICES = 24 * 60
"""A sweep a minute goes once around the table in a day: an index on the age of the rows would cost
every login more than this."""


@transaction.atomic
def unlearn(account: int, noted: dict[str, Any]) -> None:
    """Takes a login's lesson out of the person's counts. A value that only this login showed is
    gone, as if it had never been shown."""
    locks.together_for(account)
    digests = counts.noted_lesson(account, noted).digests
    rows = list(
        FeatureCount.objects.filter(account=account, digest__in=digests)
        .select_for_update()
        .order_by("digest")
    )
    gone = [row for row in rows if row.times <= 1]
    orphaned = Counter(row.parent for row in gone)
    for row in rows:
        row.times -= 1
        row.n = max(0.0, row.n - decayed(noted["weight"], row.last_seen - noted["at"]))
        row.distinct = max(0, row.distinct - orphaned[row.digest])
    FeatureCount.objects.filter(pk__in=[row.pk for row in gone]).delete()
    FeatureCount.objects.bulk_update(
        [row for row in rows if row.times > 0], ["times", "n", "distinct"]
    )


def prune(now: datetime) -> int:
    """Drops what was not seen for 180 days from this minute's slice of the
    table; gives the number of rows."""
    minute = int(now.timestamp()) // 60
    last = FeatureCount.objects.aggregate(last=Max("pk"))["last"] or 0
    width = last // SLICES + 1
    start = minute % SLICES * width
    old = FeatureCount.objects.filter(
        pk__gte=start, pk__lt=start + width, last_seen__lt=int((now - UNUSED).timestamp())
    )
    with transaction.atomic():
        rows = list(old.select_for_update(skip_locked=True))
        FeatureCount.objects.filter(pk__in=[row.pk for row in rows]).delete()
    fewer_children(rows)
    return len(rows)


def fewer_children(gone: Iterable[FeatureCount]) -> None:
    """What is above the rows that are gone has fewer different children."""
    # One row at a time and holding no other: these are rows that a login may be waiting with.
    for (account, parent), children in Counter(
        (row.account, row.parent) for row in gone if row.parent
    ).items():
        FeatureCount.objects.filter(account=account, digest=parent, distinct__gte=children).update(
            distinct=F("distinct") - children
        )
