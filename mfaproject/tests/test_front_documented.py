"""docs/front.md says what the front does."""

import re
from pathlib import Path

from django.conf import settings

from mfaproject.front import limits

ROW = re.compile(r"^\| .+ \| `([A-Z_]+)` \| ([0-9.]+) \|$", re.MULTILINE)


def test_the_page_and_the_constants_agree() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "front.md").read_text()
    found = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert {name: float(value) for name, value in ROW.findall(page)} == found
