"""What the cookie said."""

from typing import get_args

import pytest

from risk.login.context import BrowserState, Recognition

STATES = get_args(BrowserState)


@pytest.mark.parametrize("state", STATES)
def test_only_a_good_cookie_knows_anybody(state: BrowserState) -> None:
    recognition = Recognition("s" * 22, frozenset({1}), state)
    assert recognition.knows(1) is (state in ("known", "grace"))


def test_a_browser_knows_those_who_used_it_and_nobody_else() -> None:
    assert not Recognition("s" * 22, frozenset({1}), "known").knows(2)
