"""`manage.py deliver`: the delivery loop in a process of its own."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from mfa import outbox


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C, then ends after the message in hand."""

    help = "Deliver mails, texts and wake-ups, and sweep once a minute."

    def handle(self, *_args: Any, **_options: Any) -> None:
        stop = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            stop.set()
            outbox.bell.set()

        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, end)
        self.stdout.write("Delivering.")
        outbox.run_forever(stop)
