"""What a policy in shadow would have done, beside what was done."""

from typing import Any

import pytest

from risk.policy.comparison import Differing, JudgedRow, Kind, compare, kind


def opinion(
    decision: str = "allow", required: str = "none", level: str = "low", **changes: Any
) -> dict[str, Any]:
    return {
        "kind": "policy",
        "name": "default",
        "version": 2,
        "score": 1,
        "level": level,
        "decision": decision,
        "required": required,
    } | changes


def seen(
    number: int,
    *opinions: dict[str, Any],
    decision: str = "step_up",
    required: str = "weak",
    level: str = "medium",
) -> JudgedRow:
    return JudgedRow(number, decision, required, level, opinions)


@pytest.mark.parametrize(
    ("decision", "required", "level", "word"),
    [
        ("allow", "none", "low", "allow"),
        ("step_up", "weak", "medium", "weak"),
        ("step_up", "strong", "high", "strong"),
        ("step_up", "strong", "low", "strong"),
        ("step_up", "weak", "high", "strong"),
        ("block", "none", "high", "block"),
    ],
    ids=["allow", "weak", "strong", "staff", "strong but there is none", "block"],
)
def test_one_word_for_a_verdict(decision: str, required: str, level: str, word: Kind) -> None:
    assert kind(decision, required, level) == word


def test_it_counts_both_sides_and_lists_what_differs() -> None:
    found = compare(
        [
            seen(9, opinion()),
            seen(8, opinion("step_up", "weak", "medium")),
            seen(7, opinion("step_up", "strong", "high")),
        ],
        "default",
        2,
    )
    assert found.seen == 3
    assert found.decided == {"allow": 0, "weak": 3, "strong": 0, "block": 0}
    assert found.would == {"allow": 1, "weak": 1, "strong": 1, "block": 0}
    assert found.differing == (Differing(9, "weak", "allow"), Differing(7, "weak", "strong"))


@pytest.mark.parametrize(
    "other",
    [
        opinion(version=1),
        opinion(name="office"),
        opinion(kind="model"),
        {"kind": "model", "name": "gb", "version": "2", "score": None},
        {},
    ],
)
def test_opinions_of_others_do_not_count(other: dict[str, Any]) -> None:
    assert compare([seen(1, other), seen(2)], "default", 2).seen == 0


def test_nothing_seen_is_no_error() -> None:
    found = compare([], "default", 1)
    assert (found.seen, found.differing, sum(found.would.values())) == (0, (), 0)
