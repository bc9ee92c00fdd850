"""The cast, and risk's settings as they are by default."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from pytest_django import Settings

from mfaproject.lib.testing import FrozenClock, person
from risk.admin import LoginLogAdmin
from risk.geo import watched
from risk.models import LoginLog
from risk.serving import challengers
from risk.tests import mmdb, rivals
from risk.tests.admin_pages import Session
from risk.tests.backtesting import Site, lived


@pytest.fixture
def alice(db: None) -> Any:
    return person("alice")


@pytest.fixture
def bob(db: None) -> Any:
    return person("bob")


@pytest.fixture
def places(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files that know where the addresses of the tests are; gives their folder."""
    monkeypatch.setattr(watched, "LOOK_EVERY", 0.0)
    settings.DATA_DIR, settings.GEO_COUNTRY_DB, settings.GEO_ASN_DB = tmp_path, "", ""
    (tmp_path / "geo").mkdir()
    countries = {
        "81.2.0.0/16": "GB",
        "203.119.40.0/24": "JP",
        "2a02:c7f::/32": "GB",
        "5.9.0.0/16": "DE",
        "185.220.101.0/24": "DE",
    }
    owners = {
        "81.2.0.0/16": (20712, "Andrews & Arnold Ltd"),
        "203.119.40.0/24": (2500, "WIDE Project"),
        "5.9.0.0/16": (24940, "Hetzner Online GmbH"),
    }
    mmdb.write(
        tmp_path / "geo" / "country.db",
        {net: {"country_code": code} for net, code in countries.items()},
    )
    records = {
        net: {"autonomous_system_number": number, "autonomous_system_organization": name}
        for net, (number, name) in owners.items()
    }
    mmdb.write(tmp_path / "geo" / "asn.db", records)
    return tmp_path / "geo"


@pytest.fixture
def fresh_challengers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads of one test are not the next one's, and a loaded machine has time to answer."""
    monkeypatch.setattr(challengers, "_known", {})
    monkeypatch.setattr(challengers, "BUDGET", 30.0)
    rivals.Hangs.held.clear()
    rivals.Hangs.calls = 0
    rivals.Model.told.clear()
    rivals.Model.threads.clear()
    yield
    rivals.Hangs.held.set()


@pytest.fixture
def impatient(fresh_challengers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challengers, "BUDGET", 0.5)


@pytest.fixture
def ledger() -> LoginLogAdmin:
    return LoginLogAdmin(LoginLog, admin.site)


@pytest.fixture
def request_of_root(db: None, rf: RequestFactory) -> HttpRequest:
    request = rf.get("/admin/")
    request.user = person("root", is_staff=True, is_superuser=True)
    request.session = Session()  # type: ignore[assignment]
    return request


@pytest.fixture
def site(clock: FrozenClock) -> Site:
    """A few weeks of fourteen people."""
    return lived(clock, 220, seed=1)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the messages told."""
    told: list[str] = []
    monkeypatch.setattr(
        messages,
        "add_message",
        lambda _request, _level, text, *_args, **_more: told.append(str(text)),
    )
    return told


@pytest.fixture
def visit(db: None, rf: RequestFactory, said: list[str]) -> Callable[..., Any]:
    """Opens an address of the admin as a superuser, or as `who`; a POST where there are `data`."""
    root = person("root", is_staff=True, is_superuser=True)

    def opened(
        url: str, data: dict[str, Any] | None = None, who: Any = None, csrf: bool = False
    ) -> Any:
        request = rf.get(url) if data is None else rf.post(url, data)
        request.user, request.session = who or root, Session()  # type: ignore[assignment]
        request._dont_enforce_csrf_checks = not csrf  # type: ignore[attr-defined]
        found = resolve(request.path_info)
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        return response.render() if hasattr(response, "render") else response

    return opened
