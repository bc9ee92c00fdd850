"""The delivery of what the outbox holds, by a thread of the process that answers.

It starts where one process is known to be the server; in `AppConfig.ready` every command would
start one.
"""

import logging
import threading
from collections.abc import Callable

from django.db import connections

log = logging.getLogger("nod.delivery")

LOOP, WAKEUP = "mfa.delivery_loop.run_forever", "mfa.outbox.wakeup"
"""By name, because models can be imported only once the application is built."""
PAUSE = 5.0  # seconds before the loop is started again after an error that it did not expect
GRACE = 2.0  # seconds that a message in hand may take at the end

Loop = Callable[[threading.Event], None]


class Delivery:
    """A thread that runs `loop(stop)`; `wakeup` wakes the loop from its rest."""

    def __init__(self, loop: Loop, wakeup: threading.Event) -> None:
        self._loop, self._wakeup = loop, wakeup
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def end(self) -> None:
        """Waits a moment for the message in hand."""
        self._stop.set()
        self._wakeup.set()
        self.thread.join(GRACE)

    def _run(self) -> None:
        """Mails must go out again after whatever happened."""
        while not self._stop.is_set():
            try:
                self._loop(self._stop)
            except Exception:
                log.exception("delivery stumbled and starts again")
                self._stop.wait(PAUSE)
        connections.close_all()
