"""Writes wake-ups, and notes when each was committed and when the channel got it: `python -m
bench.inside bench.delivering NUMBER loop|broker`.
"""

import os
import threading
import time
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from bench.delivery import COMMITTED, HANDED, WARM
from bench.seed import users
from mfa import delivery_loop, outbox
from mfa.channels.base import Parcel
from mfa.services import enrolment
from mfaproject.lib import clock

PAUSE = 0.02  # seconds between two: what is measured is the way of one, not a queue


class Stamp:
    """Takes the place of the push services."""

    def send(self, parcel: Parcel) -> None:
        """Notes the moment, by a clock that all processes of a machine share."""
        note(HANDED, str(parcel.context["number"]))


def note(file: str, name: str) -> None:
    """Appends the name and the present moment."""
    with (Path(settings.DATA_DIR) / file).open("a") as lines:
        lines.write(f"{name} {time.monotonic()}\n")


def write(number: int, factor_id: int) -> None:
    """One wake-up, as a question writes it."""
    with transaction.atomic():
        transaction.on_commit(lambda: note(COMMITTED, str(number)))
        outbox.enqueue(
            channel="push",
            template="wake",
            destination=str(factor_id),
            context={"number": number},
            language="",
            expires_at=clock.now() + timedelta(minutes=2),
        )


class _Loop:
    """As in the process of an embedded site."""

    def __enter__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=delivery_loop.run_forever, args=(self._stop,))
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        outbox.wakeup.set()
        self._thread.join()


def main(number: str, way: str) -> None:
    """Called by `bench.inside`; ends when all have been handed over."""
    (user,) = users([f"alice{os.getpid()}"])
    factor_id = enrolment.add_factor(user.pk, "push", "Pixel 8", added_by="")
    with _Loop() if way == "loop" else nullcontext():
        for each in range(int(number) + WARM):
            write(each, factor_id)
            time.sleep(PAUSE)
        while len((Path(settings.DATA_DIR) / HANDED).read_text().splitlines()) < int(number) + WARM:
            time.sleep(PAUSE)
