"""The one seam for time: nothing else asks the system what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def timestamp() -> int:
    """Whole seconds since 1970, as the push protocol writes time."""
    return int(now().timestamp())
