"""The first gate of each limit: one atomic cache round trip with its expiry.

It is speed only. Where the loss of a count would help an attacker, the truth is a row of whoever
owns what is counted; that owner passes `truth`, which counts in the database with the same cap and
is asked when the cache fails or is slow.
"""

import logging
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache

from mfaproject.lib import clock
from mfaproject.lib.breaker import Breaker

log = logging.getLogger("nod.limits")

# All or none, and INCR never without its end: a counter without one would lock people out for ever.
_SCRIPT = """
local wait, full = 1, false
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
    full, wait = true, math.max(wait, redis.call('PTTL', key))
  end
end
if full then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return 0
"""
# seconds without asking a cache that just failed, so that an outage costs one time-out and not one
# per request
_REST = 5.0


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` hits in `per` seconds; the window starts at the first hit."""

    name: str
    rate: int
    per: int


Truth = Callable[[str, Limit], int]
Want = tuple[str, Limit]

breaker = Breaker(_REST)
_counting = threading.Lock()
"""Of the counters that live in this process, where no other cache is."""


def hit(key: str, limit: Limit, truth: Truth | None = None) -> int:
    """Counts one hit. Gives 0 when it is within the limit, else the seconds to wait (at least 1).
    What is refused is not counted.

    `truth(key, limit)` answers likewise from the database. Without one, a failing cache refuses:
    fail closed.
    """
    return hit_all((key, limit), truth=lambda: truth(key, limit) if truth else limit.per)


def hit_all(*wants: Want, truth: Callable[[], int]) -> int:
    """The same under several limits at once: counted under all of them or under
    none. Gives the longest wait."""
    if not breaker.open:
        try:
            return _count(wants)
        # Whatever the cache raises, the answer is the same: ask the truth.
        except Exception as error:  # noqa: BLE001
            breaker.trip()
            log.warning(
                "cache failed, limits are counted in the database",
                extra={"reason": type(error).__name__},
            )
    return truth()


def _count(wants: Sequence[Want]) -> int:
    keys = [f"limit:{limit.name}:{key}" for key, limit in wants]
    if settings.REDIS_URL:
        client: Any = cache.client.get_client(write=True)  # type: ignore[attr-defined]
        caps = [number for _key, limit in wants for number in (limit.rate, limit.per * 1000)]
        left: int = client.eval(_SCRIPT, len(keys), *map(cache.make_key, keys), *caps)
        return -(-left // 1000)
    with _counting:
        return _count_here(dict(zip(keys, (limit for _key, limit in wants), strict=True)))


def _count_here(wants: dict[str, Limit]) -> int:
    now = clock.now().timestamp()
    kept: dict[str, tuple[int, float]] = cache.get_many(wants)
    found = {key: (count, ends) for key, (count, ends) in kept.items() if ends > now}
    waits = [ends - now for key, (count, ends) in found.items() if count >= wants[key].rate]
    if waits:
        return math.ceil(max(waits))
    for key, limit in wants.items():
        count, ends = found.get(key, (0, now + limit.per))
        cache.set(key, (count + 1, ends), limit.per)
    return 0
