"""Who appears in the tests of this app."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from authenticator.tests.helpers import paired, person
from authenticator.tests.pages import Facts
from authenticator.tests.pushing import PATH, Memory, prove
from authenticator.tests.signer import WEBPUSH, Phone
from mfaproject.lib.testing import FrozenClock


@pytest.fixture
def alice(db: None, clock: FrozenClock) -> Any:
    return person("alice")


@pytest.fixture
def bob(db: None, clock: FrozenClock) -> Any:
    return person("bob")


@pytest.fixture
def phone(alice: Any) -> Phone:
    """Alice's, confirmed."""
    return paired(alice)


@pytest.fixture
def me(alice: Any) -> Facts:
    """Alice's session, proved just now."""
    return Facts(alice)


@pytest.fixture
def service(settings: Settings) -> Iterator[type[Memory]]:
    """All pushes go to memory."""
    settings.PUSH_SERVICES = {"webpush": PATH, "fcm": PATH}
    yield Memory
    Memory.sent.clear()
    Memory.fails.clear()


@pytest.fixture
def woken(service: type[Memory], alice: Any) -> Phone:
    """Alice's phone, which has shown that pushes arrive."""
    phone = paired(alice, sub=WEBPUSH)
    prove(phone)
    return phone
