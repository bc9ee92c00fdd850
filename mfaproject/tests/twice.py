"""Which tests run twice, with services and without, and a watch over those that run once.

A test that asks for no database runs without services only. Nothing is lost by that: it cannot
reach a database (pytest-django refuses), and where it so much as takes a connection to a database
or a cache in hand, or starts `manage.py` with the settings of this run, it fails and says what to
do.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils.connection import BaseConnectionHandler

DATABASE = frozenset(
    {
        "db",
        "transactional_db",
        "django_db_reset_sequences",
        "django_db_serialized_rollback",
        "live_server",
    }
)
MARKERS = ("django_db", "both", "services", "e2e")
_others: frozenset[threading.Thread] = frozenset()
_taken: list[str] | None = None
_installed = False


def asks(test: pytest.Item) -> bool:
    """For a database; or to run twice all the same (`both`); or it brings servers of its own
    (`services`, `e2e`)."""
    marked = any(test.get_closest_marker(marker) for marker in MARKERS)
    return marked or not DATABASE.isdisjoint(getattr(test, "fixturenames", ()))


@contextmanager
def once() -> Iterator[None]:
    """Around what a test does that does not ask. It is watched, and so are the threads that it
    starts; others may have to finish something."""
    # One watch, over the one class that all connections come from.
    global _others, _taken  # noqa: PLW0603
    _others, _taken = frozenset(threading.enumerate()) - {threading.current_thread()}, []
    try:
        yield
        taken = _taken
    finally:
        _taken = None
    if taken:
        pytest.fail(
            f"This test runs without services only, and {taken[0]}: let it ask for `db`, or mark it"
            " `both`."
        )


def watching() -> bool:
    return _taken is not None


def _note(what: str) -> None:
    taken = _taken  # once, because the test may end meanwhile
    if taken is not None and threading.current_thread() not in _others:
        taken.append(what)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        _executable, command, _folder, environment = arguments
        own = (os.environ if environment is None else environment).get("DATA_DIR") == os.environ[
            "DATA_DIR"
        ]
        if own and "manage.py" in command:
            _note("started manage.py with the settings of this run")


def install() -> None:
    """Connections to databases and to caches are given out at one place; that
    processes start, Python tells."""
    # An audit hook cannot be undone, and Python has no way to ask whether it is there.
    global _installed  # noqa: PLW0603
    if _installed:
        return
    _installed = True
    sys.addaudithook(_watch)
    handler: Any = BaseConnectionHandler
    give, give_all = handler.__getitem__, handler.all

    def given(self: Any, alias: str) -> Any:
        if alias == "default":  # others are a test's own
            _note(f"took {self.settings_name}[{alias!r}] in hand")
        return give(self, alias)

    def given_all(self: Any, initialized_only: bool = False) -> Any:
        if not initialized_only:
            return give_all(self)
        # At both ends of a request Django closes what is open: nobody asked for it, and what is
        # open depends on the tests before.
        return [
            getattr(self._connections, alias) for alias in self if hasattr(self._connections, alias)
        ]

    handler.__getitem__, handler.all = given, given_all
