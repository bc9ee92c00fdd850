"""Empties the database after a test that commits. Django truncates every table and makes all
permissions anew, which takes a tenth of a second on PostgreSQL; there are three hundred such tests,
and each leaves a few rows. Those are deleted.
"""

from typing import Any

from django.db import connections, transaction
from django.test import TransactionTestCase

KEPT = ("django_content_type", "auth_permission")
"""Made by `migrate`, changed by nobody."""


def delete_rows(alias: str, keep: tuple[str, ...] = KEPT) -> None:
    """Of all tables but these. On PostgreSQL it waits for whoever is writing, as TRUNCATE would:
    what a thread of the test commits late goes too."""
    connection = connections[alias]
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in sorted(names) if name not in keep]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")


def install() -> None:
    """Instead of Django's own way, which is no setting."""

    def emptied(self: Any) -> None:
        for alias in self._databases_names(include_mirrors=False):
            delete_rows(alias)

    case: Any = TransactionTestCase
    case._fixture_teardown = emptied
