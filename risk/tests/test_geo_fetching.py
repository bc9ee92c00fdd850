"""Bringing the data: through npm, from files, and never half."""

import io
import json
import stat
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from risk.geo import lookup, packages, watched
from risk.geo.packages import PACKAGES, read_networks
from risk.tests import mmdb

FOUR = (
    '5.9.0.0,5.9.255.255,24940,"Hetzner Online GmbH"\n81.2.64.0,81.2.127.255,20712,Andrews & Arnold'
    " Ltd\n"
)
SIX = "2a02:c7f::,2a02:c7f:ffff:ffff:ffff:ffff:ffff:ffff,5607,Sky UK Limited\n"
COUNTRIES = {"81.2.0.0/16": {"country_code": "GB"}, "5.9.0.0/16": {"country_code": "DE"}}


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watched, "LOOK_EVERY", 0.0)
    settings.DATA_DIR, settings.GEO_COUNTRY_DB, settings.GEO_ASN_DB = tmp_path / "data", "", ""
    return tmp_path / "data" / "geo"


def run(command: str, *words: str) -> str:
    told = io.StringIO()
    call_command(command, *words, stdout=told, stderr=io.StringIO())
    return told.getvalue()


def archive(path: Path, files: dict[str, bytes]) -> Path:
    """An npm package."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def country_package(folder: Path) -> Path:
    whole = mmdb.write(folder / "country.mmdb", COUNTRIES).read_bytes()
    about = json.dumps({"name": PACKAGES["country"], "version": "2.3.1"}).encode()
    files = {
        "package/geo-country-ipv4.mmdb": b"not this one",
        "package/geo-country.mmdb": whole,
        "package/package.json": about,
    }
    return archive(folder / "country.tgz", files)


def owner_package(folder: Path) -> Path:
    about = json.dumps({"name": PACKAGES["asn"], "version": "2.3.2"}).encode()
    files = {
        "package/asn-ipv4.csv": FOUR.encode(),
        "package/asn-ipv6.csv": SIX.encode(),
        "package/asn-ipv4-num.csv": b"1,2,3,x\n",
    }
    return archive(folder / "asn.tgz", files | {"package/package.json": about})


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Puts an npm of ours into the path: a script that copies what is there under the name of the
    package, or fails with a sentence."""
    found = {
        PACKAGES["country"]: country_package(tmp_path),
        PACKAGES["asn"]: owner_package(tmp_path),
    }

    def stand_in(fails: str = "") -> None:
        cases = "\n".join(
            f'  "{name}") cp "{path}" "$into/x.tgz";;' for name, path in found.items()
        )
        script = tmp_path / "bin" / "npm"
        script.parent.mkdir(exist_ok=True)
        broken = f'echo "{fails}" >&2; exit 1\n' if fails else ""
        last = 'for word; do case "$word" in --pack-destination=*) into="${word#*=}";; esac; done\n'
        script.write_text(
            f'#!/bin/sh\n{broken}{last}case "$2" in\n{cases}\nesac\necho \'[{{"filename":'
            ' "x.tgz"}]\'\n'
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")

    return stand_in


def test_both_packages_are_brought(npm: Callable[..., None], data: Path) -> None:
    npm()
    told = run("fetch_geo")
    assert "2.3.1" in told
    assert "CC BY 4.0" in told
    place = lookup("5.9.1.2")
    assert (place.country, place.asn, place.as_name) == ("DE", 24940, "Hetzner Online GmbH")
    assert lookup("2a02:c7f::1").asn == 5607
    assert sorted(path.name for path in data.iterdir()) == [
        "asn.db",
        "asn.db.json",
        "country.db",
        "country.db.json",
    ]
    note = json.loads((data / "asn.db.json").read_text())
    assert (note["source"], note["version"], note["entries"], len(note["sha256"])) == (
        PACKAGES["asn"],
        "2.3.2",
        3,
        64,
    )


def test_check_shows_versions_and_age(npm: Callable[..., None]) -> None:
    assert "There are no data" in run("fetch_geo", "--check")
    npm()
    run("fetch_geo")
    assert run("fetch_geo", "--check").splitlines() == [
        f"country: {PACKAGES['country']} 2.3.1, 0 days old",
        f"asn: {PACKAGES['asn']} 2.3.2, 0 days old",
    ]


def test_without_npm_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match="apt-get install npm"):
        run("fetch_geo")


def test_what_npm_says_is_passed_on(npm: Callable[..., None], data: Path) -> None:
    npm(fails="npm error 404 Not Found")
    with pytest.raises(CommandError, match="npm error 404 Not Found"):
        run("fetch_geo")
    assert not data.exists()


def test_npm_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, npm: Callable[..., None]) -> None:
    npm()

    def hangs(*_given: Any, **_options: Any) -> None:
        raise subprocess.TimeoutExpired("npm", 600)

    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(CommandError, match="timed out"):
        run("fetch_geo")


class TestFromFiles:
    def test_databases_are_known_by_what_they_hold(self, tmp_path: Path) -> None:
        countries = mmdb.write(tmp_path / "a.mmdb", COUNTRIES)
        owners = mmdb.write(tmp_path / "b.mmdb", {"5.9.0.0/16": {"asn": "AS24940"}}, version=4)
        told = run("fetch_geo", "--from", str(owners), str(countries))
        assert told.startswith("asn: b.mmdb 1700000000")
        assert (lookup("5.9.1.2").country, lookup("5.9.1.2").asn) == ("DE", 24940)

    def test_tables_go_together(self, tmp_path: Path) -> None:
        (tmp_path / "v4.csv").write_text(FOUR)
        (tmp_path / "v6.csv").write_text(SIX)
        run("fetch_geo", "--from", str(tmp_path / "v6.csv"), str(tmp_path / "v4.csv"))
        assert [lookup(ip).asn for ip in ("81.2.69.142", "2a02:c7f::1", "9.9.9.9")] == [
            20712,
            5607,
            0,
        ]

    def test_packages_are_taken_apart(self, tmp_path: Path) -> None:
        run("fetch_geo", "--from", str(country_package(tmp_path)), str(owner_package(tmp_path)))
        assert (lookup("5.9.1.2").country, lookup("5.9.1.2").asn) == ("DE", 24940)

    def test_names_in_a_package_lead_nowhere(self, tmp_path: Path) -> None:
        escaping = archive(
            tmp_path / "x.tgz", {"../../../../asn-ipv4.csv": FOUR.encode(), "/etc/passwd": b"x"}
        )
        offer = packages.unpack(escaping, tmp_path / "out")
        assert [path.relative_to(tmp_path) for path in offer.files] == [Path("out/asn-ipv4.csv")]

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            ("x.mmdb", b"no database", "no use"),
            ("x.csv", b"5.9.0.0,5.9.255.255\n", "x.csv, line 1"),
            ("x.csv", FOUR.encode() + b"oops,81.2.255.255,1,x\n", "x.csv, line 3"),
            ("x.csv", b"5.9.0.0,2a02::1,1,x\n", "out of order"),
            ("x.csv", b"", "no range"),
            ("x.tgz", b"no archive", "no npm package"),
        ],
    )
    def test_what_is_no_use_replaces_nothing(
        self, tmp_path: Path, data: Path, name: str, content: bytes, sentence: str
    ) -> None:
        run("fetch_geo", "--from", str(country_package(tmp_path)), str(owner_package(tmp_path)))
        before = {path.name: path.read_bytes() for path in data.iterdir()}
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CommandError, match=sentence):
            run("fetch_geo", "--from", str(tmp_path / name))
        assert {path.name: path.read_bytes() for path in data.iterdir()} == before

    def test_a_database_of_something_else_is_refused(self, tmp_path: Path) -> None:
        other = mmdb.write(tmp_path / "x.mmdb", {"5.9.0.0/16": {"speed": 7}})
        with pytest.raises(CommandError, match="neither countries nor owners"):
            run("fetch_geo", "--from", str(other))

    def test_a_package_without_data_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="holds no data file"):
            run(
                "fetch_geo",
                "--from",
                str(archive(tmp_path / "x.tgz", {"package/README.md": b"hello"})),
            )

    def test_a_path_that_is_no_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"none\.csv is no file"):
            run("fetch_geo", "--from", str(tmp_path / "none.csv"))


class TestImportingNetworks:
    def test_a_list_with_remarks(self, tmp_path: Path) -> None:
        (tmp_path / "Cloud hosts.txt").write_text(
            "# hosts\nAS24940 ; Hetzner\n\n203.0.113.0/24\n2001:db8::/32 # six\n203.0.113.9\n"
        )
        assert run("import_networks", "hosting", str(tmp_path / "Cloud hosts.txt")).startswith(
            "hosting/cloud-hosts: 3 entries"
        )
        assert [lookup(ip).hosting for ip in ("203.0.113.5", "2001:db8::1", "203.0.114.1")] == [
            True,
            True,
            False,
        ]
        assert (
            run("import_networks", "hosting", "--remove", "--name", "cloud-hosts")
            == "hosting/cloud-hosts is gone.\n"
        )
        assert not lookup("203.0.113.5").hosting

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("1.2.3.4/33", "Line 2 .*1.2.3.4/33"),
            ("AS0", "Line 2 .*AS0"),
            ("AS99999999999", "Line 2"),
            ("hello", "Line 2 .*hello"),
        ],
    )
    def test_a_wrong_line_is_named_and_nothing_changes(
        self, tmp_path: Path, data: Path, line: str, said: str
    ) -> None:
        (tmp_path / "x.txt").write_text(f"203.0.113.1\n{line}\n")
        with pytest.raises(CommandError, match=said):
            run("import_networks", "vpn", str(tmp_path / "x.txt"))
        assert not list(data.rglob("*.list"))

    @pytest.mark.parametrize(
        "words",
        [
            ("vpn",),
            ("vpn", "--remove"),
            ("vpn", "no-such-file"),
            ("vpn", "x.txt", "--name", "../x"),
            ("vpn", "x.txt", "--name", ""),
        ],
    )
    def test_what_makes_no_sense_is_said(
        self, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "x.txt").write_text("# nothing\n")
        with pytest.raises(CommandError):
            run("import_networks", *words)

    def test_what_is_piped_in_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("203.0.113.1\n"))
        assert run("import_networks", "tor", "-").startswith("tor/list: 1 entries")
        assert lookup("203.0.113.1").tor

    def test_overlapping_networks_become_one(self) -> None:
        found, owners = read_networks(
            ["10.0.0.0/9", "10.128.0.0/9", "10.1.2.3", "as64500", "AS64500"]
        )
        assert (len(found), owners) == (1, [64500])
