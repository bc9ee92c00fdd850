"""Moves moments in a server's database, so that no test has to sit and wait: the server's own clock goes on as always."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from e2e.server import Nod
from mfaproject.lib import clock


@contextmanager
def _database(nod: Nod) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(nod.data_dir / "nod.sqlite3", timeout=20)) as database, database:
        yield database


def _in(seconds: int) -> str:
    """A moment as Django writes it into SQLite."""
    return (clock.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")


def end_questions(nod: Nod, username: str, *, seconds: int) -> None:
    """All open questions of this person end in so many seconds."""
    mine = "state = 'pending' AND user_id = (SELECT id FROM accounts_user WHERE username = ?)"
    with _database(nod) as database:
        changed = database.execute(f"UPDATE mfa_challenge SET expires_at = ? WHERE {mine}", (_in(seconds), username))
        assert changed.rowcount, "nothing is open"


def age_proofs(nod: Nod, username: str, *, minutes: int) -> None:
    """Whoever is signed in as this person proved it so long ago."""
    mine = "user_id = (SELECT id FROM accounts_user WHERE username = ?)"
    with _database(nod) as database:
        changed = database.execute(f"UPDATE accounts_session SET proven_at = ? WHERE {mine}", (_in(-60 * minutes), username))
        assert changed.rowcount, "nobody is signed in"


def age_sends(nod: Nod, username: str, *, seconds: int) -> None:
    """All codes and pushes went to this person so much earlier."""
    mine = "user_id = (SELECT id FROM accounts_user WHERE username = ?)"
    with _database(nod) as database:
        database.execute(f"UPDATE mfa_challenge SET created_at = ? WHERE state = 'pending' AND {mine}", (_in(-seconds), username))
        for row, sends in database.execute(f"SELECT id, sends FROM mfa_budget WHERE {mine}", (username,)).fetchall():
            earlier = [[at - seconds, whose] for at, whose in json.loads(sends)]
            database.execute("UPDATE mfa_budget SET sends = ?, version = version + 1 WHERE id = ?", (json.dumps(earlier), row))


def forget_mails(nod: Nod) -> None:
    """Nobody was mailed a link or a confirmation lately: the limits of the forms that anybody may fill in begin anew."""
    with _database(nod) as database:
        database.execute("DELETE FROM accounts_tally WHERE key LIKE 'mail-%'")


_SHOWN = {
    "risk_loginlog": ("at", "ended_at"),
    "risk_knownbrowser": ("first_seen", "last_used"),
    "mfa_factor": ("added_at", "confirmed_at"),
    "accounts_session": ("created_at",),
}


def let_pass(nod: Nod, *, hours: int) -> None:
    """What pages tell of the past happened so much earlier. What decides anything stays as it is: nobody is signed out, no limit begins anew."""
    with _database(nod) as database:
        for table, columns in _SHOWN.items():
            changes = ", ".join(f"{name} = strftime('%Y-%m-%d %H:%M:%f000', {name}, '-{hours} hours')" for name in columns)
            database.execute(f"UPDATE {table} SET {changes}")
