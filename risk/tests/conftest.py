"""The cast, and risk's settings as they are by default."""

from typing import Any

import pytest

from mfaproject.lib.testing import person


@pytest.fixture
def alice(db: None) -> Any:
    return person("alice")


@pytest.fixture
def bob(db: None) -> Any:
    return person("bob")
