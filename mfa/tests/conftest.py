"""Who appears in the tests of this app, and where their messages go."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from mfa import outbox
from mfa.channels.memory import MemoryChannel
from mfaproject.lib.testing import FrozenClock, person


@pytest.fixture(autouse=True)
def _in_memory(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Every channel keeps what it gets; files, where a test asks for them, go
    to a folder of its own."""
    settings.MFA_CHANNELS = dict.fromkeys(
        ("email", "sms", "push"), "mfa.channels.memory.MemoryChannel"
    )
    settings.OUTBOX_DIR = tmp_path / "outbox"
    MemoryChannel.sent.clear()
    outbox.wakeup.clear()
    yield
    MemoryChannel.sent.clear()


@pytest.fixture
def alice(db: None, clock: FrozenClock) -> Any:
    return person("alice")


@pytest.fixture
def bob(db: None, clock: FrozenClock) -> Any:
    return person("bob")
