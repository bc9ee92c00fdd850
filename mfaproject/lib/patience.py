"""How long a test waits for what it knows will come: one number, which ends what hangs and nothing
else. A slow machine is no finding.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0  # seconds
LONG = 10 * PATIENCE  # for a whole program: a type checker, or a server that first makes its tables
AGAIN = 0.02  # seconds between two looks


def until(
    look: Callable[[], T | None],
    sorry: Callable[[], object],
    *,
    rest: Callable[[float], object] = time.sleep,
    patience: float = PATIENCE,
) -> T:
    """The first true thing that `look` gives; where none comes, what `sorry` gives is said."""
    end = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() >= end:
            raise AssertionError(sorry())
        rest(AGAIN)
    return found
