"""For all tests of accounts: mails stay in the process, and each test begins with none."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from pytest_django.fixtures import Settings

from mfa.channels.memory import MemoryChannel


@pytest.fixture(autouse=True)
def mails_stay_here(settings: Settings) -> None:
    settings.MFA_CHANNELS = settings.MFA_CHANNELS | {"email": "mfa.channels.memory.MemoryChannel"}
    MemoryChannel.sent.clear()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """For tests that call the WSGI application itself: it keeps the connection, and the transaction, of the test. Django's client sees to that."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
