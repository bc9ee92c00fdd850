"""What the worker process of `manage.py serve` runs: the site and, unless told otherwise, the delivery of what the outbox holds.

A background thread starts here, where one process is known to be the server; in `AppConfig.ready` every command would start one.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize

import prometheus_client
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils.module_loading import import_string
from granian import _signals

log = logging.getLogger("nod.delivery")

LOOP, BELL = "mfa.loop.run_forever", "mfa.outbox.bell"
"""By name, because models can be imported only once the application is built."""
PAUSE = 5.0  # seconds before the loop is started again after an error that it did not expect
GRACE = 2.0  # seconds that a message in hand may take at the end

Loop = Callable[[threading.Event], None]


class ParentLine:
    """A pipe from the parent process. Nothing is ever said on it: that it ends is the message, and it ends too when the parent is killed.

    Signals would not do. Ctrl-C reaches every process of a terminal, and systemd's SIGTERM every process of a service, and then the parent
    sends its own: a worker that ends at the first before the parent expects it counts as crashed, and one that gets the second while it
    handles the first locks up. Each happened about once in forty stops.
    """

    def __init__(self) -> None:
        self._ear, self._mouth = os.pipe()

    def hang_up(self) -> None:
        """The parent's side: the worker is to end."""
        os.close(self._mouth)

    def replace_signals(self) -> None:
        """The worker's side, before Granian asks for its signal handlers: it gets the end of the line in their place."""
        os.close(self._mouth)  # our copy, or the line would never end
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        _signals.set_main_signals = self._listen

    def _listen(self, interrupt: Callable[..., None], _reload: object = None) -> None:
        threading.Thread(target=self._wait, args=(interrupt,), name="parent", daemon=True).start()

    def _wait(self, interrupt: Callable[..., None]) -> None:
        os.read(self._ear, 1)
        interrupt(signal.SIGTERM, None)


def web(line: ParentLine) -> WSGIHandler:
    """The site alone; another process delivers."""
    line.replace_signals()
    application = get_wsgi_application()
    if settings.METRICS_PORT:
        prometheus_client.start_http_server(settings.METRICS_PORT, addr=settings.HOST)
    return application


def web_and_delivery(line: ParentLine) -> WSGIHandler:
    """The site, and a thread that delivers until the process ends."""
    application = web(line)
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
