"""Whether messages are delivered at all: a worker that died is seen by what it leaves lying."""

from mfa import outbox
from mfaproject.lib import metrics

LATE = 30.0
"""Seconds. Whoever delivers takes a row within two; a few more where many come at once."""


def report() -> str:
    """Gives "up", or "late" where a message that is due has waited too long for anybody to take it.
    Also sets the metric. One SELECT."""
    oldest = outbox.oldest_wait()
    metrics.outbox_oldest(oldest)
    return "late" if oldest > LATE else "up"
