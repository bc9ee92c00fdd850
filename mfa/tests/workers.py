"""Real workers for tests: processes that a test starts, holds, kills and reads."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from mfa.channels.base import Parcel
from mfaproject.lib.patience import until
from mfaproject.tests.services import leash

_FOLDER = "NOD_TEST_TRACE"


class TracedChannel:
    """Writes down what it does, and waits in the middle of it while a file says so."""

    def send(self, parcel: Parcel) -> None:
        """Begins, is held or not, and has sent."""
        folder = Path(os.environ[_FOLDER])
        _note(folder, f"began {parcel.id}")
        while (folder / "hold").exists() or (folder / f"hold-{parcel.channel}").exists():
            time.sleep(0.02)
        _note(folder, f"sent {parcel.id}")


def _note(folder: Path, line: str) -> None:
    # one short write in append mode: no other can come between
    with (folder / "trace").open("a") as trace:
        trace.write(f"{line}\n")


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Fails the test where it does not come true."""
    until(done, lambda: what)


@dataclass
class Works:
    """Workers on the test's database and one broker. `folder` has their traces and logs."""

    folder: Path
    broker: str
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        """A worker with one process, ready to take messages."""
        folder = self.folder / f"process{len(self.running)}"
        started = self._celery(
            folder, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle", *options
        )
        wait_until((folder / "nod-worker.alive").exists, "the worker is not ready")
        return started

    def beat(self) -> subprocess.Popen[bytes]:
        """Looks every two seconds."""
        return self._celery(self.folder / f"process{len(self.running)}", "beat")

    def _celery(self, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
        database = connection.settings_dict
        folder.mkdir()
        own = {
            "DATABASE_URL": "postgres://{USER}@{HOST}:{PORT}/{NAME}".format_map(database),
            "CELERY_BROKER_URL": self.broker,
            "DJANGO_SETTINGS_MODULE": "mfa.tests.worker_settings",
            "TMPDIR": str(folder),
            _FOLDER: str(self.folder),
        }
        command = [*leash("KILL"), sys.executable, "-m", "celery", "-A", "mfaproject", *arguments]
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=os.environ | own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def hold(self, what: str = "hold") -> None:
        """From now on nothing is sent to its end; with `hold-email` and the
        like, nothing of that channel."""
        (self.folder / what).touch()

    def let_go(self) -> None:
        """What was held goes on."""
        for path in self.folder.glob("hold*"):
            path.unlink()

    @property
    def trace(self) -> list[str]:
        """What the channel did, in this order."""
        path = self.folder / "trace"
        return path.read_text().splitlines() if path.exists() else []

    def wait_for(self, *lines: str) -> None:
        """Until the trace has these."""
        wait_until(lambda: set(lines) <= set(self.trace), f"waited for {lines}")


def kill(process: subprocess.Popen[bytes]) -> None:
    """As when the power fails: the process and all that it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def child_of(process: subprocess.Popen[bytes]) -> int:
    """The pid of the process that does a worker's work."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    wait_until(lambda: bool(children.read_text().strip()), "the worker has no process")
    return int(children.read_text().split()[-1])


@contextmanager
def working(folder: Path, broker: str) -> Iterator[Works]:
    """Everything that was started inside ends with the block."""
    works = Works(folder, broker)
    try:
        yield works
    finally:
        for process in works.running:
            if process.poll() is None:
                kill(process)
