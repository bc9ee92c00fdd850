"""No browser test knows how fast a machine is: how long anything is waited for is said once, and
nothing waits for time to pass.
"""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE.parent / "static" / "authenticator"
OWN = r"""wait_for_timeout|time\.sleep|asyncio\.sleep|monotonic|perf_counter
    |set_default_\w*timeout|settimeout
    |\btimeout=(?!PATIENCE\b|MILLISECONDS\b|LONG\b)|["']timeout["']:\ (?!MILLISECONDS\b)
    |\.(?:wait|join|result)\([\d.]"""
WAITS = re.compile(OWN, re.VERBOSE)
IMPATIENT = re.compile(r"httpx\.(?:get|post|request)\((?!.*timeout=)")
THEIRS = {
    "waiting.py": "the one home of waiting for a browser",
    "browser.py": "the one home of what Playwright waits for",
    "busy.py": "says how long a run took",
    "push/bidi.py": "a page that goes away under a question is asked again within the patience",
    "clients/walk.py": "a client on its own, which asks as often as it is told",
    "push/autopush.py": "how long a connection that is broken off may still say good-bye",
    "test_patience.py": "this file",
}


def waits(code: str) -> list[str]:
    """By lines, and by whole calls for what leaves something out."""
    calls = [ast.unparse(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    found = [line.strip() for line in code.splitlines() if WAITS.search(line)]
    return found + [call for call in calls if IMPATIENT.match(call)]


@pytest.mark.parametrize(
    "path", sorted(HERE.rglob("*.py")), ids=lambda path: str(path.relative_to(HERE))
)
def test_nothing_waits_by_a_number_of_its_own(path: Path) -> None:
    found = waits(path.read_text())
    assert bool(found) == (str(path.relative_to(HERE)) in THEIRS), found


@pytest.mark.parametrize("path", sorted(SCRIPTS.rglob("*.js")), ids=lambda path: path.name)
def test_what_page_and_worker_wait_for_others_is_the_server_s_to_say(path: Path) -> None:
    assert not re.search(r"AbortSignal\.timeout\((?!timeouts\.)", path.read_text())


@pytest.mark.parametrize(
    "line",
    [
        "page.wait_for_timeout(20)",
        "requests.get(url, timeout=5)",
        "httpx.get(url)",
        "expect(row).to_be_visible(timeout=20_000)",
        'launch(**{"timeout": 30_000})',
        "process.wait(15)",
        "end = time.monotonic() + 10",
    ],
)
def test_a_number_would_be_found(line: str) -> None:
    assert waits(line)
