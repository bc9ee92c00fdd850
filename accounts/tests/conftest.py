"""For all tests of accounts: mails stay in the process, and each test begins with none."""

import pytest
from pytest_django.fixtures import Settings

from mfa.channels.memory import MemoryChannel


@pytest.fixture(autouse=True)
def mails_stay_here(settings: Settings) -> None:
    settings.MFA_CHANNELS = settings.MFA_CHANNELS | {"email": "mfa.channels.memory.MemoryChannel"}
    MemoryChannel.sent.clear()
