"""Limits of the signed endpoints, and request ids that may be used once.

Both live in the cache. They would help an attacker who could make us forget them, so while the
cache fails they are rows (rule zero): phones go on answering through an outage, with the same caps,
and a recorded request still cannot be played again. What the cache knew when it failed is lost for
at most the 60 seconds that a signed time is good for; a replay in that gap reads an inbox or
repeats a decision that the challenge itself accepts once.
"""

import logging
from datetime import timedelta

from django.core.cache import cache
from django.db import IntegrityError, transaction

from authenticator.models import RateCount, Trace
from mfaproject.lib import clock, ip_addresses, limits, seal, windows
from mfaproject.lib.problems import Problem

log = logging.getLogger("nod.authenticator")

PER_DEVICE = limits.Limit("device", rate=60, per=60)
PER_NETWORK = limits.Limit("pairing", rate=20, per=60)
PER_PAIRING = limits.Limit("pairing-link", rate=20, per=60)
PER_SESSION = limits.Limit("pairing-session", rate=20, per=60)
ECHOES = limits.Limit("echo", rate=5, per=900)
ECHOES_OF_ADDRESS = limits.Limit("echo-address", rate=10, per=900)
"""Of one address, whoever hands it in: nobody makes a stranger's phone ring by
registering it again and again."""
TESTS = limits.Limit("echo-test", rate=1, per=10)
JTI_LIFE = 150  # seconds: twice the skew that a signed time may have, and a margin


def first_use(device_id: str, jti: str) -> bool:
    """Whether this device never used this id before; from now on it has.
    Atomic: of two at once one gets True."""
    if not limits.breaker.open:
        try:
            return cache.add(f"jti:{device_id}:{jti}", 1, JTI_LIFE)
        # Whatever the cache raises, the answer is the same: write it down.
        except Exception as error:  # noqa: BLE001
            limits.breaker.trip()
            log.warning(
                "cache failed, used request ids are kept in the database",
                extra={"reason": type(error).__name__},
            )
    return _written(f"jti:{device_id}", jti)


def _written(owner: str, mark: str) -> bool:
    try:
        with transaction.atomic():
            Trace.objects.create(owner=owner, mark=mark, at=clock.now())
    except IntegrityError:
        return False
    return True


def _hit(*wants: limits.Want) -> int:
    """Seconds to wait, 0 within all of these limits: then it is counted under each of them."""
    return limits.hit_all(*wants, truth=lambda: windows.take(RateCount, *wants, now=clock.now()))


def check_device(device_id: str) -> None:
    """Raises Problem 429 beyond 60 requests a minute. Asked after the signature: a stranger cannot
    use up somebody's budget."""
    _refuse(_hit((device_id, PER_DEVICE)))


def session_wait(session_id: str) -> int:
    """Seconds that a signed-in browser has to wait before the next code; 0 within 20 a minute."""
    return _hit((session_id, PER_SESSION))


def check_pairing(pairing: str, ip: str | None) -> None:
    """Raises Problem 429 beyond 20 calls a minute: of one pairing that waits, else ("") of one
    network.

    Who holds a live link waits for nobody who holds none.
    """
    if pairing:
        _refuse(_hit((pairing, PER_PAIRING)))
    else:
        _refuse(_hit((seal.mac("network", ip_addresses.network(ip)), PER_NETWORK)))


def echo_wait(device_id: str, address: str, *, asked: bool = False) -> int:
    """Seconds until another echo may be sent to this device and this address; 0 within 5, and 10,
    in 15 minutes.

    `asked`: a person asks for it, once in 10 seconds at most.
    """
    echo = [(device_id, ECHOES), (seal.mac("push-address", address), ECHOES_OF_ADDRESS)]
    return _hit(*echo, *([(device_id, TESTS)] if asked else []))


def _refuse(wait: int) -> None:
    if wait:
        raise Problem(429, "rate_limited", "Too many requests. Wait a moment.", retry_after=wait)


def sweep() -> None:
    """Forgets what no check looks at any more."""
    now = clock.now()
    RateCount.objects.filter(ends_at__lt=now).delete()
    Trace.objects.filter(at__lt=now - timedelta(seconds=JTI_LIFE)).delete()
