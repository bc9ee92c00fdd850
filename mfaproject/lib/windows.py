"""So many in a span of time, counted in rows: exact, however many come at once and whatever the
cache forgot.

A table of counts has the columns `key` (unique), `count` and `ends_at`. It belongs to the app whose
things are counted, and so do its limits.
"""

import math
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model

from mfaproject.lib.limits import Limit


def take(table: type[Model], *wants: tuple[str, Limit], now: datetime) -> int:
    """Counts one event for each subject under its limit, or for none of them.

    Gives 0, else the seconds (at least 1) until all of them would allow it: what one refuses takes
    nothing from the others. A span begins with its first event.
    """
    with transaction.atomic():
        # In one order, always, so that two who count the same things never wait for each other.
        waits = [
            _one(table, f"{limit.name}:{subject}", limit, now)
            for subject, limit in sorted(wants, key=_order)
        ]
        if any(waits):
            transaction.set_rollback(True)
    return max(waits, default=0)


def _order(want: tuple[str, Limit]) -> tuple[str, str]:
    subject, limit = want
    return limit.name, subject


def _one(table: type[Model], key: str, limit: Limit, now: datetime) -> int:
    rows, ends_at = table._default_manager.filter(key=key), now + timedelta(seconds=limit.per)
    while True:
        if rows.filter(ends_at__gt=now, count__lt=limit.rate).update(count=F("count") + 1):
            return 0
        if rows.filter(ends_at__lte=now).update(count=1, ends_at=ends_at):
            return 0
        found: tuple[int, datetime] | None = rows.values_list("count", "ends_at").first()
        if found is None and _begun(table, key=key, count=1, ends_at=ends_at):
            return 0
        if found is not None and found[0] >= limit.rate and found[1] > now:
            return max(1, math.ceil((found[1] - now).total_seconds()))
        # Somebody began this span, or its row, in this very moment: there may be room in it.


def _begun(table: type[Model], **columns: Any) -> bool:
    try:
        with transaction.atomic():
            table._default_manager.create(**columns)
    except IntegrityError:
        return False
    return True
