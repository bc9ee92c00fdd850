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

DELIVERY = "mfa.outbox.run_forever"
PAUSE = 5.0  # seconds before the loop is started again after an error that it did not expect
GRACE = 2.0  # seconds that a message in hand may take at the end

Loop = Callable[[threading.Event], None]


def web() -> WSGIHandler:
    """The site alone; another process delivers."""
    application = get_wsgi_application()
    if settings.METRICS_PORT:
        prometheus_client.start_http_server(settings.METRICS_PORT, addr=settings.HOST)
    Finalize(None, connections.close_all, exitpriority=0)
    return application


def web_and_delivery() -> WSGIHandler:
    """The site, and a thread that delivers until the process ends."""
    application = web()
    start_delivery(import_string(DELIVERY))
    return application


def start_delivery(loop: Loop) -> tuple[threading.Thread, threading.Event]:
    """Runs the loop in a thread; told to stop when the worker ends. Finalizers run in forked workers, where atexit does not."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_delivering, args=(loop, stop), name="delivery", daemon=True)
    thread.start()
    Finalize(None, end_delivery, args=(thread, stop), exitpriority=10)
    return thread, stop


def keep_delivering(loop: Loop, stop: threading.Event) -> None:
    """Mails must go out again after whatever happened."""
    while not stop.is_set():
        try:
            loop(stop)
        except Exception:
            log.exception("delivery stumbled and starts again")
            stop.wait(PAUSE)
    connections.close_all()


def end_delivery(thread: threading.Thread, stop: threading.Event) -> None:
    stop.set()
    thread.join(GRACE)

