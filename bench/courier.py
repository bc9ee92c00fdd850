"""`manage.py deliver` beside a server, so that mails are measured by themselves."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import process
from bench.server import ROOT, Server

PATIENCE = 30.0
START = 3.0  # seconds until it has read its code; that is not what a mail costs


class NoMail(Exception):
    """Mails that did not come."""


@dataclass(frozen=True, slots=True)
class Courier:
    """The process that delivers, and the folder it delivers to."""

    pid: int
    folder: Path
    cpu_before: float = 0.0

    def milliseconds(self) -> float:
        """CPU for one mail, on average over those of `folder`."""
        return (process.cpu([self.pid]) - self.cpu_before) / self.delivered * 1000

    @property
    def delivered(self) -> int:
        return len(list(self.folder.glob("*.eml")))

    def wait_for(self, mails: int) -> None:
        """Until so many lie there."""
        deadline = time.perf_counter() + PATIENCE
        while self.delivered < mails:
            if time.perf_counter() > deadline:
                raise NoMail(f"{self.delivered} of {mails} mails after {PATIENCE:.0f} s")
            time.sleep(0.1)


@contextmanager
def delivering(site: Server) -> Iterator[Courier]:
    """Delivers inside the block."""
    with site.log.open("ab") as log:
        command = [sys.executable, "manage.py", "deliver"]
        work = subprocess.Popen(
            command, cwd=ROOT, env=site.variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        time.sleep(START)
        yield Courier(work.pid, site.folder / "data" / "outbox", process.cpu([work.pid]))
    finally:
        work.terminate()
        work.wait(10)
