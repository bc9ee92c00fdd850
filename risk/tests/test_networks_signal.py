"""Addresses that imported lists name."""

from typing import Any

import pytest

from risk.login import chains
from risk.login.history import Lately, Success
from risk.scoring.signals import networks
from risk.tests.helpers import HOME, attempt, history, seen, steps

PATH = chains.address(HOME, "DE", 24940)


def past(listed: int = 0, of: int = 8, **parts: Any) -> Any:
    return history(
        lately=Lately(tuple(Success(float(-place), "DE", place < listed) for place in range(of))),
        **parts,
    )


def value(found: Any, *kinds: str) -> dict[str, float]:
    return dict(networks.measure(attempt(listed=frozenset(kinds)), found))


def test_nothing_where_no_list_names_it() -> None:
    assert (value(past()), networks.look(attempt(), past())) == ({}, ())


@pytest.mark.parametrize(
    ("kinds", "told"),
    [(["hosting"], "hosting"), (["hosting", "vpn"], "vpn"), (["hosting", "vpn", "tor"], "tor")],
)
def test_what_hides_best_is_told_once(kinds: list[str], told: str) -> None:
    assert value(past(), *kinds) == {told: 1.0}
    finding = networks.look(attempt(listed=frozenset(kinds)), past())[0]
    assert finding.name == f"networks_{told}"


@pytest.mark.parametrize(("listed", "left"), [(0, 1.0), (1, 0.5), (2, None), (8, None)])
def test_the_more_often_somebody_comes_from_such_the_less_it_says(
    listed: int, left: float | None
) -> None:
    assert value(past(listed), "vpn") == ({"vpn": left} if left else {})


@pytest.mark.parametrize(("times", "left"), [(0, {"hosting": 1.0}), (1, {"hosting": 1.0}), (2, {})])
def test_nor_does_a_network_of_ones_own(times: int, left: dict[str, float]) -> None:
    address = steps(PATH, seen(9), seen(9), seen(9), seen(times))
    assert value(past(address=address), "hosting") == left


def test_without_successes_it_is_nobodys_habit() -> None:
    assert value(past(of=0), "tor") == {"tor": 1.0}


@pytest.mark.parametrize(
    ("facts", "listed", "sentence"),
    [
        (
            {"listed": {"hosting"}, "provider": "Hetzner Online"},
            0,
            "The address belongs to a hosting network (Hetzner Online).",
        ),
        (
            {"listed": {"vpn"}},
            3,
            "The address belongs to a VPN; 3 of the last 8 sign-ins came from such networks.",
        ),
        ({"listed": {"tor"}}, 0, "The address is an exit of Tor."),
    ],
)
def test_the_sentence_says_whose_it_is_and_how_usual(
    facts: dict[str, Any], listed: int, sentence: str
) -> None:
    assert networks.look(attempt(**facts), past(listed))[0].sentence == sentence
