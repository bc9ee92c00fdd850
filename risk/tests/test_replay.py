"""Logins as an outside evaluation tells of them."""

from typing import Any

import pytest

from risk.history.replay import Replay
from risk.scoring.chain_model import ChainModel
from risk.tests.helpers import CHROME, FAR, FIREFOX, FIREFOX_144, FIREFOX_146, HOME

START, DAY = 1_800_000_000.0, 86_400.0


def told(**facts: Any) -> dict[str, Any]:
    usual = {
        "ts": START,
        "user_id": "alice",
        "ip": HOME,
        "country": "DE",
        "asn": 3320,
        "ua": FIREFOX,
        "device_cookie": "",
    }
    return usual | facts


@pytest.fixture
def settled() -> Replay:
    """Alice signed in at home every day for two weeks, with a browser that was given "c1"."""
    replay = Replay()
    replay.learn(told(device_cookie_set="c1"), "ok")
    for day in range(1, 14):
        replay.learn(told(ts=START + day * DAY, device_cookie="c1"), "ok")
    return replay


def score(replay: Replay, **facts: Any) -> float:
    return ChainModel().judge(*replay.seen(told(ts=START + 14 * DAY, **facts))).score


def test_a_browser_is_known_by_what_it_was_given(settled: Replay) -> None:
    seen, _ = settled.seen(told(device_cookie="c1"))
    assert (seen.knows, seen.of_others, seen.cookie) == (True, False, "known")
    seen, _ = settled.seen(told(device_cookie="c2"))
    assert (seen.knows, seen.of_others, seen.cookie) == (False, False, "invalid")
    seen, _ = settled.seen(told(device_cookie="c1", user_id="bob"))
    assert (seen.knows, seen.of_others) == (False, True)


@pytest.mark.parametrize(
    ("agent", "changed", "outdated"),
    [(FIREFOX, 0, 0), (FIREFOX_146, 0, 0), (FIREFOX_144, 0, 1), (CHROME, 1, 0)],
)
def test_a_browser_is_compared_with_what_it_said_before(
    settled: Replay, agent: str, changed: int, outdated: int
) -> None:
    seen, _ = settled.seen(told(device_cookie="c1", ua=agent))
    assert (seen.changed, seen.outdated) == (changed, outdated)


def test_the_order_of_suspicion(settled: Replay) -> None:
    order = [
        score(settled, device_cookie="c1"),
        score(settled, device_cookie="c1", ip=FAR),
        score(settled, device_cookie="c1", ip=FAR, asn=1),
        score(settled, device_cookie="c1", ip=FAR, country="BR", asn=1),
        score(settled, device_cookie="c1", ip=FAR, country="BR", asn=1, ua=CHROME),
    ]
    assert order == sorted(order)
    assert order[0] < 1
    assert order[-1] > 50
    assert score(settled) < 50 < score(settled, ip=FAR, country="BR", asn=1)


def test_scoring_learns_nothing(settled: Replay) -> None:
    assert score(settled, ip=FAR) == score(settled, ip=FAR)


def test_what_failed_is_not_learnt_as_a_habit(settled: Replay) -> None:
    before = score(settled, ip=FAR)
    for outcome in ("bad_password", "challenge_failed"):
        settled.learn(told(ts=START + 14 * DAY, ip=FAR, device_cookie_set="thief"), outcome)
    assert score(settled, ip=FAR) > before
    assert not settled.seen(told(device_cookie="thief"))[0].knows


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.1.2.3", "100.64.1.1", "fd00::1", "nonsense", ""])
def test_addresses_that_say_nothing_have_no_chain(settled: Replay, ip: str) -> None:
    seen, past = settled.seen(told(ip=ip))
    assert (seen.placed, past.address) == (False, ())


@pytest.mark.parametrize(
    ("country", "asn", "levels"),
    [("", 0, 3), ("ZZ", "0", 3), (None, None, 3), ("de", "AS3320", 5), ("DE", 3320.5, 4)],
)
def test_what_is_not_known_of_a_place_is_left_out(country: Any, asn: Any, levels: int) -> None:
    _, past = Replay().seen(told(country=country, asn=asn))
    assert len(past.address) == levels


def test_an_ipv4_address_in_ipv6_clothes_is_itself(settled: Replay) -> None:
    _, past = settled.seen(told(ip=f"::ffff:{HOME}"))
    assert past.address[-1].mine.times == 14
