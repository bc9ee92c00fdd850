"""docs/limits.md says how many may wait, and for how long."""

import re
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROW = re.compile(r"^\| .+ \| `([a-z_.]+)\.([A-Z_]+(?:\.[a-z]+)?)` \| ([0-9]+) \|$", re.MULTILINE)
ROWS = ROW.findall((Path(settings.BASE_DIR) / "docs" / "limits.md").read_text())


def test_the_page_has_them_all() -> None:
    assert len(ROWS) == 8


@pytest.mark.parametrize(("module", "name", "value"), ROWS)
def test_the_page_and_the_constants_agree(module: str, name: str, value: str) -> None:
    found: Any = import_module(module)
    assert reduce(getattr, name.split("."), found) == int(value)
