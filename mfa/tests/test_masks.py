"""Addresses as strangers see them."""

import pytest

from mfa.masks import masked


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("alice@example.org", "a•••e@example.org"),
        ("bob@example.org", "b•••@example.org"),
        ("a@example.org", "a•••@example.org"),
        ("@example.org", "•••@example.org"),
        ('"a@b"@example.org', '"•••"@example.org'),
        ("+33612345642", "+33•••42"),
        ("17", "17"),
        ("", ""),
    ],
)
def test_enough_to_know_ones_own_and_too_little_to_learn_anothers(address: str, shown: str) -> None:
    assert masked(address) == shown
