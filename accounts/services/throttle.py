"""Counts of failures and of visits, kept as rows. The pure rule is `wait_after`."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, Value, When

from accounts.models import Failures, Link, RateCount
from accounts.models.user import name_key
from mfaproject.lib import clock, seal, windows
from mfaproject.lib.limits import Limit, Want

FREE_FAILURES = 5
FREE_WINDOW = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = 30, 3_600  # seconds
FORGOTTEN_AFTER = timedelta(hours=24)

ADDRESS_ALL = Limit("password-address", 60, 60)
KNOWN_ALL = Limit("password-known", 60, 60)
"""Of one known browser, for the person whom it knows: what strangers of its
network do spends nothing of it."""
PROOFS = Limit("proof-session", 60, 60)
ADDRESS_FAILED = Limit("password-failed-address", 10, 60)
LIVE_PER_LANE, LIVE_PER_ADDRESS = 5, 20
POLL = Limit("poll", 3, 2)  # one a second, burst two
POLL_API = Limit("poll-api", 2, 4)  # one in two seconds, burst two
SIGNUPS = Limit("signup-address", 20, 3_600)
SIGNUP_FORMS = Limit("signup-forms", 60, 3_600)  # each says whether a name is taken
MAILS_ADDRESS = Limit("mail-address", 20, 3_600)
MAILS_TO = (Limit("mail-to-minute", 1, 60), Limit("mail-to-hour", 5, 3_600))
MAILS_OWN = (Limit("mail-own-minute", 1, 60), Limit("mail-own-hour", 5, 3_600))
"""Of the owner's known browsers, for her own address: strangers who type it
spend nothing of this."""
PAGES = Limit("link-pages", 20, 60)
"""Of one live link, else of one network: who holds a link waits for nobody who holds none."""
# of one journey: a page that goes and comes back opens a new one
STREAMS = Limit("streams", 10, 60)
STREAMS_PER_JOURNEY = 2  # at once, in each process that answers: two tabs


@dataclass(frozen=True, slots=True)
class Record:
    """Wrong passwords under one key: how many, since when, and when the last one came."""

    count: int = 0
    since: datetime | None = None
    last_at: datetime | None = None


def wait_after(count: int) -> int:
    """Seconds to wait after so many failures: none for the first four, then 30
    s doubling to an hour."""
    return (
        0
        if count < FREE_FAILURES
        else min(FIRST_WAIT * 2 ** min(count - FREE_FAILURES, 12), LONGEST_WAIT)
    )


def name_wait(record: Record, now: datetime) -> int:
    """Seconds for which a password under this key is not even looked at, else 0."""
    if record.last_at is None:
        return 0
    return seconds_until(record.last_at + timedelta(seconds=wait_after(record.count)), now)


def address_wait(record: Record, now: datetime) -> int:
    """Seconds for which a network that failed too often is not listened to, else 0."""
    if record.since is None or record.count < ADDRESS_FAILED.rate:
        return 0
    return seconds_until(record.since + timedelta(seconds=ADDRESS_FAILED.per), now)


def seconds_until(at: datetime, now: datetime) -> int:
    """Whole seconds, rounded up: who comes back after so many is not told to wait once more."""
    return max(0, math.ceil((at - now).total_seconds()))


def name_row(typed_name: str, lane: str) -> str:
    """Existing or not, however spelt: one key for one name and lane, from which
    the name cannot be read."""
    return f"{seal.mac('typed-name', name_key(typed_name))}:{lane}"


def session_row(public_id: str) -> str:
    """For who is signed in and types her password once more: nobody else can spend what she has."""
    return f"session:{public_id}"


def read(rows: dict[str, str]) -> dict[str, Record]:
    """The records of these keys, `label` → key, in one statement."""
    found = {
        row.key: Record(row.count, row.since, row.last_at)
        for row in Failures.objects.filter(key__in=rows.values())
    }
    return {label: found.get(row, Record()) for label, row in rows.items()}


def refused(row: str, network: str, *, looked_at: bool) -> None:
    """Counts a refused password for its name and, where given, its network.

    The same work for every reason, so that time tells nobody which it was. One that was not looked
    at must not lengthen the wait of its name, so it is counted beside it, where nobody reads it;
    but it counts for the network: else it could be asked without end.
    """
    counted = row if looked_at else f"{row}:unheard"
    _begin(*filter(None, (counted, network)))
    _add(counted, FREE_WINDOW, FREE_FAILURES)
    if network:
        _add(network, timedelta(seconds=ADDRESS_FAILED.per), 1_000_000)


def name_failed(row: str) -> None:
    """Four wrong passwords within five minutes are free; from the fifth on each costs twice the
    wait of the one before."""
    if not _add(row, FREE_WINDOW, FREE_FAILURES):
        _begin(row)
        _add(row, FREE_WINDOW, FREE_FAILURES)


def _begin(*rows: str) -> None:
    now = clock.now()
    Failures.objects.bulk_create(
        [Failures(key=row, count=0, since=now, last_at=now) for row in rows], ignore_conflicts=True
    )


def _add(row: str, window: timedelta, keep_from: int) -> bool:
    """Counts a wrong password under a key; below `keep_from` failures, a quiet `window` forgets
    them, from there on a quiet day does."""
    now = clock.now()
    over = Q(last_at__lt=now - FORGOTTEN_AFTER) | Q(count__lt=keep_from, since__lt=now - window)
    changes = {
        "count": Case(When(over, then=Value(1)), default=F("count") + 1),
        "since": Case(When(over, then=Value(now)), default=F("since")),
        "last_at": now,
    }
    return Failures.objects.filter(key=row).update(**changes) == 1


def succeeded(row: str) -> None:
    """A right password clears its lane."""
    Failures.objects.filter(key=row).update(count=0)


def tally(subject: str, limit: Limit) -> int:
    """Counts one event in the database. Gives 0 when within the limit, else the seconds until the
    window ends (at least 1)."""
    return tally_all((subject, limit))


def tally_all(*wants: Want) -> int:
    """The same under several limits at once: what one of them refuses takes
    nothing from the others."""
    return windows.take(RateCount, *wants, now=clock.now())


def page_wait(network: str, link: Link | None) -> int:
    """Counts a look at the page of a mailed link; seconds to wait when there were too many."""
    return tally(f"link-{link.pk}" if link else network, PAGES)


def prune() -> None:
    """Removes what no longer counts."""
    now = clock.now()
    RateCount.objects.filter(ends_at__lt=now).delete()
    Failures.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
