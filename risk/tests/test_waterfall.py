"""Findings as bars."""

from risk.admin import waterfall
from risk.admin.waterfall import FindingBar


def finding(name: str, points: int) -> dict[str, object]:
    return {"name": name, "points": points, "sentence": "Because."}


def test_each_bar_starts_where_the_one_before_ended() -> None:
    found = waterfall.rows([finding("a", 38), finding("b", 22), finding("c", 9), finding("d", -6)])
    assert [(row.start, row.width, row.total) for row in found] == [
        (0, 38, 38),
        (38, 22, 60),
        (60, 9, 69),
        (63, 6, 63),
    ]


def test_points_have_their_sign() -> None:
    assert [FindingBar("a", points, "", 0, 0, 0).signed for points in (38, 0, -6)] == [
        "+38",
        "0",
        "−6",
    ]


def test_nothing_found_is_no_bar() -> None:
    assert waterfall.rows([]) == []
