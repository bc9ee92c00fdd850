"""A model in shadow beside the one that decided."""

from dataclasses import replace
from typing import Any

import pytest

from risk.scoring.agreement import Decided, Judged, champions, duels


def opinion(
    score: int | None, error: str = "", ms: float = 1.0, name: str = "boost", version: str = "1"
) -> dict[str, Any]:
    return {
        "kind": "model",
        "name": name,
        "version": version,
        "score": score,
        "ms": ms,
        "error": error,
    }


# As the ledger calls it.
def row(own: int, *opinions: dict[str, Any], id: int = 1, **rules: int) -> Judged:  # noqa: A002
    findings = [
        {"name": "browser_known", "points": own},
        *({"name": name, "points": points} for name, points in rules.items()),
    ]
    return Judged(id, "chain", "1", 50, findings, opinions)


def test_scores_are_counted_on_both_sides_of_the_threshold() -> None:
    (duel,) = duels(
        [
            row(50, opinion(50)),
            row(49, opinion(49)),
            row(90, opinion(3), id=7),
            row(0, opinion(50), id=8),
            row(1, opinion(99), id=9),
        ]
    )
    counts = {
        (one, other): duel.count(champion=one, challenger=other)
        for one in (True, False)
        for other in (True, False)
    }
    assert counts == {(True, True): 1, (False, False): 1, (True, False): 1, (False, True): 2}
    assert duel.share == pytest.approx(0.4)
    assert [pair.id for pair in duel.differing] == [7, 8, 9]


@pytest.mark.parametrize("rule", ["floor_browser", "floor_first", "ceiling_known"])
def test_what_a_rule_added_is_not_the_models(rule: str) -> None:
    (duel,) = duels([row(20, opinion(20), **{rule: 30})])
    assert (duel.pairs[0].champion, duel.share) == (20, 1.0)


def test_a_champion_that_failed_is_not_compared_with() -> None:
    rows = [row(0, opinion(20), model_failed=100), row(3, opinion(20))]
    (duel,) = duels(rows)
    assert (duel.asked, len(duel.pairs)) == (2, 1)
    assert champions(rows) == [Decided("chain", "1", 2, 1)]


def test_what_gave_no_answer_is_counted_by_its_reason() -> None:
    (duel,) = duels(
        [
            row(1, opinion(None, "timeout", 150.0)),
            row(1, opinion(None, "busy")),
            row(1, opinion(None, "timeout")),
            row(1, opinion(1)),
        ]
    )
    assert (duel.errors, duel.asked, duel.share) == ({"timeout": 2, "busy": 1}, 4, 1.0)


def test_times_are_those_of_answers() -> None:
    (duel,) = duels(
        [
            *(row(1, opinion(1, ms=float(ms))) for ms in range(1, 101)),
            row(1, opinion(None, "timeout", 150.0)),
        ]
    )
    assert (duel.p50, duel.p95) == (50.0, 95.0)


def test_without_an_answer_there_is_nothing_to_compare() -> None:
    (duel,) = duels([row(1, opinion(None, "ImportError"))])
    assert (duel.share, duel.p50, duel.dots, duel.differing) == (None, None, [], [])


def test_each_model_and_version_is_its_own_and_policies_are_none() -> None:
    found = duels(
        [
            row(
                1,
                opinion(1),
                opinion(2, version="2"),
                opinion(3, name="other"),
                {"kind": "policy", "name": "draft", "version": 1},
            )
        ]
    )
    assert [(duel.name, duel.version) for duel in found] == [
        ("boost", "1"),
        ("boost", "2"),
        ("other", "1"),
    ]


def test_sign_ins_that_are_close_are_one_dot_and_agreement_tells_dots_apart() -> None:
    (duel,) = duels(
        [
            row(48, opinion(48)),
            row(49, opinion(49)),
            row(49, opinion(50)),
            row(100, opinion(100)),
            row(0, opinion(0)),
        ]
    )
    found = [(dot.champion, dot.challenger, dot.number, dot.agrees) for dot in duel.dots]
    assert found[0] == (48.0, 48.0, 2, True)
    assert set(found[1:]) == {(48.0, 52.0, 1, False), (100.0, 100.0, 1, True), (0.0, 0.0, 1, True)}


@pytest.mark.parametrize("challenge", [1, 37, 50, 99])
def test_no_dot_lies_on_both_sides_of_a_threshold(challenge: int) -> None:
    (duel,) = duels([replace(row(one, opinion(50)), challenge=challenge) for one in range(101)])
    assert all(
        (dot.champion >= challenge) == (pair.champion >= challenge)
        for pair in duel.pairs
        for dot in replace(duel, pairs=(pair,)).dots
    )


def test_a_picture_has_an_end() -> None:
    rows = [row(one, opinion(other)) for one in range(101) for other in range(101)]
    assert len(duels(rows)[0].dots) <= 27 * 27
