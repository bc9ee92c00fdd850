"""Django's PostgreSQL backend, for a database that may fall silent: see `connection.py` and
`pool.py`.

Requests have a pool of their own. Its connections ask the server to end by itself what takes too
long, as a backstop; migrations, commands, workers and sweeps share the other pool, without that.
"""

from types import TracebackType
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property

from mfaproject.backends.postgresql.connection import Connection, Cursor, Unknown
from mfaproject.backends.postgresql.limits import LimitedConnection
from mfaproject.backends.postgresql.pool import Pool
from mfaproject.lib import deadlines
from mfaproject.lib.database_faults import CommitUnknown

GETS_WITHIN = {True: 1.5, False: 10.0}
"""Seconds in which a pool has a connection for a request, and for what is none."""
_AWAY = ("25006", "25P03", "25P04")
"""Of a server that is a standby now, or that ended a transaction which took too long. For Django
they are faults of ours."""


class Faults(DatabaseErrorWrapper):
    """psycopg's errors as Django's, and two that Django does not know."""

    wrapper: "DatabaseWrapper"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, Unknown):
            self.wrapper.errors_occurred = True
            raise CommitUnknown(*error.args).with_traceback(traceback) from error
        if isinstance(error, psycopg.Error) and error.sqlstate in _AWAY:
            self.wrapper.leave()
            raise OperationalError(*error.args).with_traceback(traceback) from error
        super().__exit__(kind, error, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's. Its connections come from a pool for requests, or from one
    for everything else."""

    _connection_pools: dict[tuple[str, bool], Pool] = {}

    @property
    def pool(self) -> Pool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        place = self.alias, deadlines.current() is not None
        if place not in self._connection_pools:
            self._connection_pools.setdefault(place, self._new_pool(options, for_requests=place[1]))
        return self._connection_pools[place]

    def _new_pool(self, options: dict[str, Any], *, for_requests: bool) -> Pool:
        parameters = self.get_connection_params() | {"autocommit": True, "cursor_factory": Cursor}
        kind = LimitedConnection if for_requests else Connection
        how = {"timeout": GETS_WITHIN[for_requests]} | options
        return Pool(
            kind,
            kwargs=parameters,
            open=False,
            configure=self._configure_connection,  # type: ignore[attr-defined]
            **how,
        )

    def close_pool(self) -> None:
        for place in [each for each in self._connection_pools if each[0] == self.alias]:
            self._connection_pools.pop(place).close()

    @cached_property
    def wrap_database_errors(self) -> Faults:
        return Faults(self)

    def leave(self) -> None:
        """This server is not to be asked again."""
        if self.connection is not None:
            self.connection.close()

    def set_autocommit(self, autocommit: bool, *args: Any, **options: Any) -> None:
        """After a transaction whose connection was lost Django would make a new
        one, just for this."""
        if autocommit and self.connection is None:
            self.run_commit_hooks_on_set_autocommit_on = False
        else:
            super().set_autocommit(autocommit, *args, **options)

    def close_if_unusable_or_obsolete(self) -> None:
        """Back into the pool, which looks at it when it is wanted again: no round trip here."""
        if self.connection is not None:
            self.close()
