"""`python -m mfaproject.alive worker`: whether a process that serves no page is well. It leaves a
mark while it is; this looks how old that is.

Knows nothing of Django: it is asked every few seconds, and `celery inspect ping` would load
everything each time.
"""

import sys
import tempfile
import time
from pathlib import Path

LONGEST = 30.0
"""Seconds. Marks come every two."""


def note(name: str) -> None:
    """This process is well."""
    _mark(name).touch()


def is_well(name: str) -> bool:
    """Whether a process of that name has said so lately."""
    try:
        # Compared with what the file system wrote.
        return time.time() - _mark(name).stat().st_mtime < LONGEST  # noqa: TID251
    except FileNotFoundError:
        return False


def _mark(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"nod-{name}.alive"


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1]) else 1)
