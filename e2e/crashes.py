"""Browsers that crash, or never start. Such a one is started once more, and so is the test that it
took down with it: both are said and counted. A failed assertion is never repeated.
"""

import re
from collections.abc import Callable
from typing import TypeVar

import pytest
from _pytest.runner import runtestprotocol
from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as Late

T = TypeVar("T")
PROPERTY = "browser crashed"
"""Of a report: travels from a worker to whoever counts."""
_TOLD = re.compile(
    r"Target crashed|Page crashed|(?:page|context|browser)[\w, ]* has been closed"
    r"|Connection closed|Browser closed",
    re.IGNORECASE,
)
_again = pytest.StashKey[str]()
_not_started: list[str] = []


class Crashed(Exception):
    """A browser ended by itself."""


def is_crash(error: BaseException) -> bool:
    """Whether a browser that is gone is what a test stumbled over. Nothing that was asserted is,
    and nothing that did not come in time."""
    if isinstance(error, Crashed):
        return True
    known = isinstance(error, Error) and not isinstance(error, Late)
    return known and _TOLD.search(str(error)) is not None


def started(start: Callable[[], T]) -> T:
    """A browser that runs, of two tries."""
    try:
        return start()
    except (Error, Crashed, OSError) as error:
        _not_started.append(f"a browser did not start: {_first_line(error)}")
        return start()


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def noted(item: pytest.Item, call: "pytest.CallInfo[None]", report: pytest.TestReport) -> None:
    """What a report says of browsers that are gone."""
    if call.excinfo is not None and is_crash(call.excinfo.value):
        item.stash[_again] = _first_line(call.excinfo.value)
    while _not_started:
        report.user_properties.append((PROPERTY, _not_started.pop()))


def run(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The test, once more with new browsers and servers where one of its browsers crashed."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if crash := item.stash.get(_again, ""):
        del item.stash[_again]
        item.session._setupstate.teardown_exact(None)
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        reports[0].user_properties.append((PROPERTY, f"{item.nodeid} ran once more: {crash}"))
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def summary(terminal: pytest.TerminalReporter) -> None:
    """Says them at the end of a run, whatever became of it."""
    reports = [one for some in terminal.stats.values() for one in some]
    properties = [each for one in reports for each in getattr(one, "user_properties", ())]
    told = dict.fromkeys(text for name, text in properties if name == PROPERTY)
    if told:
        terminal.section(f"browsers that crashed or did not start: {len(told)}")
    for text in told:
        terminal.line(text)
