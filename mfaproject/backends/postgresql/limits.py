"""What the server itself is asked to end in sessions of requests.

A backstop for the budget of a request: work that nobody waits for any more ends, and lets go of its
locks. The limits go along with the start of a session: they hold from its first statement, cost no
statement, and end with it. (`SET` would, behind PgBouncer, reach into the sessions of others.)
"""

import logging
from typing import Any, Self

from psycopg import errors

from mfaproject.backends.postgresql.connection import Connection
from mfaproject.lib import deadlines

log = logging.getLogger("nod.database")


def _options() -> str:
    limits = {
        "statement_timeout": deadlines.STATEMENT,
        "lock_timeout": deadlines.LOCK,
        "idle_in_transaction_session_timeout": deadlines.IDLE_IN_TRANSACTION,
    }
    return " ".join(f"-c {name}={seconds * 1000:.0f}" for name, seconds in limits.items())


class LimitedConnection(Connection):
    """A connection for requests."""

    refused = False
    """Whether somebody in between, such as PgBouncer, lets nobody set limits at the start."""

    @classmethod
    def connect(cls, conninfo: str = "", **parameters: Any) -> Self:
        if not cls.refused:
            try:
                own = str(parameters.get("options") or "")  # comes after ours: the last one counts
                return super().connect(
                    conninfo, **(parameters | {"options": f"{_options()} {own}"})
                )
            except errors.OperationalError as error:
                if "unsupported startup parameter" not in str(error):
                    raise
                log.warning("the server sets no limits of its own: what is in between refuses them")
                LimitedConnection.refused = True
        return super().connect(conninfo, **parameters)
