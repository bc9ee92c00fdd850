"""`manage.py deliver`: the delivery loop in a process of its own."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from mfa import delivery_loop, outbox


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C, then ends after the messages in hand."""

    help = (
        "Deliver mails, texts and wake-ups, and sweep once a minute. For PostgreSQL without Redis;"
        " with Redis, Celery does it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="deliver what is due, sweep, and end"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["once"]:
            self.stdout.write(f"{outbox.deliver_due()} taken.")
            delivery_loop.sweep()
        else:
            self._go_on()

    def _go_on(self) -> None:
        stop = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            stop.set()
            outbox.wakeup.set()

        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, end)
        self.stdout.write("Delivering.")
        delivery_loop.run_forever(stop)
