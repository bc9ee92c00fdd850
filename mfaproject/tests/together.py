"""Doing the same thing many times at once, each time on a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def together(*works: Callable[[], T]) -> list[T | Exception]:
    """Runs all of them at the same moment; gives what each returned or raised, in the order given."""
    start = threading.Barrier(len(works))
    results: list[T | Exception] = [RuntimeError("did not run")] * len(works)

    def run(place: int, work: Callable[[], T]) -> None:
        start.wait()
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - whatever happened is the result
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def failures(results: Sequence[object]) -> list[Exception]:
    """What nobody expected."""
    return [result for result in results if isinstance(result, Exception)]
