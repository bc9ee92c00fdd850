"""A real server on a free port, with a data folder of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import process
from bench.flows import Journey
from bench.people import Person, read
from bench.web import Browser, Wire
from mfaproject.tests.plugin import FIXED, known_variables
from mfaproject.tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0


class DidNotStart(Exception):
    """A server that did not come up; the message is what it printed."""


def environment(**variables: str) -> dict[str, str]:
    """This environment without any setting of Nod's but the ones given, and
    without what `make` tells its children."""
    unwanted = {
        *known_variables(),
        *(f"{name}_FILE" for name in known_variables()),
        *FIXED,
        "MAKEFLAGS",
        "MAKELEVEL",
        "MFLAGS",
    }
    return {name: value for name, value in os.environ.items() if name not in unwanted} | variables


@dataclass
class Server:
    """`command` serves HTTP on `port`; `log` is what it prints."""

    command: list[str]
    port: int
    folder: Path
    variables: dict[str, str]
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self, first_page: str) -> float:
        """Comes back when `first_page` answers 200; gives the seconds since the
        command was given."""
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self._answers(first_page):
            if self._process.poll() is not None or time.perf_counter() - began > PATIENCE:
                self.stop()
                raise DidNotStart(self.log.read_text(errors="replace"))
            time.sleep(0.01)
        return time.perf_counter() - began

    def _answers(self, page: str) -> bool:
        wire = Wire(self.port)
        try:
            return Browser(wire, "127.0.0.1").send("GET", page).status == 200
        except OSError:
            return False
        finally:
            wire.close()

    @property
    def pids(self) -> list[int]:
        return process.family(self._process.pid) if self._process else []

    @property
    def worker(self) -> int:
        """The process that answers: the largest of the family."""
        return max(self.pids, key=process.resident)

    def stop(self) -> None:
        """SIGTERM to the whole group, as systemd does; SIGKILL to what is still
        there after ten seconds."""
        if self._process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, how)
                self._process.wait(10)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
            break
        self._process = None


@contextmanager
def running(server: Server, first_page: str) -> Iterator[Server]:
    """Up inside the block."""
    server.start(first_page)
    try:
        yield server
    finally:
        server.stop()


def nod(folder: Path, *arguments: str, rounds: int, **variables: str) -> Server:
    """`manage.py serve` as in production behind one proxy, at this bcrypt cost."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    fixed = {
        "PORT": str(port),
        "DATA_DIR": str(folder / "data"),
        "BCRYPT_ROUNDS": str(rounds),
        "TRUSTED_PROXY_COUNT": "1",
    }
    return Server(
        [sys.executable, "manage.py", "serve", *arguments],
        port,
        folder,
        environment(**fixed, **variables),
    )


def seeded(server: Server, *, known: int = 0, phones: int = 0, mailboxes: int = 0) -> list[Person]:
    """Puts people into the server's database; gives them in this order."""
    file = server.folder / "people.json"
    numbers = [str(known), str(phones), str(mailboxes)]
    subprocess.run(
        [sys.executable, "-m", "bench.inside", "bench.seed", *numbers, str(file)],
        cwd=ROOT,
        env=server.variables,
        check=True,
    )
    return read(file)


def journeys(server: Server, people: Iterable[Person], wire: Wire) -> list[Journey]:
    """Browsers and phones that take turns on one connection: a thousand open
    ones would be measured too."""
    origin = f"http://localhost:{server.port}"
    return [
        Journey(one, Browser(wire, one.ip), Browser(wire, one.ip), origin, known=bool(one.cookie))
        for one in people
    ]
