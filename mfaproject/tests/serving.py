"""A real `manage.py serve` on a free port, with a data folder of its own."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path

from mfaproject.lib.patience import LONG, PATIENCE, until
from mfaproject.tests.plugin import FIXED, ROOT, known_variables
from mfaproject.tests.services import free_port, leash


def clean_environment() -> dict[str, str]:
    """The environment without any setting of Nod's."""
    unwanted = {*known_variables(), *(f"{name}_FILE" for name in known_variables()), *FIXED}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


class Served:
    """One server process. `{port}` in a setting's value becomes its port."""

    def __init__(self, folder: Path, *options: str, **variables: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.data_dir = folder / "data"
        self.log = folder / "server.log"
        self.options = options
        self.variables = {name: value.format(port=self.port) for name, value in variables.items()}
        own = {"PORT": str(self.port), "DATA_DIR": str(self.data_dir), "BCRYPT_ROUNDS": "4"}
        self.environment = clean_environment() | own | self.variables
        self.wrapper: list[str] = []
        """What to put before the command."""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def printed(self) -> str:
        return self.log.read_text()

    @property
    def launched(self) -> subprocess.Popen[bytes]:
        """The process, once it was launched."""
        assert self.process is not None
        return self.process

    def launch(self) -> subprocess.Popen[bytes]:
        """Starts the process, with its own group, no terminal, and a log file."""
        command = [
            *leash("TERM"),
            *self.wrapper,
            sys.executable,
            "manage.py",
            "serve",
            *self.options,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.process

    def start(self) -> "Served":
        """Comes back when /healthz answers; raises with the log where it does not."""
        process = self.launch()
        try:
            until(
                lambda: self.status("/healthz") == 200 or process.poll() is not None,
                lambda: f"the server did not come up:\n{self.printed}",
                patience=LONG,
            )
            assert process.poll() is None, f"the server ended:\n{self.printed}"
        except BaseException:
            self.kill()
            raise
        return self

    def status(self, path: str) -> int | None:
        """The status of a GET over plain http, None where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def stop(self, how: signal.Signals = signal.SIGTERM, *, group: bool = False) -> int:
        """Ends it and gives its exit code; what does not end by itself is killed and raises."""
        assert self.process is not None
        (os.killpg if group else os.kill)(self.process.pid, how)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.kill()

    def kill(self) -> None:
        """No more questions: the server and everything that it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def manage(self, *arguments: str) -> str:
        """Runs `manage.py …` on this server's data and gives what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONG,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
