"""Checks at the start: what stops it, what is a word of caution, and what to do about each."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import checks as django_checks
from django.core.checks import ERROR, WARNING, CheckMessage
from pytest_django import Settings

from mfaproject.lib import clock
from risk.checks import built_in_policy, geo_files, models, signals
from risk.geo import watched
from risk.scoring import registry
from risk.tests import mmdb, rivals
from risk.tests.rivals import path

CHAIN = "risk.scoring.chain_model.ChainModel"


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watched, "LOOK_EVERY", 0.0)
    settings.DATA_DIR, settings.GEO_COUNTRY_DB, settings.GEO_ASN_DB = tmp_path, "", ""
    (tmp_path / "geo").mkdir()
    return tmp_path / "geo"


def told(found: list[CheckMessage]) -> list[tuple[str | None, int]]:
    assert all(each.hint for each in found)
    return [(each.id, each.level) for each in found]


def test_each_is_asked_when_the_site_starts() -> None:
    asked = django_checks.registry.registry.get_checks()
    assert {geo_files, built_in_policy, models, signals} <= set(asked)


def test_a_site_as_it_comes_has_nothing_to_say() -> None:
    for check in (geo_files, built_in_policy, models, signals):
        assert check(None) == []


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"version": 1, "challenge": 50},
        {"version": 0, "challenge": 50, "strict": 90},
        {"version": 1, "challenge": "50", "strict": 90},
        {"version": 1, "challenge": True, "strict": 90},
        {"version": 1, "challenge": 90, "strict": 50},
        {"version": 1, "challenge": 50, "strict": 50},
        {"version": 1, "challenge": 0, "strict": 90},
        {"version": 1, "challenge": 50, "strict": 101},
    ],
)
def test_a_policy_that_cannot_decide_stops_the_start(
    settings: Settings, policy: dict[str, Any]
) -> None:
    settings.RISK_POLICY = policy
    found = built_in_policy(None)
    assert told(found) == [("risk.E001", ERROR)]
    assert found[0].msg.startswith("RISK_POLICY needs ")


@pytest.mark.parametrize("setting", ["GEO_COUNTRY_DB", "GEO_ASN_DB"])
def test_a_named_file_that_is_not_there_stops_the_start(settings: Settings, setting: str) -> None:
    setattr(settings, setting, "/nowhere/" + "x" * 500)
    found = geo_files(None)
    assert told(found) == [("risk.E004", ERROR)]
    assert found[0].msg.startswith(f"{setting}=/nowhere/x")
    assert len(found[0].msg) < 250


def test_a_file_that_cannot_be_read_is_told_with_what_to_do(data: Path) -> None:
    (data / "country.db").write_bytes(b"no database")
    found = geo_files(None)
    assert told(found) == [("risk.W002", WARNING)]
    assert "country.db cannot be read" in found[0].msg
    assert "fetch_geo" in str(found[0].hint)


@pytest.mark.parametrize(("days", "ids"), [(90, []), (91, [("risk.W003", WARNING)])])
def test_old_data_are_told(data: Path, days: int, ids: list[tuple[str, int]]) -> None:
    file = mmdb.write(data / "country.db", {"81.2.0.0/16": {"country_code": "GB"}})
    then = (clock.now() - timedelta(days=days) + timedelta(minutes=1)).timestamp()
    os.utime(file, (then, then))
    assert told(geo_files(None)) == ids


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("nonsense", "ImportError"),
        ("risk.nowhere.Model", "ModuleNotFoundError"),
        ("risk.scoring.model.Missing", "ImportError"),
        (path(rivals.CannotBeMade), "ZeroDivisionError"),
        ("risk.scoring.additive.AdditiveModel", "TypeError"),
    ],
)
@pytest.mark.parametrize(
    ("setting", "identity"), [("RISK_MODEL", "risk.E002"), ("RISK_CHALLENGERS", "risk.E003")]
)
def test_a_model_that_cannot_be_made_is_told_with_its_setting(
    settings: Settings, setting: str, identity: str, model: str, error: str
) -> None:
    setattr(settings, setting, model if setting == "RISK_MODEL" else [CHAIN, model])
    found = models(None)
    assert told(found) == [(identity, ERROR)]
    assert found[0].msg.startswith(f"{setting}: {model} cannot be made: ")
    assert CHAIN in str(found[0].hint)


def test_each_signal_that_cannot_be_used_is_told_by_itself() -> None:
    try:
        registry.name(["nowhere.one", "risk.tests.program_signal", "nowhere.two"])
        found = signals(None)
    finally:
        registry.name(())
    assert told(found) == [("risk.E005", ERROR)] * 2
    assert [each.msg.split()[1] for each in found] == ["nowhere.one", "nowhere.two"]
