"""Where an address is."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from mfaproject.lib import metrics
from mfaproject.lib.testing import FrozenClock
from risk import checks
from risk.geo import NOWHERE, Place, age, lists, lookup, watched
from risk.tests import mmdb

HETZNER = {
    "autonomous_system_number": 24940,
    "autonomous_system_organization": "Hetzner Online GmbH",
}
COUNTRIES = {
    "81.2.0.0/16": {"country_code": "GB"},
    "5.9.0.0/16": {"country_code": "DE"},
    "2a02:c7f::/32": {"country_code": "GB"},
}
OWNERS = {"5.9.0.0/16": HETZNER, "2a02:c7f::/32": {"asn": "AS5607", "as_name": "Sky UK Limited"}}
NAMES = {"192.0.2.0/24": {"country": {"iso_code": "FR"}, "asn": "AS64500"}}


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of its own for each test, that is looked at again each time."""
    monkeypatch.setattr(watched, "LOOK_EVERY", 0.0)
    settings.DATA_DIR, settings.GEO_COUNTRY_DB, settings.GEO_ASN_DB = tmp_path, "", ""
    (tmp_path / "geo").mkdir()
    return tmp_path / "geo"


@pytest.fixture
def usual(data: Path) -> Path:
    mmdb.write(data / "country.db", COUNTRIES)
    mmdb.write(data / "asn.db", OWNERS)
    return data


@pytest.mark.usefixtures("usual")
@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("81.2.69.142", Place("GB")),
        ("5.9.1.2", Place("DE", 24940, "Hetzner Online GmbH")),
        ("2a02:c7f:12::1", Place("GB", 5607, "Sky UK Limited")),
        ("8.8.8.8", NOWHERE),
        ("2001:db8::1", NOWHERE),
    ],
)
def test_what_the_files_say(ip: str, place: Place) -> None:
    assert lookup(ip) == place


@pytest.mark.parametrize(
    "ip",
    [
        None,
        "",
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "169.254.1.1",
        "fe80::1",
        "fc00::1",
        "0.0.0.0",
        "garbage",
        "1.2.3",
    ],
)
def test_what_is_nowhere_whatever_the_files_say(data: Path, ip: str | None) -> None:
    everywhere = {
        "0.0.0.0/1": {"country_code": "GB"},
        "128.0.0.0/1": {"country_code": "GB"},
        "8000::/1": {"country_code": "GB"},
    }
    mmdb.write(data / "country.db", everywhere)
    assert lookup("8.8.8.8") == Place("GB")
    assert lookup(ip) == NOWHERE


def test_without_files_everything_is_unknown() -> None:
    assert lookup("81.2.69.142") == NOWHERE
    assert (age.files(), age.report(), checks.geo_files(None)) == ([], "up", [])


def test_own_files_with_their_own_layouts(settings: Settings, tmp_path: Path, usual: Path) -> None:
    own = mmdb.write(tmp_path / "ipinfo.mmdb", NAMES, version=4)
    settings.GEO_COUNTRY_DB = settings.GEO_ASN_DB = str(own)
    assert lookup("192.0.2.1") == Place("FR", 64500)
    assert lookup("5.9.1.2") == NOWHERE
    assert lookup("2a02:c7f:12::1") == NOWHERE, (
        "a file for IPv4 only knows nothing of IPv6, and does not mind"
    )


def test_a_setting_that_names_no_file_is_found_by_the_check(
    settings: Settings, tmp_path: Path
) -> None:
    settings.GEO_COUNTRY_DB = str(tmp_path / "none.mmdb")
    assert lookup("8.8.8.8") == NOWHERE
    assert [each.id for each in checks.geo_files(None)] == ["risk.E004"]


def test_a_file_that_is_replaced_is_opened_again(usual: Path, tmp_path: Path) -> None:
    assert lookup("81.2.69.142").country == "GB"
    mmdb.write(tmp_path / "new", {"81.2.0.0/16": {"country_code": "IE"}}).replace(
        usual / "country.db"
    )
    assert lookup("81.2.69.142").country == "IE"
    (usual / "country.db").unlink()
    assert lookup("81.2.69.142").country == ""


def test_the_disk_is_not_asked_each_time(usual: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lookup("8.8.8.8")
    monkeypatch.setattr(watched, "LOOK_EVERY", 60.0)
    monkeypatch.setattr(watched, "_stamp", lambda path: pytest.fail("asked"))
    assert lookup("81.2.69.142").country == "GB"


def test_many_threads_see_whole_files_while_they_are_replaced(usual: Path, tmp_path: Path) -> None:
    def work(number: int) -> str:
        if number % 20 == 0:
            code = "IE" if number % 40 else "GB"
            mmdb.write(tmp_path / f"new{number}", {"81.2.0.0/16": {"country_code": code}}).replace(
                usual / "country.db"
            )
        return lookup("81.2.69.142").country

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(400))) <= {"GB", "IE"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no database",
        b"nod-ranges-1\n{}",
        mmdb.MARKER,
        b"\0" * 200 + mmdb.MARKER + b"\xff\xff\xff",
    ],
)
@pytest.mark.parametrize("name", ["country.db", "asn.db"])
def test_a_broken_file_is_unknown_and_found_by_the_check(
    usual: Path, name: str, content: bytes
) -> None:
    (usual / name).write_bytes(content)
    place = lookup("5.9.1.2")
    assert place.country == ("" if name == "country.db" else "DE")
    assert place.asn == (0 if name == "asn.db" else 24940)
    assert [each.id for each in checks.geo_files(None)] == ["risk.W002"]
    assert age.report() == "broken"


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_file_that_was_cut_off_never_raises(usual: Path, part: float) -> None:
    whole = (usual / "country.db").read_bytes()
    (usual / "country.db").write_bytes(
        whole[: int(len(whole) * part)] + mmdb.MARKER + whole.rpartition(mmdb.MARKER)[2]
    )
    for ip in ("81.2.69.142", "5.9.1.2", "2a02:c7f:12::1", "8.8.8.8"):
        assert lookup(ip).country in ("", "GB", "DE")


class TestLists:
    @pytest.mark.parametrize(
        ("kind", "flag"), [("hosting", "hosting"), ("vpn", "vpn"), ("tor", "tor")]
    )
    @pytest.mark.usefixtures("usual")
    def test_name_networks_addresses_and_owners(self, kind: Any, flag: str) -> None:
        lists.install(
            kind, "one", ["AS24940", "203.0.113.7", "2a02:c7f::/40 # home"], source="one.txt"
        )
        named = [
            ip
            for ip in ("5.9.1.2", "203.0.113.7", "203.0.113.8", "2a02:c7f::1", "2a02:c7f:ffff::1")
            if getattr(lookup(ip), flag)
        ]
        assert named == ["5.9.1.2", "203.0.113.7", "2a02:c7f::1"]
        assert not any(
            getattr(lookup("5.9.1.2"), other) for other in {"hosting", "vpn", "tor"} - {flag}
        )

    def test_stand_beside_each_other_and_go_one_by_one(self) -> None:
        lists.install("vpn", "one", ["203.0.113.1"], source="one")
        lists.install("vpn", "two", ["203.0.113.2"], source="two")
        assert [lookup(f"203.0.113.{last}").vpn for last in (1, 2, 3)] == [True, True, False]
        assert lists.remove("vpn", "one")
        assert not lists.remove("vpn", "one")
        assert [lookup(f"203.0.113.{last}").vpn for last in (1, 2)] == [False, True]

    def test_a_broken_one_is_unknown_and_found_by_the_check(self) -> None:
        lists.install("tor", "exits", ["203.0.113.1"], source="exits")
        lists.path_of("tor", "exits").write_bytes(b"no list")
        assert lookup("203.0.113.1") == NOWHERE
        assert [each.id for each in checks.geo_files(None)] == ["risk.W002"]


class TestAge:
    def test_is_told_by_name_and_forgotten_with_the_file(
        self, usual: Path, clock: FrozenClock
    ) -> None:
        for path in usual.glob("*.db"):
            os.utime(path, (clock.at.timestamp() - 60, clock.at.timestamp() - 60))
        lists.install("tor", "exits", ["203.0.113.1"], source="exits.txt")
        clock.forward(minutes=1)
        assert age.report() == "up"
        told = {
            sample.labels["file"]: sample.value
            for sample in next(iter(metrics.GEO_AGE.collect())).samples
        }
        assert told == {"country": 120.0, "asn": 120.0, "tor/exits": 60.0}
        lists.remove("tor", "exits")
        age.report()
        assert "tor/exits" not in str(list(metrics.GEO_AGE.collect()))

    @pytest.mark.parametrize(("days", "found"), [(89, []), (91, ["risk.W003"])])
    def test_old_data_are_found_by_the_check(
        self, clock: FrozenClock, days: int, found: list[str]
    ) -> None:
        lists.install("tor", "exits", ["203.0.113.1"], source="exits.txt")
        clock.at += timedelta(days=days)
        assert [each.id for each in checks.geo_files(None)] == found

    @pytest.mark.parametrize(
        "note",
        [
            "",
            "no json",
            "{}",
            "[]",
            json.dumps({"source": "", "version": "", "brought_at": "2026-01-01", "sha256": ""}),
        ],
    )
    def test_a_broken_note_is_none(self, usual: Path, note: str) -> None:
        (usual / "country.db.json").write_text(note)
        assert [each.note for each in age.files()] == [None, None]
