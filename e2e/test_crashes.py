"""A browser that crashed or never started is started once more, said and counted; a failed
assertion is never repeated.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as Late

from e2e import crashes
from e2e.crashes import Crashed, is_crash, started
from mfaproject.lib.patience import LONG

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_test_whose_browser_crashed_runs_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: tuple[str, ...]
) -> None:
    runs = tmp_path / "runs"
    monkeypatch.setenv("RUNS", str(runs))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "e2e/crashing/crashing.py", "-p", "no:randomly", *workers],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    ).stdout
    assert Counter(runs.read_text().split()) == {
        "page": 2,
        "browser": 2,
        "afterwards": 1,
        "twice": 2,
        "assertion": 1,
    }
    assert "2 failed, 3 passed" in told
    assert "browsers that crashed or did not start: 3" in told
    assert "crashing.py::test_page ran once more: " in told


@pytest.fixture(autouse=True)
def _counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crashes, "_not_started", [])


def starts_at(number: int, fault: Exception) -> tuple[Callable[[], str], list[int]]:
    tries: list[int] = []

    def start() -> str:
        tries.append(1)
        if len(tries) < number:
            raise fault
        return "runs"

    return start, tries


def test_a_browser_that_does_not_start_is_started_once_more() -> None:
    start, tries = starts_at(2, Error("no"))
    assert (started(start), len(tries)) == ("runs", 2)
    assert crashes._not_started.pop() == "a browser did not start: no"


def test_one_that_never_starts_is_tried_twice() -> None:
    start, tries = starts_at(3, Crashed("no"))
    with pytest.raises(Crashed):
        started(start)
    assert len(tries) == 2
    assert crashes._not_started.pop() == "a browser did not start: no"


def test_a_fault_of_the_test_is_not_a_browser_that_did_not_start() -> None:
    start, tries = starts_at(2, AssertionError("no"))
    with pytest.raises(AssertionError):
        started(start)
    assert len(tries) == 1


@pytest.mark.parametrize(
    ("error", "crash"),
    [
        (Error("Page.goto: Target crashed"), True),
        (Error("Target page, context or browser has been closed"), True),
        (Crashed("Firefox has ended"), True),
        (Error("Page.goto: net::ERR_CONNECTION_REFUSED"), False),
        (Late("Timeout 60000ms exceeded: page crashed"), False),
        (AssertionError("Page crashed"), False),
        (ConnectionError("Connection closed"), False),
    ],
)
def test_what_is_a_crash(error: Exception, crash: bool) -> None:
    assert is_crash(error) is crash
