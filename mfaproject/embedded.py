"""What the worker process of `manage.py serve` runs: the site and, unless told otherwise, the delivery of what the outbox holds.

A background thread starts here, where one process is known to be the server; in `AppConfig.ready` every command would start one.
"""

import logging
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize

import prometheus_client
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils.module_loading import import_string

log = logging.getLogger("nod.delivery")

LOOP, BELL = "mfa.outbox.run_forever", "mfa.outbox.bell"
"""By name, because models can be imported only once the application is built."""
PAUSE = 5.0  # seconds before the loop is started again after an error that it did not expect
GRACE = 2.0  # seconds that a message in hand may take at the end

Loop = Callable[[threading.Event], None]


def web() -> WSGIHandler:
    """The site alone; another process delivers."""
    application = get_wsgi_application()
    if settings.METRICS_PORT:
        prometheus_client.start_http_server(settings.METRICS_PORT, addr=settings.HOST)
    return application


def web_and_delivery() -> WSGIHandler:
    """The site, and a thread that delivers until the process ends."""
    application = web()
    Delivery(import_string(LOOP), import_string(BELL)).start()
    return application


class Delivery:
    """A thread that runs `loop(stop)`; `bell` wakes the loop from its rest."""

    def __init__(self, loop: Loop, bell: threading.Event) -> None:
        self._loop, self._bell = loop, bell
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        """Told to end when the worker ends: finalizers run in forked workers, where atexit does not."""
        self.thread.start()
        Finalize(None, self.end, exitpriority=0)

    def end(self) -> None:
        self._stop.set()
        self._bell.set()
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
