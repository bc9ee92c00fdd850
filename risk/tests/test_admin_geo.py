"""The line below the sign-ins."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpRequest
from pytest_django import Settings

from mfaproject.lib.testing import FrozenClock
from risk.admin import LoginLogAdmin
from risk.geo import lists, watched
from risk.models import LoginLog


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "LOOK_EVERY", 0.0)
    settings.DATA_DIR = tmp_path


def page(request: HttpRequest) -> str:
    response: Any = LoginLogAdmin(LoginLog, admin.site).changelist_view(request)
    return str(response.render().content.decode())


def test_without_data_it_says_so(request_of_root: HttpRequest) -> None:
    assert "There are no data about addresses" in page(request_of_root)


@pytest.mark.parametrize(
    ("days", "said", "unsaid"),
    [
        (1, "hosting/clouds: 1 day old.", "Bring newer"),
        (91, "hosting/clouds: 91 days old. Bring newer ones.", "no data"),
    ],
)
def test_each_file_says_how_old_it_is(
    request_of_root: HttpRequest, clock: FrozenClock, days: int, said: str, unsaid: str
) -> None:
    lists.install("hosting", "clouds", ["AS24940"], source="x")
    clock.at += timedelta(days=days)
    text = " ".join(page(request_of_root).split())
    assert said in text
    assert unsaid not in text
    assert "https://db-ip.com" in text


def test_a_broken_file_is_told(request_of_root: HttpRequest) -> None:
    lists.install("hosting", "clouds", ["AS24940"], source="x")
    lists.path_of("hosting", "clouds").write_bytes(b"broken")
    assert "hosting/clouds: cannot be read." in page(request_of_root)
