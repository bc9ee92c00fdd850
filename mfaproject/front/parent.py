"""The process that starts the ones that answer, starts them again, and tells them to end."""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from mfaproject.front import limits

log = logging.getLogger("nod.front")

KILL_AFTER = limits.STOP_SECONDS + 2.0  # seconds until what does not end is ended
QUICK = 5.0  # seconds: a worker that lives no longer is started again after a rest
RESTS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass
class Worker:
    """One process that answers. `line`: our end of its pipe; closed, it is to end."""

    number: int
    pid: int
    line: int
    born: float = field(default_factory=time.monotonic)


class Parent:
    """`work(number, line)` runs in each worker. Nothing but this may fork or
    wait in this process."""

    def __init__(self, work: Callable[[int, int], None], many: int) -> None:
        self._work, self._many = work, many
        self._workers: dict[int, Worker] = {}
        self._short = [0] * many  # lives that were quick to end, in a row
        self._due: dict[int, float] = {}  # workers to be started, and when
        self._ending = False
        self._ear, self._mouth = socket.socketpair()

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        self._ear.setblocking(False)
        self._mouth.setblocking(False)
        signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._told)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # so that it wakes us
        for number in range(self._many):
            self._start(number)
        while not self._ending:
            self._rest(self._next_start())
            self._reap()
            self._start_due()
        self._end()

    def _told(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True

    def _rest(self, seconds: float) -> None:
        self._ear.settimeout(seconds or 0.001)
        try:
            self._ear.recv(4096)
        except TimeoutError:
            return

    def _next_start(self) -> float:
        return min([3600.0, *(max(0.0, at - time.monotonic()) for at in self._due.values())])

    def _start(self, number: int) -> None:
        ear, mouth = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:  # no memory, or no more processes: for now
            os.close(ear)
            os.close(mouth)
            self._due[number] = time.monotonic() + RESTS[-1]
            log.error("no process that answers could be started", extra={"reason": str(error)})  # noqa: TRY400
            return
        if not pid:
            self._become(number, ear, mouth)
        os.close(ear)
        self._workers[pid] = Worker(number, pid, mouth)

    def _become(self, number: int, ear: int, mouth: int) -> None:
        """In the child. It must hold nobody's end of a line: neither its own nor a sister's."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            os.close(mouth)
            for sister in self._workers.values():
                os.close(sister.line)
            self._work(number, ear)
            code = 0
        except Exception:
            log.exception("a process that answers has failed")
        finally:
            logging.shutdown()
            os._exit(code)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            worker = self._workers.pop(pid, None)
            if worker is not None:
                self._died(worker, os.waitstatus_to_exitcode(status))

    def _died(self, worker: Worker, code: int) -> None:
        os.close(worker.line)
        lived = time.monotonic() - worker.born
        short = self._short[worker.number] = self._short[worker.number] + 1 if lived < QUICK else 0
        rest = RESTS[min(short, len(RESTS) - 1)]
        self._due[worker.number] = time.monotonic() + rest
        said = {"code": code, "again_in": rest}
        log.error("a process that answers has ended and is started again", extra=said)

    def _start_due(self) -> None:
        now = time.monotonic()
        for number in [number for number, at in self._due.items() if at <= now]:
            del self._due[number]
            self._start(number)

    def _end(self) -> None:
        """Hangs up, waits, and ends whatever is still there."""
        for worker in self._workers.values():
            os.close(worker.line)
        deadline = time.monotonic() + KILL_AFTER
        while self._workers and time.monotonic() < deadline:
            self._reap_quietly()
            if self._workers:
                self._rest(min(0.5, max(0.01, deadline - time.monotonic())))
        for pid in self._workers:
            log.error("a process that answers did not end by itself")
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _reap_quietly(self) -> None:
        for pid in tuple(self._workers):
            if os.waitpid(pid, os.WNOHANG)[0]:
                del self._workers[pid]
