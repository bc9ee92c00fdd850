"""What keeps the cores busy ends with the command that it is for, however that ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mfaproject.lib.patience import PATIENCE, until
from mfaproject.tests.plugin import ROOT

CORES = len(os.sched_getaffinity(0))


@contextmanager
def busy(*command: str) -> Iterator[subprocess.Popen[str]]:
    whole = [sys.executable, "-m", "e2e.busy", *command]
    with subprocess.Popen(whole, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def spinning(process: subprocess.Popen[str]) -> list[Path]:
    """Its processes that do nothing but spin."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [
        Path("/proc", each)
        for each in children
        if b"while True" in Path("/proc", each, "cmdline").read_bytes()
    ]


def all_spin(process: subprocess.Popen[str]) -> list[Path]:
    def look() -> list[Path]:
        found = spinning(process)
        return found if len(found) == CORES else []

    return until(look, lambda: f"not {CORES} of them spin")


def runs(process: Path) -> bool:
    """Not over, or over and only not taken note of."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_command_runs_so_many_times(tmp_path: Path) -> None:
    with busy("3", "sh", "-c", f"echo once >> {tmp_path}/ran") as process:
        assert process.wait(PATIENCE) == 0
    assert (tmp_path / "ran").read_text() == "once\n" * 3


def test_the_first_failure_is_the_last_run_and_its_exit_code_the_answer(tmp_path: Path) -> None:
    with busy("3", "sh", "-c", f"echo once >> {tmp_path}/ran; exit 7") as process:
        assert process.wait(PATIENCE) == 7
    assert (tmp_path / "ran").read_text() == "once\n"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_spins_any_more_when_it_was_stopped(how: signal.Signals) -> None:
    with busy("1", "sleep", str(10 * PATIENCE)) as process:
        there = all_spin(process)
        process.send_signal(how)
        process.wait(PATIENCE)
    until(lambda: not any(map(runs, there)), lambda: "one of them spins on")
