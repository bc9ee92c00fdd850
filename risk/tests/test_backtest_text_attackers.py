"""What a backtest says of simulated attackers, and which thresholds it suggests."""

import pytest

from risk.backtest.suggest import Suggestion
from risk.backtest.text_attackers import suggestion
from risk.tests.made import ALLOW, draw, outcome, told, totals


def test_attackers_are_told_with_how_far_their_draws_tell() -> None:
    found = totals(moments=60)
    draw(found, "naive", 50)
    draw(found, "thief", 50)
    draw(found, "thief", 50, ALLOW)
    lines = told(outcome(found))
    assert (
        "Simulated attackers with the right password, against the site's own accounts, at 60"
        " moments:" in lines
    )
    assert (
        "Of the thieves the draft would ask 40 to 60 %, as far as 100 draws can tell (19 times of"
        " 20)." in lines
    )
    assert "Countries are unknown here, so nobody was drawn from the same country." in lines
    assert (
        "What was known then could be compared with the site's own notes 10 times: 100.00 % agree."
        in lines
    )


def test_few_attackers_are_too_few_for_a_curve() -> None:
    found = totals()
    for kind, number in (("naive", 49), ("vpn", 50), ("thief", 3)):
        draw(found, kind, number)
    lines = told(outcome(found))
    assert (
        "Fewer than 50 of these, too few for a curve or a threshold: naive, cookie thief." in lines
    )
    assert (
        "There is no curve: it takes 50 good sign-ins on known browsers and 50 cookie thieves."
        in lines
    )
    assert not [line for line in lines if line.startswith("Countries are unknown")]


def test_a_sample_of_accounts_is_told() -> None:
    found = totals()
    draw(found, "vpn", 50)
    line = (
        "There are more accounts than fit: attackers were drawn against some of them, chosen by"
        " chance."
    )
    assert line in told(outcome(found, is_sampled=True))
    assert line not in told(outcome(found))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            Suggestion("challenge", 0.05, "all", 31, 0.0432, 0.61),
            (
                "At most 5 % of the good sign-ins asked: a policy that asks from 31 (4.32 %, 61 %"
                " of the cookie thieves)."
            ),
        ),
        (
            Suggestion("challenge", 0.05, "known", 31, 0.0432, None),
            (
                "At most 5 % of the good sign-ins on known browsers asked: a policy that asks from"
                " 31 (4.32 %)."
            ),
        ),
        (
            Suggestion("strict", 0.005, "all", 80, 0.001, 0.2),
            (
                "At most 0.5 % of the good sign-ins asked for a strong factor: a policy that asks"
                " for a strong factor from 80 (0.10 %, 20 % of the targeted attackers)."
            ),
        ),
        (
            Suggestion("challenge", 0.05, "all", None, 0.2, None),
            (
                "No threshold keeps to 5 % of the good sign-ins asked: the rules alone make it"
                " 20.00 %."
            ),
        ),
        (
            Suggestion("challenge", 0.9, "thief", 12, 0.3, 0.91),
            (
                "At least 90 % of the cookie thieves asked: a policy that asks from 12 (30.00 % of"
                " all good sign-ins)."
            ),
        ),
        (
            Suggestion("strict", 0.9, "vpn", None, 0.3, 0.5),
            (
                "No threshold gets 90 % of the same country attackers asked for a strong factor: 50"
                " % is the most."
            ),
        ),
    ],
)
def test_a_suggestion_is_one_sentence(asked: Suggestion, sentence: str) -> None:
    assert suggestion(asked) == sentence
    assert told(outcome(), asked)[-3] == sentence
