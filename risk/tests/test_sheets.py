"""Weights and sums."""

import json
from pathlib import Path

import pytest

from risk.scoring import registry, sheets
from risk.scoring.sheets import Sheet

NEWEST = sheets.read(sheets.NEWEST)
ALL = [
    getattr(pair, side) for pair in (NEWEST.places, NEWEST.bare) for side in ("known", "unknown")
]


def test_terms_are_weight_times_value_within_the_limits() -> None:
    sheet = Sheet(-1.0, {"one": 2.0, "two": 0.5}, -6.0, 6.0)
    assert sheet.terms({"one": 1.5, "two": 100.0, "three": 7.0}) == {"one": 3.0, "two": 3.0}
    assert sheet.terms({"one": -50.0}) == {"one": -12.0}


@pytest.mark.parametrize("sheet", ALL)
def test_every_weight_has_the_sign_that_it_must_have(sheet: Sheet) -> None:
    assert {name for name, weight in sheet.weights.items() if weight < 0} <= {"history"}


@pytest.mark.parametrize("sheet", ALL)
def test_every_input_that_counts_is_some_signals(sheet: Sheet) -> None:
    assert sheet.weights.keys() <= registry.installed().inputs.keys()


@pytest.mark.parametrize("sheet", ALL)
def test_no_weight_is_out_of_all_proportion(sheet: Sheet) -> None:
    assert all(abs(weight) <= 10 for weight in sheet.weights.values())


def test_the_file_says_where_it_comes_from() -> None:
    raw = json.loads(sheets.NEWEST.read_text())
    assert raw["made_by"].startswith("python -m bench.risk fit")
    assert len(raw["settings"]) >= 5
    assert NEWEST.version == raw["version"]


def test_sheets_are_chosen_by_browser_and_by_what_is_known_of_places() -> None:
    assert NEWEST.sheet(knows=True, places=True) is NEWEST.places.known
    assert NEWEST.sheet(knows=False, places=True) is NEWEST.places.unknown
    assert NEWEST.sheet(knows=True, places=False) is NEWEST.bare.known
    assert NEWEST.sheet(knows=False, places=False) is NEWEST.bare.unknown


def test_points_keep_their_resolution() -> None:
    assert sheets.points(0.0) == 50.0
    assert (
        0.0
        < sheets.points(-30.0)
        < sheets.points(-29.9)
        < sheets.points(29.9)
        < sheets.points(30.0)
        < 100.0
    )
    assert sheets.points(-1e6) == 0.0


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text('{"version": "1"}')
    with pytest.raises(KeyError):
        sheets.read(path)
