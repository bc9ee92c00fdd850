"""Counting our own SQL statements: what a step costs, without transaction control."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

OWN = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class Statements(list[str]):
    """What was sent, filled when the block ends."""


@contextmanager
def counted() -> Iterator[Statements]:
    """Collects the statements of the block."""
    found = Statements()
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [query["sql"] for query in captured.captured_queries if query["sql"].startswith(OWN)]
