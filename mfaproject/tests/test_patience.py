"""No test knows how fast a machine is: how long anything is waited for is said once, and no time
that something took is a finding.
"""

import re
import time
from pathlib import Path

import pytest

from mfaproject.lib import patience
from mfaproject.tests.plugin import ROOT

WAITS = re.compile(
    r"""\bsleep\(|\btimeout=[\d.]|\.(?:wait|join|result|acquire|get)\((?:timeout=)?[\d.]+\)
    |(?:monotonic|perf_counter|time)\(\)\s-\s\w+\s<|^PATIENCE\s=""",
    re.VERBOSE | re.MULTILINE,
)
THEIRS = {
    "accounts/tests/test_api_docs.py": "that two never meet",
    "mfa/tests/test_smtp.py": "a mail server that is slow",
    "mfa/tests/workers.py": "a channel that is held",
    "mfaproject/tests/test_database_pool.py": "a pool that is slow",
    "mfaproject/tests/test_disk_space.py": "asks no more often than its limit allows",
    "mfaproject/tests/test_emptying.py": "a commit that is late",
    "mfaproject/tests/test_database_faults.py": "comes again when it was told to",
    "mfaproject/tests/test_front_edges.py": "how often it looks while it rests",
    "mfaproject/tests/test_lib_limits.py": "what is left shrinks while time passes",
    "mfaproject/tests/test_silent_database.py": "an answer that is given up",
    "risk/tests/rivals.py": "a model that is slow",
}
FILES = [path for path in sorted(ROOT.glob("*/tests/**/*.py")) if path != Path(__file__)]
pytestmark = pytest.mark.embedded


def test_nothing_waits_by_a_number_of_its_own() -> None:
    found = {str(path.relative_to(ROOT)): WAITS.findall(path.read_text()) for path in FILES}
    assert {path for path, waits in found.items() if waits} == THEIRS.keys()


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(1)",
        "process.wait(15)",
        "began.acquire(timeout=5)",
        "requests.get(url, timeout=5)",
        "assert time.monotonic() - began < 2",
        "PATIENCE = 30.0",
    ],
)
def test_a_number_would_be_found(line: str) -> None:
    assert WAITS.search(line)


def test_what_comes_is_given() -> None:
    found = iter([None, 0, "", "it"])
    assert patience.until(lambda: next(found), lambda: "sorry", rest=lambda _seconds: None) == "it"


def test_what_never_comes_ends_with_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])

    def rest(_again: float) -> None:
        seconds[0] += 1

    with pytest.raises(AssertionError, match="it never came"):
        patience.until(lambda: None, lambda: "it never came", rest=rest)
    assert seconds[0] == patience.PATIENCE
