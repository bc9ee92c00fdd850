"""Counts of failures and of visits, kept as rows. The pure rule is `wait_after`."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, Subquery, Value, When

from accounts.models import Failures, Tally
from accounts.models.user import name_key
from mfaproject.lib import clock, seal, windows
from mfaproject.lib.limits import Limit, Want

FREE_FAILURES = 5
FREE_WINDOW = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = 30, 3_600  # seconds
FORGOTTEN_AFTER = timedelta(hours=24)

ADDRESS_ALL = Limit("password-address", 60, 60)
ADDRESS_FAILED = Limit("password-failed-address", 10, 60)
LIVE_PER_LANE, LIVE_PER_ADDRESS = 5, 20
POLL = Limit("poll", 3, 2)  # one a second, burst two
POLL_API = Limit("poll-api", 2, 4)  # one in two seconds, burst two
SIGNUPS = Limit("signup-address", 20, 3_600)
SIGNUP_FORMS = Limit("signup-forms", 60, 3_600)  # each says whether a name is taken
MAILS_ADDRESS = Limit("mail-address", 20, 3_600)
MAILS_TO = (Limit("mail-to-minute", 1, 60), Limit("mail-to-hour", 5, 3_600))
PAGES = Limit("link-pages", 20, 60)


@dataclass(frozen=True, slots=True)
class Record:
    """Wrong passwords under one key: how many, since when, and when the last one came."""

    count: int = 0
    since: datetime | None = None
    last_at: datetime | None = None


def wait_after(count: int) -> int:
    """Seconds to wait after so many failures: none for the first four, then 30 s doubling to an hour."""
    return 0 if count < FREE_FAILURES else min(FIRST_WAIT * 2 ** min(count - FREE_FAILURES, 12), LONGEST_WAIT)


def is_waiting(record: Record, now: datetime) -> bool:
    """Whether a password for this name is not even looked at."""
    return record.last_at is not None and now < record.last_at + timedelta(seconds=wait_after(record.count))


def address_wait(record: Record, now: datetime) -> int:
    """Seconds for which a network that failed too often is not listened to, else 0."""
    if record.since is None or record.count < ADDRESS_FAILED.rate:
        return 0
    return max(0, math.ceil((record.since + timedelta(seconds=ADDRESS_FAILED.per) - now).total_seconds()))


def name_row(typed_name: str, lane: str) -> str:
    """Existing or not, however spelt: one key for one name and lane, from which the name cannot be read."""
    return f"{seal.mac('typed-name', name_key(typed_name))}:{lane}"


def columns(rows: dict[str, str]) -> dict[str, Subquery]:
    """Annotations that bring the records of these keys along with a person, `label` → key: no statement of their own."""
    fields = ("count", "since", "last_at")
    return {f"{label}_{field}": Subquery(Failures.objects.filter(key=row).values(field)[:1]) for label, row in rows.items() for field in fields}


def record_of(row: object, label: str) -> Record:
    """What `columns` brought along."""
    return Record(getattr(row, f"{label}_count") or 0, getattr(row, f"{label}_since"), getattr(row, f"{label}_last_at"))


def read(rows: dict[str, str]) -> dict[str, Record]:
    """The same for a name that nobody has, in one statement."""
    found = {row.key: Record(row.count, row.since, row.last_at) for row in Failures.objects.filter(key__in=rows.values())}
    return {label: found.get(row, Record()) for label, row in rows.items()}


def failed(row: str, window: timedelta, keep_from: int) -> None:
    """Counts a wrong password under a key; below `keep_from` failures, a quiet `window` forgets them, from there on a quiet day does."""
    now = clock.now()
    over = Q(last_at__lt=now - FORGOTTEN_AFTER) | Q(count__lt=keep_from, since__lt=now - window)
    changes = {
        "count": Case(When(over, then=Value(1)), default=F("count") + 1),
        "since": Case(When(over, then=Value(now)), default=F("since")),
        "last_at": now,
    }
    if not Failures.objects.filter(key=row).update(**changes):
        Failures.objects.bulk_create([Failures(key=row, count=0, since=now, last_at=now)], ignore_conflicts=True)
        Failures.objects.filter(key=row).update(**changes)


def name_failed(row: str) -> None:
    """Four wrong passwords within five minutes are free; from the fifth on each costs twice the wait of the one before."""
    failed(row, FREE_WINDOW, FREE_FAILURES)


def address_failed(network: str) -> None:
    """Ten a minute; the minute over, the count begins anew."""
    failed(network, timedelta(seconds=ADDRESS_FAILED.per), 1_000_000)


def succeeded(row: str) -> None:
    """A right password clears its lane."""
    Failures.objects.filter(key=row).update(count=0)


def tally(subject: str, limit: Limit) -> int:
    """Counts one event in the database. Gives 0 when within the limit, else the seconds until the window ends (at least 1)."""
    return tally_all((subject, limit))


def tally_all(*wants: Want) -> int:
    """The same under several limits at once: what one of them refuses takes nothing from the others."""
    return windows.take(Tally, *wants, now=clock.now())


def prune() -> None:
    """Removes what no longer counts."""
    now = clock.now()
    Tally.objects.filter(ends_at__lt=now).delete()
    Failures.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
