"""For all tests of accounts: mails stay in the process, and each test begins with none."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@pytest.fixture(autouse=True)
def _messages_stay_here(messages_in_memory: None) -> None:
    """In every test of this app."""


@pytest.fixture
def one_connection() -> Iterator[None]:
    """For tests that call the WSGI application itself: it keeps the connection, and the
    transaction, of the test. Django's client sees to that."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
