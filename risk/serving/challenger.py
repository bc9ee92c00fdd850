"""One model that decides nothing, in a thread of its own: it may hang, raise or lie, and nobody
waits longer than they meant to.

A call that hangs holds its thread for ever. Later ones are "busy" then, at once; no second thread
is started. Calls of parallel logins stand in line, and one whose caller has gone is left out.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, NoReturn, cast

from django.db import connections
from django.utils.module_loading import import_string

from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring.model import RiskModel, checked, label
from risk.serving.fault_log import Reports

TIMEOUT, BUSY = "timeout", "busy"
LONGEST_LINE = 100
"""Calls that may wait for the thread; more than that is no site's traffic but a
model that is too slow for it."""


class NoDatabase(Exception):
    """Models get an attempt and its history, and nothing else."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """`score` is None where there is an `error`: "timeout", "busy", or the name of an exception's
    class. `ms`: how long it took."""

    name: str
    version: str
    score: int | None
    ms: float
    error: str = ""

    def as_row(self) -> Mapping[str, Any]:
        """As the ledger keeps it."""
        named = {"kind": "model", "name": self.name, "version": self.version}
        return named | {"score": self.score, "ms": round(self.ms, 3), "error": self.error}


Call = Future[Opinion | None]


class Challenger:
    """Made for a dotted path; imports it in its own thread, when first asked."""

    def __init__(self, path: str, patience: float) -> None:
        """`patience`: seconds after which a call counts as hanging."""
        self.path = path
        self.reports = Reports(path)
        self._label = label(None, path)
        self._patience = patience
        self._calls: SimpleQueue[tuple[Call, Callable[[], Opinion | None]]] = SimpleQueue()
        self._since: float | None = None
        self._model: RiskModel | None = None
        self._thread: Thread | None = None
        self._starting = Lock()

    def ask(self, attempt: Attempt, history: History) -> Call | None:
        """A call whose result comes later, to be had with `answer`. None: a former call hangs."""
        # nobody can take anything out of the caller's
        own = replace(history, chains=dict(history.chains))
        return self._put(lambda: self._score(attempt, own))

    def answer(self, call: Call | None, began: float, deadline: float) -> Opinion:
        """What came of it, at the deadline at the latest; moments as `time.monotonic` has them."""
        if call is None:
            return self._without(BUSY, began)
        try:
            found = call.result(max(0.0, deadline - monotonic()))
        except TimeoutError:
            found = None
        return found or self._without(BUSY if call.cancel() else TIMEOUT, began)

    def tell(self, attempt: Attempt, outcome: str) -> None:
        """How an attempt ended. Nobody waits for it; left out while a call hangs."""
        self._put(lambda: self._update(attempt, outcome))

    def _put(self, work: Callable[[], Opinion | None]) -> Call | None:
        since = self._since
        if (
            since is not None and monotonic() - since > self._patience
        ) or self._calls.qsize() >= LONGEST_LINE:
            return None
        if not self._runs():
            return None
        call: Call = Future()
        self._calls.put((call, work))
        return call

    def _runs(self) -> bool:
        with self._starting:
            if self._thread is None:
                thread = Thread(target=self._work, name=f"challenger {self.path}", daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # the machine has no more of them, or the process is ending
                    return False
                self._thread = thread
        return True

    def _work(self) -> NoReturn:
        _take_databases_away()
        while True:
            call, work = self._calls.get()
            if call.set_running_or_notify_cancel():
                self._since = monotonic()
                call.set_result(work())
                self._since = None

    def _score(self, attempt: Attempt, history: History) -> Opinion:
        began = monotonic()
        try:
            model = self._made()
            began = monotonic()
            found = checked(model.score(attempt, history))
            took = 1000 * (monotonic() - began)
            return Opinion(found.model, found.model_version, found.score, took)
        # SystemExit too: nothing that it does may end the thread.
        except BaseException as fault:  # noqa: BLE001
            self.reports.tell("failed in shadow", fault)
            return self._without(type(fault).__name__[:60], began)

    def _update(self, attempt: Attempt, outcome: str) -> None:
        try:
            self._made().update(attempt, outcome)
        except BaseException as fault:  # noqa: BLE001 - as above
            self.reports.tell("update failed in shadow", fault)

    def _made(self) -> RiskModel:
        if self._model is None:
            self._model = cast(RiskModel, import_string(self.path)())
            self._label = label(self._model, self.path)
        return self._model

    def _without(self, error: str, began: float) -> Opinion:
        return Opinion(*self._label, None, 1000 * (monotonic() - began), error)


def _take_databases_away() -> None:
    """For this thread: connections belong to threads. Before one is opened,
    since nobody would close it."""

    def refuse() -> NoReturn:
        raise NoDatabase

    for connection in connections.all():
        connection.ensure_connection = refuse  # type: ignore[method-assign]
