"""Says that there is something to look at: to whoever waits in this process, and by Redis in every
other. It says no more than that, so the words may be lost, come twice, or be read by others.

Nobody relies on them. A word that is lost costs a page the seconds until it asks by itself.
"""

import json
import logging
import os
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.cache import cache

from mfaproject.lib import limits, tokens
from mfaproject.lib.hub import hub

log = logging.getLogger("nod.telling")

CHANNEL = "nod:look"
LONGEST = 64 * 1024
_RUN = tokens.new_id()


def _here() -> str:
    """This process: those that one parent forked share `_RUN`."""
    return f"{_RUN}.{os.getpid()}"


def tell(topics: Collection[str], *, end: bool = False) -> None:
    """After a commit. Costs one time-out of the cache at most, and none while
    it is known to fail."""
    if not topics:
        return
    hub.tell(topics, end=end)
    if settings.REDIS_URL and not limits.breaker.open:
        _publish(topics=list(topics), end=end)


def tell_others_all() -> None:
    """This process can tell again, and may have kept something to itself:
    everybody elsewhere is to look."""
    _publish(everybody=True)


def _publish(**said: object) -> None:
    try:
        client: Any = cache.client.get_client(write=True)  # type: ignore[attr-defined]
        client.publish(CHANNEL, json.dumps({"by": _here()} | said))
    except Exception as error:  # noqa: BLE001 - whatever it raises, what was decided stays decided
        limits.breaker.trip()
        log.warning("other processes were not told", extra={"reason": type(error).__name__})


def heard(word: object) -> None:
    """What another process said. Whoever may write to Redis may say "look" to
    somebody, and no more."""
    if not isinstance(word, bytes) or len(word) > LONGEST:
        return
    try:
        said = json.loads(word)
        topics = [topic for topic in said.get("topics", []) if isinstance(topic, str)]
        by, end, everybody = said["by"], said.get("end") is True, said.get("everybody") is True
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    if by == _here():
        return
    if everybody:
        hub.tell_everybody()
    else:
        hub.tell(topics, end=end)
