"""Codes: how they are read and what is kept."""

import pytest

from mfa import otp
from mfaproject.lib import tokens


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456", "123456"),
        ("000000", "000000"),
        ("123 456", "123456"),
        ("1 23456", "123456"),
        ("12345 6", "123456"),
    ],
)
def test_six_digits_with_or_without_one_space_are_a_code(typed: str, code: str) -> None:
    assert otp.normalised(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1234567",
        "１２３４５６",
        "١٢٣٤٥٦",
        "+12345",
        "-12345",
        "1_2345",
        "0x1234",
        "12345a",
        "12 34 56",
        "12  3456",
        " 123456",
        "123456 ",
        "123456\n",
        "123\t456",
        "123\u00a0456",
        "12345\x00",
        "1e5000",
        "9" * 100_000,
        123456,
        123456.0,
        None,
        True,
        b"123456",
        ["123456"],
        {"code": "123456"},
    ],
)
def test_nothing_else_is_a_code(typed: object) -> None:
    assert otp.normalised(typed) is None


def test_only_the_code_matches_its_mac() -> None:
    stored = otp.mac(challenge="c1", purpose="login", code="123456")
    assert otp.matches(stored, challenge="c1", purpose="login", typed="123 456")
    assert not otp.matches(stored, challenge="c1", purpose="login", typed="123457")


@pytest.mark.parametrize(
    ("challenge", "purpose"), [("c2", "login"), ("c1", "proof"), ("c1login", ""), ("", "c1login")]
)
def test_a_code_means_nothing_for_another_challenge_or_purpose(
    challenge: str, purpose: str
) -> None:
    stored = otp.mac(challenge="c1", purpose="login", code="123456")
    assert not otp.matches(stored, challenge=challenge, purpose=purpose, typed="123456")


def test_what_is_kept_does_not_show_the_code() -> None:
    assert "123456" not in otp.mac(challenge=tokens.new_id(), purpose="login", code="123456")
