"""`python -m e2e.busy TIMES COMMAND…`: runs a command so many times in a row while other work keeps
every core busy, and stops at its first failure.

`make e2e-busy` runs the browser tests so: what they say must not depend on how fast a machine is.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mfaproject.tests.services import leash

SPIN = "while True: pass"
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def kept_busy() -> Iterator[int]:
    """One spinning process for each core that this one may use. They end with
    it, however it ends."""
    cores = len(os.sched_getaffinity(0))
    command = [*leash("KILL"), sys.executable, "-c", SPIN]
    spinning: list[subprocess.Popen[bytes]] = []
    try:
        # A session of its own: Ctrl-C ends the command, and the end of the command ends them.
        spinning.extend(
            subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
            for _core in range(cores)
        )
        yield cores
    finally:
        for each in spinning:
            each.kill()
        for each in spinning:
            each.wait()


def run(command: list[str]) -> int:
    """Its exit code. What would end us ends it first."""
    process = subprocess.Popen([*leash("TERM"), *command])
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise


def told(number: int, times: int, code: int, took: float) -> str:
    end = "passed" if code == 0 else f"failed ({code})"
    return f"{number} of {times} {end} in {took / 60:.1f} min, load {os.getloadavg()[0]:.1f}"


def stop(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main(times: int, command: list[str]) -> int:
    for each in ENDS:
        signal.signal(each, stop)
    with kept_busy() as cores:
        print(f"{cores} cores are kept busy.", flush=True)
        for number in range(1, times + 1):
            began = time.monotonic()
            code = run(command)
            print(told(number, times, code, time.monotonic() - began), flush=True)
            if code:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
