"""A real `manage.py serve` on a free port, with a data folder of its own."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from e2e.outbox import Outbox
from mfaproject.tests.plugin import FIXED, known_variables
from mfaproject.tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0


class Nod:
    """One running server. `origin` is what people type, `authenticator_origin` where phones go, `outbox` what it would have mailed."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.port = free_port()
        self.data_dir = folder / "data"
        self.log = folder / "server.log"
        chosen = {name: value.format(port=self.port) for name, value in variables.items()}
        self.origin = chosen.setdefault("PUBLIC_ORIGIN", f"http://localhost:{self.port}")
        self.authenticator_origin = chosen.get("AUTHENTICATOR_ORIGIN", self.origin)
        self.outbox = Outbox(self.data_dir / "outbox")
        self._environment = _clean() | {"PORT": str(self.port), "DATA_DIR": str(self.data_dir), "BCRYPT_ROUNDS": "4"} | chosen
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def outbox_link(self) -> str:
        """The link to /outbox/ that the start printed."""
        found = re.search(r"https?://\S+/outbox/\?key=\S+", self.log.read_text())
        assert found, f"the start printed no outbox link:\n{self.log.read_text()}"
        return found.group()

    def start(self) -> "Nod":
        """Comes back when /healthz answers; raises with the log where it does not."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self.healthy():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the server did not come up:\n{self.log.read_text()}")
            time.sleep(0.03)
        return self

    def healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends it and gives its exit code; kills what does not end by itself."""
        assert self._process is not None
        self._process.send_signal(how)
        try:
            return self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """No more questions: the server and everything that it started."""
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            self._process.wait()

    def manage(self, *arguments: str) -> str:
        """Runs `manage.py …` on this server's data and gives what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def copy_of(prepared: Path, folder: Path) -> Path:
    """A folder that starts with migrated tables and collected files, so that a start takes one second and not five."""
    shutil.copytree(prepared / "data", folder / "data")
    return folder


def _clean() -> dict[str, str]:
    """The environment without any setting of Nod's."""
    unwanted = {*known_variables(), *(f"{name}_FILE" for name in known_variables()), *FIXED}
    return {name: value for name, value in os.environ.items() if name not in unwanted}
