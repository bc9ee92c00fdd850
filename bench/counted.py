"""The site with one header more: `X-Statements` says how many SELECT, INSERT, UPDATE and DELETE a
request took.

Served by granian on a migrated data folder, for `bench.statements` only.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection

OURS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
StartResponse = Callable[..., Any]


class Counter:
    """Django calls it around every statement."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        self.statements += sql.lstrip("( ").upper().startswith(OURS)
        return execute(sql, params, many, context)


site = get_wsgi_application()


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """WSGI."""
    counter = Counter()

    def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Statements", str(counter.statements))], *rest)

    with connection.execute_wrapper(counter):
        return site(environ, started)
