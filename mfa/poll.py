"""What pages ask while they wait, and who tells them to ask: one place for both.

Whoever changes what a waiting page or an open inbox would say calls one of these, in the
transaction that changes it. Once that has committed, the kept answer is void and whoever waits is
told to look.
"""

import json
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.core.cache import cache
from django.db import transaction

from mfa.models import OutboxMessage
from mfaproject.lib import announce, limits, seal

# seconds a poll may be answered from the cache: a lost message to it costs no more than that
FRESH = 2
_VOID = ""
"""In the place of an answer that was true until just now: a poll that read the rows before must not
put it back, or the page would believe it until it asks again by itself."""


def key(subject: str) -> str:
    """Where the answer for a journey is kept."""
    return f"poll:{subject}"


def kept(subject: str) -> dict[str, Any] | None:
    """The answer for a journey, while it is fresh."""
    if limits.breaker.open:
        return None
    try:
        raw = cache.get(key(subject))
    except Exception:  # noqa: BLE001 - whatever the cache raises, the row is asked instead
        limits.breaker.trip()
        return None
    found: dict[str, Any] | None = json.loads(raw) if raw else None
    return found


def keep(subject: str, answer: dict[str, Any]) -> None:
    """For the next polls, unless it was made void meanwhile."""
    if limits.breaker.open:
        return
    try:
        cache.add(key(subject), json.dumps(answer), FRESH)
    except Exception:  # noqa: BLE001 - it was only for speed
        limits.breaker.trip()


# Topics. Nobody outside names one: a view derives them from what it has checked.


def journey(subject: str) -> str:
    """Answers and ends of a journey's questions."""
    return subject


def way(subject: str) -> str:
    """How far its question got on the way to each device: for browsers known to
    the person alone."""
    return f"{subject}/way"


def inbox(user_id: int) -> str:
    """What waits for a person's devices."""
    return seal.mac("inbox-topic", str(user_id))


# What has happened


def asked(subject: str, people: Iterable[int] = ()) -> None:
    """A question was put; `people`: whose inboxes that changes."""
    _after_commit(_forget, (subject,), [journey(subject), *map(inbox, people)])


def changed(subjects: Iterable[str], people: Iterable[int] = ()) -> None:
    """Questions of these journeys were answered or ended; `people`: whose inboxes that changes."""
    subjects = tuple(dict.fromkeys(subjects))
    _after_commit(_void, subjects, [*map(journey, subjects), *map(inbox, dict.fromkeys(people))])


def got_further(subjects: Iterable[str]) -> None:
    """Questions of these journeys got further on their way to a device, or not
    as far as they should."""
    subjects = tuple(dict.fromkeys(subjects))
    _after_commit(_void, subjects, [way(subject) for subject in subjects])


def rebound(subject: str) -> None:
    """Whoever had this journey until now has it no more: neither a kept answer
    nor a stream is for that browser."""
    _after_commit(_void, (subject,), [journey(subject)], end=True)


def reach_changed(factor_id: int) -> None:
    """A device can be woken again, or no longer: that is told of every question
    that waits for it. One SELECT."""
    waiting = OutboxMessage.objects.filter(factor_id=factor_id, challenge__state="pending")
    got_further(waiting.values_list("challenge__subject", flat=True))


def cut(people: Iterable[int]) -> None:
    """Devices of these people may count no more: whoever may still listen signs anew."""
    _after_commit(_void, (), [inbox(user_id) for user_id in dict.fromkeys(people)], end=True)


def _after_commit(
    renew: Callable[[list[str]], object],
    subjects: Collection[str],
    topics: Collection[str],
    *,
    end: bool = False,
) -> None:
    """Earlier, a poll could read the old rows. Robust: the database is the truth, and neither a
    cache nor a listener that fails must undo what was decided."""
    if topics:
        # No partial: Django asks a hook that failed for its name.
        transaction.on_commit(lambda: _tell(renew, subjects, topics, end), robust=True)


def _tell(
    renew: Callable[[list[str]], object],
    subjects: Collection[str],
    topics: Collection[str],
    end: bool,
) -> None:
    if subjects and not limits.breaker.open:
        try:
            renew([key(subject) for subject in subjects])
        except Exception:  # noqa: BLE001 - while the cache fails, nobody reads it either
            limits.breaker.trip()
    announce.tell(topics, end=end)


def _forget(keys: list[str]) -> None:
    cache.delete_many(keys)


def _void(keys: list[str]) -> None:
    cache.set_many(dict.fromkeys(keys, _VOID), FRESH)
