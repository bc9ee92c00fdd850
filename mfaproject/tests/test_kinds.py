"""Kinds of factors are named in their folders, and hardly anywhere else."""

import re
from pathlib import Path

import pytest

from mfa import registry
from mfaproject.tests.plugin import ROOT

KINDS = tuple(factor.kind for factor in registry.known())
NAMED = re.compile(rf"""(?<![\w-])(['"])({"|".join(KINDS)})\1""")
MAIL = "the account's address, a field of forms and of the API"
EXCUSED = {
    "accounts/admin.py": MAIL,
    "accounts/forms.py": MAIL,
    "accounts/views/security.py": MAIL,
    "accounts/models/user.py": MAIL,
    "accounts/views/reset.py": MAIL,
    "accounts/services/people.py": MAIL,
    "accounts/api/reference.py": MAIL,
    "accounts/api/views/account.py": MAIL,
    "accounts/api/descriptions/account.py": "examples of answers",
    "accounts/api/descriptions/signing_in.py": "examples of answers",
    "accounts/management/commands/make_admin.py": MAIL,
    "accounts/services/attempts.py": "a column of the journey: the question to a device",
    "mfa/channels/names.py": "channels, not kinds",
    "mfa/models/factor.py": "a constraint that tables have",
    "mfa/services/budgets.py": MAIL,
}
PAIRING = re.compile(r"templates/authenticator/")


def places() -> list[Path]:
    """Modules and templates of the product, without the folders of factors."""
    modules = [path for app in ("accounts", "mfa") for path in (ROOT / app).rglob("*.py")]
    pages = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    left = ("tests", "migrations", "factors")
    return [path for path in (*modules, *pages) if not set(left) & set(path.parts[:-1])]


def named(path: Path) -> set[str]:
    return {found[1] for found in NAMED.findall(path.read_text())}


@pytest.mark.parametrize("path", places(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_kind_is_named_outside_its_folder(path: Path) -> None:
    where = str(path.relative_to(ROOT))
    if where not in EXCUSED and not PAIRING.match(where):
        assert named(path) == set()


@pytest.mark.parametrize("where", EXCUSED)
def test_no_excuse_is_left_over(where: str) -> None:
    assert named(ROOT / where)


def test_every_kind_of_ours_is_looked_for() -> None:
    assert set(KINDS) >= {"push", "totp", "email", "sms", "recovery"}
