"""Signal: do second factors fail where this came from?"""

from typing import Any

from risk.login import chains
from risk.login.history import Step
from risk.scoring.signals import reputation
from risk.tests.helpers import HOME, attempt, history, seen

PATH = chains.address(HOME, "DE", 3320)


def past(*failed: int, users: int = 3) -> Any:
    return history(
        address=tuple(
            Step(node, seen(1), seen(users), seen(number))
            for node, number in zip(PATH, failed, strict=True)
        )
    )


def test_while_nothing_has_failed_it_says_nothing() -> None:
    assert reputation.look(attempt(), past(0, 0, 0, 0, 0)) == ()
    assert reputation.look(attempt(), history()) == ()


def test_the_nearest_place_with_failures_is_named() -> None:
    (finding,) = reputation.look(attempt(), past(9, 5, 4, 2, 0))
    assert (
        finding.sentence
        == "Second factors of 2 accounts failed from this network; 3 accounts use it."
    )
    (finding,) = reputation.look(attempt(), past(9, 5, 4, 0, 0))
    assert finding.sentence.startswith(
        "Second factors of 4 accounts failed from the provider of this network;"
    )


def test_a_place_without_failures_is_told_so() -> None:
    (finding,) = reputation.look(attempt(), past(9, 0, 0, 0, 0))
    assert (finding.name, finding.sentence) == (
        "reputation",
        "No second factor failed around this address.",
    )
