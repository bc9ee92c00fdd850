"""The simulator that the sheets are fitted with, and the table that judges them."""

from itertools import pairwise
from pathlib import Path

import pytest

from bench.risk import evaluate, log
from bench.risk.life import Row
from bench.risk.observe import observe
from bench.risk.settings import FITTED, HOME, KINDS, TESTED, smaller
from risk.scoring import sheets

SMALL = smaller(HOME, 0.05)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return log.simulate(SMALL)


def test_the_same_seed_makes_the_same_log(rows: list[Row]) -> None:
    assert log.simulate(SMALL) == rows


def test_time_goes_forward_and_every_kind_of_attacker_comes(rows: list[Row]) -> None:
    assert all(one.at <= other.at for one, other in pairwise(rows))
    assert {row.label for row in rows} == {"legit", *KINDS}


def test_attackers_bring_no_cookie_but_thieves(rows: list[Row]) -> None:
    assert {bool(row.cookie) for row in rows if row.label == "stealer"} == {True}
    assert not any(row.cookie for row in rows if row.label not in ("legit", "stealer"))


def test_about_half_of_the_good_sign_ins_come_from_a_new_address(rows: list[Row]) -> None:
    seen: dict[str, set[str]] = {}
    new = []
    for row in rows:
        if row.label == "legit" and row.ok:
            before = seen.setdefault(row.user, set())
            if before:
                new.append(row.place.ip not in before)
            before.add(row.place.ip)
    assert 0.3 < sum(new) / len(new) < 0.7


def test_a_log_can_be_written_and_read(rows: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    log.write(rows[:50], path)
    read = list(log.read(path))
    assert [label for *_, label in read] == [row.label for row in rows[:50]]
    assert set(read[0][0]) == {"ts", "user_id", "ip", "country", "asn", "ua", "device_cookie"}


def test_no_setting_is_fitted_and_tested() -> None:
    assert not {setting.seed for setting in FITTED} & {setting.seed for setting in TESTED}
    assert min(len(FITTED), len(TESTED)) >= 5


def test_the_sheets_tell_people_from_attackers_here_too(rows: list[Row]) -> None:
    table = evaluate.line(evaluate.mark(observe(rows), sheets.read(sheets.NEWEST)))
    assert table["naive"] < 10
    assert table["targeted"] < 25


@pytest.mark.parametrize(("share", "limit"), [(0.5, 3.0), (0.75, 2.0), (1.0, 1.0)])
def test_a_threshold_stops_at_least_its_share(share: float, limit: float) -> None:
    assert evaluate.threshold([1.0, 2.0, 3.0, 4.0], share) == limit


def test_what_lies_at_the_limit_is_challenged() -> None:
    assert evaluate.above([1.0, 2.0, 2.0, 3.0], 2.0) == 75.0
