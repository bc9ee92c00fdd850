"""Signal: network and address."""

import pytest

from risk.history.types import Count
from risk.login import chains
from risk.scoring.signals import address
from risk.tests.helpers import HOME, attempt, history, seen, steps

CHAIN = chains.address(HOME)


@pytest.mark.parametrize(
    ("mine", "name", "points"),
    [
        ((), "address_first", 0),
        ((seen(41, 1),), "network_new", 25),
        ((seen(3, 1),), "network_new", 12),
        ((seen(1, 1),), "network_new", 6),
        ((seen(40, 40),), "network_new", 6),
        ((seen(40, 10),), "network_new", 14),
        ((seen(41, 1), seen(41, 1)), "address_new", 6),
        ((seen(41, 1), seen(41, 41)), "address_new", 2),
        ((seen(41, 1), seen(41, 1), seen(41)), "address_known", -10),
        ((seen(41, 9), seen(41, 9), seen(1)), "address_known", -5),
    ],
)
def test_points(mine: tuple[Count, ...], name: str, points: int) -> None:
    (finding,) = address.look(attempt(), history(address=steps(CHAIN, *mine)))
    assert (finding.name, finding.points) == (name, points)


def test_a_private_or_loopback_address_is_unknown_and_has_no_points() -> None:
    (finding,) = address.look(attempt(placed=False), history())
    assert (finding.name, finding.points) == ("address_unknown", 0)


def test_the_sentence_has_the_numbers() -> None:
    past = history(address=steps(CHAIN, seen(41, 3), seen(12, 2)))
    (finding,) = address.look(attempt(), past)
    assert finding.sentence == "0 of 41 sign-ins came from this address, 12 from its network."


def test_one_sign_in_is_not_called_many() -> None:
    (finding,) = address.look(attempt(), history(address=steps(CHAIN, seen(1, 1))))
    assert finding.sentence == "0 of 1 sign-in came from this network."


@pytest.mark.parametrize(("others", "points"), [(0, 25), (2, 25), (3, 12), (50, 12)])
def test_a_network_that_colleagues_use_is_half_as_new(others: int, points: int) -> None:
    past = history(address=steps(CHAIN, seen(41, 1), everybody=seen(others)))
    (finding,) = address.look(attempt(), past)
    assert finding.points == points
    assert ("other accounts use it" in finding.sentence) is (others >= 3)


WIDE = chains.address(HOME, "DE", 3320)


@pytest.mark.parametrize(
    ("mine", "name", "sentence"),
    [
        ((seen(41, 1),), "country_new", "0 of 41 sign-ins came from Germany."),
        ((seen(41, 1), seen(41, 1)), "provider_new", "0 of 41 sign-ins came from AS3320."),
        (
            (seen(41, 1), seen(41, 1), seen(41, 1)),
            "network_new",
            "0 of 41 sign-ins came from this network.",
        ),
        (
            (seen(41, 1), seen(41, 1), seen(41, 1), seen(41, 1)),
            "address_new",
            "0 of 41 sign-ins came from this address, 41 from its network.",
        ),
    ],
)
def test_the_widest_novelty_is_told(mine: tuple[Count, ...], name: str, sentence: str) -> None:
    (finding,) = address.look(attempt(), history(address=steps(WIDE, *mine)))
    assert (finding.name, finding.sentence) == (name, sentence)


def test_a_new_provider_is_told_by_name_where_the_data_have_it() -> None:
    (finding,) = address.look(
        attempt(provider="Deutsche Telekom AG"),
        history(address=steps(WIDE, seen(41, 1), seen(41, 1))),
    )
    assert finding.sentence == "0 of 41 sign-ins came from Deutsche Telekom AG (AS3320)."
