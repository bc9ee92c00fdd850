"""Randomness and its comparison."""

import re

import pytest

from mfaproject.lib import tokens


def test_tokens_have_their_length_and_alphabet() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", tokens.new_token())
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", tokens.new_id())
    assert all(re.fullmatch(r"[0-9]{6}", tokens.new_code()) for _ in range(100))


def test_an_epoch_fits_a_signed_column() -> None:
    assert all(0 <= tokens.new_epoch() < 2**63 for _ in range(100))


def test_a_token_serves_one_purpose() -> None:
    assert tokens.digest("reset", "token") != tokens.digest("disavow", "token")
    assert tokens.digest("reset", "token") == tokens.digest("reset", "token")


@pytest.mark.parametrize("strange", ["\ud800", "\x00", "é" * 10_000])
def test_whatever_is_typed_can_be_digested_and_compared(strange: str) -> None:
    assert len(tokens.digest("reset", strange)) == 43
    assert not tokens.same(strange, "plain")
    assert tokens.same(strange, strange)
