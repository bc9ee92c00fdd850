"""The thread beside the site that empties the outbox."""

import logging
import threading
from unittest import mock

import pytest
from django.utils.module_loading import import_string

from mfaproject import embedded


def test_the_loop_named_in_the_code_exists() -> None:
    assert callable(import_string(embedded.DELIVERY))


def test_the_thread_runs_the_loop_and_ends_when_told() -> None:
    began = threading.Event()

    def loop(stop: threading.Event) -> None:
        began.set()
        stop.wait(10)

    with mock.patch("mfaproject.embedded.Finalize") as at_the_end:
        thread, stop = embedded.start_delivery(loop)
    assert began.wait(5)
    assert thread.daemon
    at_the_end.assert_called_once_with(None, embedded.end_delivery, args=(thread, stop), exitpriority=10)
    embedded.end_delivery(thread, stop)
    assert not thread.is_alive()


def test_a_loop_that_stumbles_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    turns: list[int] = []

    def loop(stop: threading.Event) -> None:
        turns.append(len(turns))
        if len(turns) < 3:
            raise RuntimeError("the mail server bit")
        stop.set()

    with mock.patch("mfaproject.embedded.PAUSE", 0), caplog.at_level(logging.ERROR, "nod.delivery"):
        embedded.keep_delivering(loop, threading.Event())
    assert turns == [0, 1, 2]
    assert len(caplog.records) == 2


def test_a_thread_that_was_told_before_it_began_does_nothing() -> None:
    stop = threading.Event()
    stop.set()
    embedded.keep_delivering(lambda stop: pytest.fail("ran"), stop)
