"""What is known about the data themselves, and files that are replaced whole or not at all."""

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mfaproject.lib.testing import FrozenClock
from risk.geo import countries, distance, notes, watched
from risk.geo.notes import Note
from risk.geo.watched import Watched


def writes(text: str, entries: int = 3) -> Callable[[Path], int]:
    def make(path: Path) -> int:
        path.write_text(text)
        return entries

    return make


def brought(path: Path, text: str = "data", version: str = "1") -> Note:
    return notes.install(path, writes(text), source="a package", version=version, licence="CC0")


def test_a_file_comes_with_a_note(tmp_path: Path, clock: FrozenClock) -> None:
    path = tmp_path / "geo" / "country.db"
    note = brought(path)
    assert path.read_text() == "data"
    assert notes.read(path) == note
    assert note.brought == clock.at.replace(microsecond=0)
    assert note.sha256 == hashlib.sha256(b"data").hexdigest() == notes.checksum(path)
    assert (note.source, note.version, note.licence, note.entries) == ("a package", "1", "CC0", 3)
    assert sorted(each.name for each in path.parent.iterdir()) == [
        "country.db",
        "country.db.json",
    ]
    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {notes.MODE}


def test_whoever_fails_while_writing_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "country.db"
    first = brought(path)

    def fails(fresh: Path) -> int:
        fresh.write_text("half")
        raise ValueError("no good")

    with pytest.raises(ValueError, match="no good"):
        notes.install(path, fails, source="x", version="2")
    assert (path.read_text(), notes.read(path)) == ("data", first)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_newer_replaces_the_older(tmp_path: Path, clock: FrozenClock) -> None:
    path = tmp_path / "country.db"
    before = brought(path)
    clock.forward(days=3)
    after = brought(path, "newer", "2")
    assert path.read_text() == "newer"
    assert after.brought - before.brought == timedelta(days=3)
    assert notes.read(path) == after


def test_what_is_removed_is_gone_with_its_note(tmp_path: Path) -> None:
    path = tmp_path / "x.list"
    brought(path)
    assert notes.remove(path)
    assert not notes.remove(path)
    assert list(tmp_path.iterdir()) == []


USUAL: dict[str, Any] = {
    "source": "s",
    "version": "1",
    "brought_at": "2026-03-10T12:00:00+00:00",
    "sha256": "x",
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        json.dumps(USUAL | {"brought_at": "yesterday"}),
        json.dumps(USUAL | {"brought_at": "2026-03-10T12:00:00"}),
        json.dumps(USUAL | {"of_a_later_version": 1}),
        json.dumps({"source": "s"}),
    ],
)
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.db"
    assert notes.read(path) is None
    notes.note_path(path).write_text(json.dumps(USUAL))
    assert notes.read(path) == Note(**USUAL)
    notes.note_path(path).write_text(text)
    assert notes.read(path) is None


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "LOOK_EVERY", 0.0)


@pytest.mark.usefixtures("looked")
def test_a_file_is_opened_once_and_again_when_it_is_another(tmp_path: Path) -> None:
    path, opened = tmp_path / "x", []

    def opening(given: Path) -> str:
        opened.append(given)
        return given.read_text()

    found = Watched(path, opening)
    assert found.get() is None
    path.write_text("one")
    assert [found.get(), found.get()] == ["one", "one"]
    path.write_text("another")
    assert found.get() == "another"
    path.unlink()
    assert found.get() is None
    assert len(opened) == 2


@pytest.mark.usefixtures("looked")
def test_a_file_that_cannot_be_opened_is_none_and_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "x"
    path.write_text("one")
    wrong: list[Exception] = [ValueError("cut off"), KeyError()]

    def opening(given: Path) -> str:
        if wrong:
            raise wrong.pop(0)
        return given.read_text()

    found = Watched(path, opening)
    with caplog.at_level(logging.WARNING):
        assert [found.get(), found.get()] == [None, None]
        assert found.broken == "cut off"
        path.write_text("still not")
        assert (found.look(), found.broken) == (None, "KeyError")
    assert len(caplog.records) == 2
    path.write_text("good at last")
    assert (found.get(), found.broken) == ("good at last", "")


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0),
        ((0.0, 0.0), (0.0, 180.0), 20_015),
        ((0.0, 0.0), (90.0, 0.0), 10_008),
        ((52.5, 13.4), (48.9, 2.4), 871),
        ((0.0, 179.5), (0.0, -179.5), 111),
    ],
)
def test_the_way_around_the_earth(
    one: tuple[float, float], other: tuple[float, float], kilometres: int
) -> None:
    assert distance.kilometres(one, other) == pytest.approx(kilometres, abs=5)
    assert distance.kilometres(other, one) == distance.kilometres(one, other)


@pytest.mark.parametrize(
    ("one", "other", "is_known"),
    [("DE", "JP", True), ("DE", "", False), ("", "", False), ("DE", "ZZ", False)],
)
def test_countries_are_apart_where_both_are_known(one: str, other: str, is_known: bool) -> None:
    assert bool(countries.apart(one, other)) is is_known
    assert not countries.apart(one, one)
