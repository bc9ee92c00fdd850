"""`manage.py vapid_keys` shows, and never makes anything new."""

from io import StringIO
from pathlib import Path

from django.conf import settings as configured
from django.core.management import call_command
from py_vapid import Vapid02
from pytest_django import Settings

from authenticator.service_worker import push_key
from mfaproject.secrets import first_start_secrets


def shown(*arguments: str) -> str:
    out = StringIO()
    call_command("vapid_keys", *arguments, stdout=out)
    return out.getvalue()


def test_it_shows_both_keys_and_where_they_lie() -> None:
    told = shown()
    assert push_key() in told
    assert configured.VAPID_PRIVATE_KEY in told
    assert str(configured.DATA_DIR / "secrets" / "vapid_private_key") in told


def test_the_public_key_alone() -> None:
    assert shown("--public") == push_key() + "\n"


def test_a_key_from_the_environment_lies_there(settings: Settings) -> None:
    settings.VAPID_KEPT_IN = None
    assert "environment" in shown()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    first = first_start_secrets(tmp_path, root_key="r" * 32, vapid_key="").vapid_key
    shown()
    assert first_start_secrets(tmp_path, root_key="r" * 32, vapid_key="").vapid_key == first


def test_the_library_takes_the_key_as_it_is_kept() -> None:
    assert Vapid02.from_raw(configured.VAPID_PRIVATE_KEY.encode()).public_key is not None
