"""Signal: did the browser show that it knows the account?"""

from typing import Any

import pytest

from risk.login import chains
from risk.login.history import Count
from risk.scoring.signals import device_cookie
from risk.tests.helpers import attempt, history, seen, steps

ALWAYS = {"cookie": steps(chains.cookie(False), seen(40), Count())}
SHOWS = {"cookie": steps(chains.cookie(True), seen(40), seen(40))}
NEVER = {"cookie": steps(chains.cookie(False), seen(40), seen(40))}


@pytest.mark.parametrize(
    ("facts", "past", "name", "inputs"),
    [
        ({"knows": True, "cookie": "known"}, {}, "browser_known", {}),
        ({"knows": True, "cookie": "grace"}, SHOWS, "browser_known", {"history": 3.71}),
        (
            {"knows": True, "cookie": "known", "changed": True},
            SHOWS,
            "browser_changed",
            {"changed": 1.0, "history": 3.71},
        ),
        ({}, ALWAYS, "browser_new", {"history": 3.71, "habit": 6.02}),
        ({}, NEVER, "browser_new", {"history": 3.71, "habit": 0.02}),
        ({}, {}, "browser_new", {}),
        ({"cookie": "known", "of_others": True}, {}, "browser_of_others", {}),
        ({"cookie": "invalid"}, {}, "browser_expired", {}),
        ({"cookie": "stolen"}, {}, "browser_copied", {"copied": 1.0}),
    ],
)
def test_what_a_browser_shows_and_what_that_measures(
    facts: dict[str, Any], past: dict[str, Any], name: str, inputs: dict[str, float]
) -> None:
    seen_so, before = attempt(**facts), history(**past)
    assert [remark.name for remark in device_cookie.look(seen_so, before)] == [name]
    assert dict(device_cookie.measure(seen_so, before)) == pytest.approx(inputs, abs=0.01)


def test_the_sentence_tells_the_habit() -> None:
    past = history(cookie=steps(chains.cookie(False), seen(41), seen(3)))
    (finding,) = device_cookie.look(attempt(), past)
    assert finding.sentence == "The browser is not known; 38 of 41 sign-ins came from a known one."
    assert finding.evidence == {"known": 38, "sign_ins": 41}


def test_a_known_browser_tells_it_too() -> None:
    past = history(cookie=steps(chains.cookie(True), seen(41), seen(38)))
    (finding,) = device_cookie.look(attempt(knows=True, cookie="known"), past)
    assert (
        finding.sentence
        == "The browser is known to the account: 38 of 41 sign-ins came from a known one."
    )


def test_without_history_no_numbers_are_made_up() -> None:
    (finding,) = device_cookie.look(attempt(), history())
    assert finding.sentence == "The browser is not known."


@pytest.mark.parametrize("shown", [0, 5, 20, 35])
def test_the_rarer_somebody_comes_without_one_the_odder_it_is(shown: int) -> None:
    habit, rarer = (
        dict(
            device_cookie.measure(
                attempt(), history(cookie=steps(chains.cookie(False), seen(40), seen(without)))
            )
        )["habit"]
        for without in (40 - shown, 40 - shown - 5)
    )
    assert 0 < habit < rarer
