"""The thread beside the site that empties the outbox."""

import logging
import threading
from unittest import mock

import pytest
from django.utils.module_loading import import_string

from mfaproject import embedded_delivery
from mfaproject.lib.patience import PATIENCE


def test_what_the_thread_runs_exists() -> None:
    assert callable(import_string(embedded_delivery.LOOP))
    assert isinstance(import_string(embedded_delivery.WAKEUP), threading.Event)


def test_the_thread_runs_the_loop_until_the_worker_ends() -> None:
    began, wakeup = threading.Event(), threading.Event()

    def loop(stop: threading.Event) -> None:
        began.set()
        wakeup.wait(PATIENCE)
        assert stop.is_set()

    delivery = embedded_delivery.Delivery(loop, wakeup)
    delivery.start()
    assert began.wait(PATIENCE)
    assert delivery.thread.daemon
    delivery.end()
    assert not delivery.thread.is_alive()


def test_a_loop_that_stumbles_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    turns: list[int] = []
    enough = threading.Event()

    def loop(stop: threading.Event) -> None:
        turns.append(len(turns))
        if len(turns) < 3:
            raise RuntimeError("the mail server bit")
        enough.set()
        stop.wait(PATIENCE)

    delivery = embedded_delivery.Delivery(loop, threading.Event())
    with (
        mock.patch("mfaproject.embedded_delivery.PAUSE", 0),
        caplog.at_level(logging.ERROR, "nod.delivery"),
    ):
        delivery.start()
        assert enough.wait(PATIENCE)
        delivery.end()
    assert turns == [0, 1, 2]
    assert len(caplog.records) == 2
