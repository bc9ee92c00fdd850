"""For tests: the same thing many times at once, each on a database connection of its own."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
THREADS = int(os.environ.get("NOD_RACERS", "12"))
"""At the same moment; the others follow as these get free. The pool of connections must have as
many. `make race` has fifty."""


def together(*works: Callable[[], T], threads: int = THREADS) -> list[T | Exception]:
    """Runs all of them, the first `threads` at the same moment; gives what each
    returned or raised, in the order given."""
    gate = threading.Barrier(min(threads, len(works)))

    def run(place: int) -> T | Exception:
        try:
            if place < gate.parties:
                gate.wait(10)
            return works[place]()
        except Exception as error:  # noqa: BLE001 - whatever happened is the result
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(gate.parties) as pool:
        return list(pool.map(run, range(len(works))))


def at_once(*works: Callable[[], T], threads: int = THREADS) -> list[T]:
    """The same where nothing may be raised: the first that was is raised here."""
    results = together(*works, threads=threads)
    for error in failures(results):
        raise error
    return [result for result in results if not isinstance(result, Exception)]


def failures(results: Sequence[object]) -> list[Exception]:
    """What nobody expected."""
    return [result for result in results if isinstance(result, Exception)]
