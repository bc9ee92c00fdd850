"""Signal: network and address."""

import pytest

from risk.login import chains
from risk.login.history import Count
from risk.scoring.signals import address
from risk.tests.helpers import HOME, attempt, history, seen, steps

CHAIN = chains.address(HOME)


@pytest.mark.parametrize(
    ("mine", "name", "inputs"),
    [
        ((), "address_first", {}),
        ((seen(41, 1),), "network_new", {"novelty": 3.1, "new_network": 1, "new_address": 1}),
        ((seen(3, 1),), "network_new", {"novelty": 0.9, "new_network": 1, "new_address": 1}),
        ((seen(40, 40),), "network_new", {"novelty": 0.7, "new_network": 1, "new_address": 1}),
        ((seen(41, 1), seen(41, 1)), "address_new", {"novelty": 3.1, "new_address": 1}),
        ((seen(41, 1), seen(41, 41)), "address_new", {"novelty": 0.7, "new_address": 1}),
        ((seen(41, 1), seen(41, 1), seen(41)), "address_known", {}),
        ((seen(41, 9), seen(41, 9), seen(1)), "address_known", {}),
    ],
)
def test_what_is_new_is_told_and_measured(
    mine: tuple[Count, ...], name: str, inputs: dict[str, float]
) -> None:
    past = history(address=steps(CHAIN, *mine))
    assert [remark.name for remark in address.look(attempt(), past)] == [name]
    measured = dict(address.measure(attempt(), past))
    odd = {of: value for of, value in measured.items() if value > 0}
    assert odd == pytest.approx(inputs, abs=0.1)


def test_where_somebody_always_is_speaks_for_them() -> None:
    past = history(address=steps(CHAIN, seen(41, 1), seen(41, 1), seen(41), everybody=seen(9, 9)))
    measured = dict(address.measure(attempt(), past))
    assert measured.keys() == {"network", "address"}
    assert max(measured.values()) < 0


def test_a_private_or_loopback_address_is_unknown_and_measures_nothing() -> None:
    (remark,) = address.look(attempt(placed=False), history())
    assert remark.name == "address_unknown"
    assert not dict(address.measure(attempt(placed=False), history()))


def test_the_sentence_has_the_numbers() -> None:
    past = history(address=steps(CHAIN, seen(41, 3), seen(12, 2)))
    (finding,) = address.look(attempt(), past)
    assert finding.sentence == "0 of 41 sign-ins came from this address, 12 from its network."


def test_one_sign_in_is_not_called_many() -> None:
    (finding,) = address.look(attempt(), history(address=steps(CHAIN, seen(1, 1))))
    assert finding.sentence == "0 of 1 sign-in came from this network."


@pytest.mark.parametrize(
    ("others", "told"), [(0, "."), (2, "."), (3, "; 3 other accounts use it."), (50, "use it.")]
)
def test_a_network_that_colleagues_use_is_told_so(others: int, told: str) -> None:
    past = history(address=steps(CHAIN, seen(41, 1), everybody=seen(others)))
    (finding,) = address.look(attempt(), past)
    assert finding.sentence.endswith(told)
    assert finding.evidence == {"seen": 0, "sign_ins": 41, "others": others}


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
