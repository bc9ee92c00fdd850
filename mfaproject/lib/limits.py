"""The first gate of each limit: one atomic cache round trip with its expiry.

It is speed only. Where the loss of a count would help an attacker, the truth is a row of whoever owns what is counted; that owner passes
`truth`, which counts in the database with the same cap and is asked when the cache fails or is slow.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache

from mfaproject.lib.breaker import Breaker

log = logging.getLogger("nod.limits")

# INCR without EXPIRE would lock people out for ever, so both happen in one script.
_SCRIPT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""
_REST = 5.0  # seconds without asking a cache that just failed, so that an outage costs one time-out and not one per request


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` hits in `per` seconds; the window starts at the first hit."""

    name: str
    rate: int
    per: int


Truth = Callable[[str, Limit], int]

breaker = Breaker(_REST)


def hit(key: str, limit: Limit, truth: Truth | None = None) -> int:
    """Counts one hit. Gives 0 when it is within the limit, else the seconds to wait (at least 1).

    `truth(key, limit)` answers likewise from the database. Without one, a failing cache refuses: fail closed.
    """
    full = f"limit:{limit.name}:{key}"
    if not breaker.open:
        try:
            count, left = _count(full, limit.per)
        except Exception as error:  # noqa: BLE001 - whatever the cache raises, the answer is the same: ask the truth
            breaker.trip()
            log.warning("cache failed, limits are counted in the database", extra={"reason": type(error).__name__})
        else:
            return 0 if count <= limit.rate else max(1, left)
    return truth(key, limit) if truth else max(1, limit.per)


def _count(key: str, per: int) -> tuple[int, int]:
    if settings.REDIS_URL:
        client: Any = cache.client.get_client(write=True)  # type: ignore[attr-defined]
        count, left = client.eval(_SCRIPT, 1, cache.make_key(key), per * 1000)
        return int(count), -(-int(left) // 1000)
    cache.add(key, 0, per)
    return cache.incr(key), per
