"""Hears what other processes tell, by Redis, for those who wait in this one.

One connection and one thread for each process that answers. What it hears goes to the hub at once;
while it hears nothing the hub is closed, and pages ask by themselves.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from mfaproject.lib import limits
from mfaproject.lib.announce import CHANNEL, heard, tell_others_all
from mfaproject.lib.hub import Hub, hub

log = logging.getLogger("nod.telling")

# seconds until Redis is asked whether it is still there, and again until it is believed gone
SILENCE = 3.0
RESTS = (0.1, 0.5, 1.0, 2.0, 5.0)  # seconds between two tries


def begin() -> Callable[[], None]:
    """Opens the hub of this process, where all that concerns it can be heard; gives what ends that.

    Several processes on one database without Redis hear nothing of each other: there pages ask.
    """
    if settings.REDIS_URL:
        ear = Ear(settings.REDIS_URL, hub)
        ear.start()
        return ear.end
    if settings.EMBEDDED:
        hub.hear()
    return _nothing


def _nothing() -> None:
    """Nothing was begun, so nothing is to be ended."""


class Ear:
    """`url`: of Redis."""

    def __init__(self, url: str, hub: Hub) -> None:
        self._url, self._hub = url, hub
        self._stop = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """It may sit in a read: nobody waits for it."""
        self._stop.set()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - whatever the client raises, we begin anew
                was_open, self._lost = self._hub.is_open, True
                self._hub.deafen()
                failures = 0 if was_open else failures + 1
                if failures < len(RESTS):  # one line for each kind of rest, then silence
                    why = {"reason": type(error).__name__}
                    log.warning("nothing is heard of other processes, pages ask", extra=why)
                self._stop.wait(RESTS[min(failures, len(RESTS) - 1)])

    def _listen(self) -> None:
        """Until the connection fails. The client must not mend it by itself: what was told
        meanwhile would be missed, and nobody would know."""
        once = Retry(NoBackoff(), 0)
        options: dict[str, Any] = {"socket_connect_timeout": SILENCE, "socket_timeout": SILENCE}
        with Redis.from_url(self._url, retry=once, **options) as client, client.pubsub() as words:
            words.subscribe(CHANNEL)
            asked = False
            while not self._stop.is_set():
                said = words.get_message(timeout=SILENCE)
                if said is None and asked:
                    raise TimeoutError("Redis says nothing")
                if said is None:
                    words.ping()
                asked = said is None
                if said is not None:
                    self._heard(said)

    def _heard(self, said: dict[str, Any]) -> None:
        if said["type"] == "subscribe":
            self._begin()
        elif said["type"] == "message":
            heard(said["data"])

    def _begin(self) -> None:
        """Redis is there. Where it was away, what happened here meanwhile was
        told to nobody else."""
        limits.breaker.reset()
        self._hub.hear()
        if self._lost:
            self._lost = False
            tell_others_all()
