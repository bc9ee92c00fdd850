"""Which device may answer what, as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mfa import eligibility
from mfa.results import FactorView

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HERE, THERE = "h" * 22, "t" * 22
PIXEL = FactorView(
    1, 7, "push", "Pixel 8", "", "", NOW - timedelta(days=9), NOW - timedelta(days=9)
)
TIED = replace(PIXEL, id=2, label="This browser", tied_browser=HERE)
YOUNG = replace(PIXEL, id=3, label="iPad", confirmed_at=NOW - timedelta(hours=23, minutes=59))
GROWN = replace(PIXEL, id=4, label="Tablet", confirmed_at=NOW - timedelta(hours=24))
FRESH = replace(PIXEL, id=5, label="New", confirmed_at=None)
MAIL = replace(PIXEL, id=6, kind="email", label="alice@example.org")


@pytest.mark.parametrize(
    ("factor", "browser", "strength"),
    [
        (PIXEL, "", "strong"),
        (PIXEL, HERE, "strong"),
        (TIED, HERE, "weak"),
        (TIED, "", "weak"),
        (TIED, THERE, "strong"),
        (MAIL, THERE, "weak"),
    ],
)
def test_strength(factor: FactorView, browser: str, strength: str) -> None:
    assert eligibility.strength_of(factor, browser) == strength


@pytest.mark.parametrize(
    ("factor", "others", "required", "purpose", "may"),
    [
        (PIXEL, [], "strong", "proof", True),
        (TIED, [], "weak", "login", True),
        (TIED, [], "strong", "login", False),
        (FRESH, [], "weak", "login", False),
        (YOUNG, [PIXEL], "weak", "login", True),
        (YOUNG, [PIXEL], "strong", "proof", False),
        (YOUNG, [PIXEL], "strong", "reset", False),
        (YOUNG, [PIXEL], "strong", "enrol", False),
        (YOUNG, [FRESH], "strong", "proof", True),
        (YOUNG, [], "strong", "proof", True),
        (GROWN, [PIXEL], "strong", "proof", True),
    ],
)
def test_may_answer(
    factor: FactorView, others: list[FactorView], required: str, purpose: str, may: bool
) -> None:
    devices = [*others, factor]
    assert (
        eligibility.may_answer(
            factor, devices, required=required, purpose=purpose, browser=HERE, now=NOW
        )
        is may
    )
    assert (
        factor
        in eligibility.able(devices, required=required, purpose=purpose, browser=HERE, now=NOW)
    ) is may


@pytest.mark.parametrize(
    ("factors", "browser", "strong"),
    [
        ([], "", False),
        ([MAIL], "", False),
        ([PIXEL], "", True),
        ([FRESH], "", False),
        ([TIED], "", False),
        ([TIED], HERE, False),
        ([TIED], THERE, True),
    ],
)
def test_has_strong(factors: list[FactorView], browser: str, strong: bool) -> None:
    assert eligibility.has_strong(factors, browser) is strong


APP = replace(PIXEL, id=7, kind="totp", label="")
PAPER = replace(PIXEL, id=8, kind="recovery", label="")
YOUNG_APP = replace(APP, id=9, confirmed_at=NOW - timedelta(hours=1))
YOUNG_PAPER = replace(PAPER, id=10, confirmed_at=NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("kind", "factors", "purpose", "left", "found"),
    [
        ("totp", [PIXEL, APP], "login", 0, APP),
        ("totp", [PIXEL, APP], "reset", 0, APP),
        ("totp", [PIXEL], "login", 9, None),
        ("totp", [replace(APP, confirmed_at=None)], "login", 0, None),
        ("totp", [PIXEL, YOUNG_APP], "login", 0, YOUNG_APP),
        ("totp", [PIXEL, YOUNG_APP], "proof", 0, None),
        ("totp", [FRESH, YOUNG_APP], "proof", 0, YOUNG_APP),
        ("totp", [PAPER, YOUNG_APP], "proof", 0, YOUNG_APP),
        ("totp", [YOUNG_APP], "proof", 0, YOUNG_APP),
        ("recovery", [PAPER], "login", 0, None),
        ("recovery", [PAPER], "login", 1, PAPER),
        ("recovery", [YOUNG_PAPER], "reset", 9, YOUNG_PAPER),
        ("recovery", [APP, YOUNG_PAPER], "reset", 9, None),
        ("recovery", [APP, YOUNG_PAPER], "login", 9, YOUNG_PAPER),
    ],
)
def test_what_may_be_asked_for_a_code(
    kind: str, factors: list[FactorView], purpose: str, left: int, found: FactorView | None
) -> None:
    assert eligibility.at_hand(kind, factors, purpose=purpose, codes_left=left, now=NOW)[:1] == (
        (found,) if found else ()
    )


@pytest.mark.parametrize(
    ("kind", "strength"),
    [
        ("email", "weak"),
        ("sms", "weak"),
        ("totp", "strong"),
        ("recovery", "strong"),
        ("push", "strong"),
    ],
)
def test_the_strength_of_a_kind(kind: str, strength: str) -> None:
    assert eligibility.of_kind(kind) == strength
