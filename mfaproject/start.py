"""What must be true before the server starts: a free port, current tables, collected files."""

import hashlib
import os
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands import collectstatic
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from mfaproject import disk_space, startup_lock

STOPPED = 130
"""The exit code of a command that Ctrl-C ended, by the shell's custom."""


def give_up(sentence: str) -> NoReturn:
    """Ends the start with one sentence on stderr and exit code 1."""
    raise SystemExit(f"Nod cannot start: {sentence}")


def address(host: str, port: int) -> str:
    """The IP address to listen on, after making sure that nobody else does."""
    if port > 65_535:
        give_up(f"port {port} does not exist; the highest is 65535.")
    try:
        family, _, _, _, found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        give_up(f"HOST={host[:100]} is no address of this machine.")
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # The server itself would share the port with whoever has it (SO_REUSEPORT), and every other
        # request would land there.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(found)
        except OSError as error:
            give_up(
                f"{host}:{port} cannot be used ({error.strerror}). Choose another one, for example"
                f" PORT={min(port + 1, 65_535)}."
            )
    return str(found[0])


def check_settings() -> None:
    """The first serious finding of the system checks ends the start."""
    serious = [found for found in checks.run_checks() if found.is_serious()]
    if serious:
        give_up(" ".join(part for part in (str(serious[0].msg), serious[0].hint or "") if part))


def reach_database() -> None:
    """One plain connection first: it fails with the reason, where a pool would
    only say that it waited."""
    database: Any = connection
    try:
        database.Database.connect(**database.get_connection_params()).close()
    except database.Database.Error as error:
        where = "DATABASE_URL" if settings.DATABASE_URL else "DATA_DIR"
        give_up(f"{where}: the database does not answer: {_first_line(error)}")


def migrate() -> None:
    """Brings the tables up to date. Asks first: a start with nothing to do is ten times quicker."""
    if _tables_are_old():
        call_command("migrate", interactive=False, verbosity=0)


def require_tables() -> None:
    """For who leaves that to a job: without it each request would fail."""
    if _tables_are_old():
        give_up(
            "the tables are not up to date, and --no-migrate says that somebody else sees to it."
            " Run `manage.py migrate` first."
        )


def _tables_are_old() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static() -> None:
    """Copies, names and compresses static files where one of them changed since the last start; one
    process of a DATA_DIR does it.

    They are made beside and moved in file by file, so that whoever serves meanwhile never finds
    half of one. Those of the start before stay: a server of the version before may still answer
    from the same folder, and pages ask for what they were drawn with.
    """
    mark: Path = settings.DATA_DIR / "static.digest"
    with startup_lock.of_files("static", "Another process is collecting static files."):
        wanted = static_digest()
        if settings.STATIC_ROOT.is_dir() and mark.is_file() and mark.read_text() == wanted:
            return
        with TemporaryDirectory(prefix="static.", dir=settings.DATA_DIR) as scratch:
            _collect(Path(scratch))
            _move_in(Path(scratch))
        mark.write_text(wanted)


def _collect(scratch: Path) -> None:
    """A storage that keeps its files elsewhere is asked as it is."""
    command, kind = (
        collectstatic.Command(),
        import_string(settings.STORAGES["staticfiles"]["BACKEND"]),
    )
    if issubclass(kind, StaticFilesStorage):
        command.storage = kind(location=scratch)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command(command, interactive=False, verbosity=0)


def _move_in(scratch: Path) -> None:
    """The manifest last: until then whoever starts goes by the old one."""
    root: Path = settings.STATIC_ROOT
    kept: Path = settings.DATA_DIR / "static.files"
    before = set(kept.read_text().splitlines()) if kept.is_file() else set()
    names = sorted(
        (path.relative_to(scratch) for path in scratch.rglob("*") if path.is_file()),
        key=lambda name: name.suffix == ".json",
    )
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).replace(root / name)
    wanted = {str(name) for name in names}
    for path in [path for path in root.rglob("*") if path.is_file()]:
        if str(path.relative_to(root)) not in wanted | before:
            path.unlink()
    kept.write_text("\n".join(sorted(wanted)))


def static_digest() -> str:
    """One value for names and contents of all static files, and for how they are stored."""
    found = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            with storage.open(name) as file:
                found.update(name.encode() + b"\0" + file.read())
    return found.hexdigest()


def apart(work: Callable[[], None]) -> None:
    """Does it in a process of its own, which ends with it: what migrations leave in memory would
    otherwise be the server's for ever.

    Neither a connection to the database nor a pool's threads are then there when the server forks.
    Where the work gives up, so do we.
    """
    sys.stdout.flush()
    child = os.fork()
    if not child:
        _do_and_end(work)
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except KeyboardInterrupt:
        code = STOPPED
    if code:
        sys.exit(abs(code))


def _do_and_end(work: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        work()
        connections.close_all()
        code = 0
    except SystemExit as reason:
        sys.stderr.write(f"{reason}\n")
    except (OSError, DatabaseError, startup_lock.StillBusy, CommandError) as error:
        if told := sentence(error):
            sys.stderr.write(f"Nod cannot start: {told}\n")
        else:
            traceback.print_exc()
    except KeyboardInterrupt:
        code = STOPPED
    except BaseException:  # noqa: BLE001 - it is told here, or nowhere
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def sentence(error: BaseException) -> str:
    """What an operator can mend, in words: a disk that is full, a folder or tables that we may not
    write to. "" for a defect."""
    if isinstance(error, OSError):
        where = error.filename or settings.DATA_DIR
        full = "The disk of DATA_DIR is full. " if error.errno in disk_space.FULL else ""
        return (
            f"{where}: {error.strerror}."
            f" {full or 'DATA_DIR must be a folder that Nod may write to.'}".strip()
        )
    if isinstance(error, DatabaseError):
        return (
            f"the tables cannot be brought up to date: {_first_line(error)}"
            if disk_space.is_the_operators(error)
            else ""
        )
    return str(error)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def leave() -> NoReturn:
    """Ends the process, with exit code 0, after the last close of the database: SQLite then folds
    its journal into the one file there is to copy."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.close()
    sys.stdout.flush()
    # nothing is open any more; taking a large interpreter apart would only add 0.3 s to Ctrl-C
    os._exit(0)
