"""Which tests run twice, with services and without, and a watch over those that run once.

A test that asks for no database runs without services only. Nothing is lost by that: it cannot reach a database (pytest-django refuses),
and where it so much as takes a connection to a database or a cache in hand, it fails and says what to do.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils.connection import BaseConnectionHandler

DATABASE = frozenset({"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"})
_others: frozenset[threading.Thread] = frozenset()
_taken: list[str] | None = None


def asks(test: pytest.Item) -> bool:
    """For a database; or to run twice all the same (`both`)."""
    marked = test.get_closest_marker("django_db") or test.get_closest_marker("both")
    return marked is not None or not DATABASE.isdisjoint(getattr(test, "fixturenames", ()))


@contextmanager
def once() -> Iterator[None]:
    """Around a test that does not ask. It is watched, and so are the threads that it starts; those before it may have to finish something."""
    global _others, _taken  # noqa: PLW0603 - one watch, over the one class that all connections come from
    _others, _taken = frozenset(threading.enumerate()) - {threading.current_thread()}, []
    try:
        yield
        taken = _taken
    finally:
        _taken = None
    if taken:
        pytest.fail(f"This test runs without services only, and took {taken[0]} in hand: let it ask for `db`, or mark it `both`.")


def install() -> None:
    """Connections to databases and to caches are given out at one place."""
    handler: Any = BaseConnectionHandler
    give, give_all = handler.__getitem__, handler.all

    def given(self: Any, alias: str) -> Any:
        if _taken is not None and threading.current_thread() not in _others:
            _taken.append(f"{self.settings_name}[{alias!r}]")
        return give(self, alias)

    def given_all(self: Any, initialized_only: bool = False) -> Any:
        if not initialized_only:
            return give_all(self)
        # At both ends of a request Django closes what is open: nobody asked for it, and what is open depends on the tests before.
        return [getattr(self._connections, alias) for alias in self if hasattr(self._connections, alias)]

    handler.__getitem__, handler.all = given, given_all
