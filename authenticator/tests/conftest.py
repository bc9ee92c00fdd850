"""Who appears in the tests of this app."""

from typing import Any

import pytest

from authenticator.tests.helpers import paired, person
from authenticator.tests.pages import Facts
from authenticator.tests.signer import Phone
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
