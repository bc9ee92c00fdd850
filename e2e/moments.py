"""Moves moments in a server's database, so that no test has to sit and wait: the server's own clock
goes on as always.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

from e2e.server import Nod
from mfaproject.lib import clock
from mfaproject.lib.patience import PATIENCE


@contextmanager
def _database(nod: Nod) -> Iterator[sqlite3.Connection]:
    with (
        closing(sqlite3.connect(nod.data_dir / "nod.sqlite3", timeout=PATIENCE)) as database,
        database,
    ):
        yield database


def _in(seconds: int) -> str:
    return _written(clock.now() + timedelta(seconds=seconds))


def _written(moment: datetime) -> str:
    """As Django writes it into SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def end_questions(nod: Nod, username: str, at: int | None = None) -> None:
    """All open questions of this person end now, or at this second."""
    end = clock.now() if at is None else datetime.fromtimestamp(at, UTC)
    mine = "state = 'pending' AND user_id = (SELECT id FROM accounts_user WHERE username = ?)"
    with _database(nod) as database:
        changed = database.execute(
            f"UPDATE mfa_challenge SET expires_at = ? WHERE {mine}", (_written(end), username)
        )
        assert changed.rowcount, "nothing is open"


def messages(nod: Nod, username: str) -> list[str]:
    """What was ever written to this person, sent or not: the names of its texts."""
    mine = "user_id = (SELECT id FROM accounts_user WHERE username = ?)"
    with _database(nod) as database:
        return [
            name
            for (name,) in database.execute(
                f"SELECT template FROM mfa_outboxmessage WHERE {mine}", (username,)
            )
        ]


def age_proofs(nod: Nod, username: str, *, minutes: int) -> None:
    """Whoever is signed in as this person proved it so long ago."""
    mine = "user_id = (SELECT id FROM accounts_user WHERE username = ?)"
    with _database(nod) as database:
        changed = database.execute(
            f"UPDATE accounts_session SET proven_at = ? WHERE {mine}",
            (_in(-60 * minutes), username),
        )
        assert changed.rowcount, "nobody is signed in"


def age_sends(nod: Nod, username: str, *, seconds: int) -> None:
    """All codes and pushes went to this person so much earlier."""
    mine = "user_id = (SELECT id FROM accounts_user WHERE username = ?)"
    with _database(nod) as database:
        database.execute(
            f"UPDATE mfa_challenge SET created_at = ? WHERE state = 'pending' AND {mine}",
            (_in(-seconds), username),
        )
        for row, sends in database.execute(
            f"SELECT id, sends FROM mfa_budget WHERE {mine}", (username,)
        ).fetchall():
            earlier = [[at - seconds, whose] for at, whose in json.loads(sends)]
            database.execute(
                "UPDATE mfa_budget SET sends = ?, version = version + 1 WHERE id = ?",
                (json.dumps(earlier), row),
            )


def hold_sends(nod: Nod, username: str) -> None:
    """All codes and pushes went to this person just now, and for as long as a test may take: it is
    too soon for another."""
    age_sends(nod, username, seconds=-600)


def release_sends(nod: Nod, username: str) -> None:
    """They went out long enough ago."""
    age_sends(nod, username, seconds=631)


def forget_mails(nod: Nod) -> None:
    """Nobody was mailed a link or a confirmation lately: the limits of the
    forms that anybody may fill in begin anew."""
    with _database(nod) as database:
        database.execute("DELETE FROM accounts_tally WHERE key LIKE 'mail-%'")


_SHOWN = {
    "risk_loginlog": ("at", "ended_at"),
    "risk_knownbrowser": ("first_seen", "last_used"),
    "mfa_factor": ("added_at", "confirmed_at"),
    "accounts_session": ("created_at",),
}


def let_pass(nod: Nod, *, hours: int) -> None:
    """What pages tell of the past happened so much earlier. What decides anything stays as it is:
    nobody is signed out, no limit begins anew."""
    with _database(nod) as database:
        for table, columns in _SHOWN.items():
            changes = ", ".join(
                f"{name} = strftime('%Y-%m-%d %H:%M:%f000', {name}, '-{hours} hours')"
                for name in columns
            )
            database.execute(f"UPDATE {table} SET {changes}")
