"""docs/limits.md says what the code does."""

import re
from pathlib import Path

from django.conf import settings

from mfa import limits

ROW = re.compile(r"^\| .+ \| `([A-Z_]+)` \| ([0-9]+) \|$", re.MULTILINE)


def _constants() -> dict[str, int]:
    return {
        name: value for name, value in vars(limits).items() if name.isupper() and type(value) is int
    }


def _settings() -> dict[str, int]:
    """Numbers that an installation may change, as they are when it does not."""
    return {name: getattr(settings, name) for name in ("SMS_PER_PREFIX_HOUR", "SMS_PER_SITE_HOUR")}


def test_the_page_and_the_constants_agree() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "limits.md").read_text()
    assert {name: int(value) for name, value in ROW.findall(page)} == _constants() | _settings()


def test_the_mails_and_the_page_name_the_life_of_a_code() -> None:
    words = (Path(settings.BASE_DIR) / "templates" / "emails" / "code.txt").read_text()
    assert f"{limits.CODE_LIFE // limits.MINUTE} minutes" in words
