"""Strangers with the right password, drawn from what the site has seen itself."""

from collections import Counter
from datetime import UTC, datetime
from random import Random  # noqa: TID251 - a draw that can be drawn again
from typing import Any

import pytest

from risk.backtest.attackers import FEWEST, KINDS, OWN, Attackers, PastSignIns, Stranger
from risk.backtest.learning import NotedLesson
from risk.login import agents, chains
from risk.login.chains import Chain
from risk.tests.helpers import CHROME, FIREFOX, PHONE

AT = datetime(2026, 3, 14, 3, tzinfo=UTC)  # a Saturday, at night
DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)
AGENTS = (FIREFOX, CHROME, PHONE)
VICTIM = 1


def lesson(
    number: int, country: str = "DE", agent: str = FIREFOX, *, address: bool = True
) -> NotedLesson:
    """A sign-in at noon; each number is a network of its own."""
    path = chains.address(f"81.{number}.7.9", country, 3000 + number) if address else ()
    told: dict[str, Chain] = {
        "address": path,
        "agent": chains.agent(agents.read(agent)),
        "hours": chains.hours(DAY),
    }
    return NotedLesson({name: each for name, each in told.items() if each}, 1.0, 100, False)


def seen(accounts: int = 14, country: str = "DE", **facts: Any) -> PastSignIns:
    """So many accounts, with one sign-in each; every second one is French."""
    found = PastSignIns()
    for number in range(1, accounts + 1):
        home = country and ("FR" if number % 2 == 0 else country)
        found.add(
            number,
            lesson(number, home, AGENTS[number % 3], **facts),
            home,
            frozenset({"vpn"}) if number == 2 else frozenset(),
        )
    return found


def drawn(found: PastSignIns, times: int = 60, victim: int = VICTIM) -> dict[str, list[Stranger]]:
    told: dict[str, list[Stranger]] = {kind: [] for kind in KINDS}
    for seed in range(times):
        for stranger in Attackers(found, Random(seed)).against(victim, AT):
            told[stranger.kind].append(stranger)
    return told


def chain(stranger: Stranger, name: str) -> Chain:
    return next((each for each in stranger.attempt.chains if each and each[0].chain == name), ())


def network(stranger: Stranger) -> str:
    return next(node.path[0] for node in chain(stranger, "address") if node.level == "network")


@pytest.mark.parametrize(("accounts", "is_drawn"), [(FEWEST - 1, False), (FEWEST, True)])
def test_among_few_accounts_nobody_is_drawn(accounts: int, is_drawn: bool) -> None:
    found = {Attackers(seen(accounts), Random(seed)).somebody() for seed in range(50)}
    assert (found != {None}) is is_drawn
    assert None not in found or not is_drawn


def test_whoever_was_taken_back_whole_is_no_victim() -> None:
    found = seen()
    found.take_back(VICTIM, lesson(VICTIM, "DE", AGENTS[1]))
    victims = {Attackers(found, Random(seed)).somebody() for seed in range(300)}
    assert victims == set(range(2, 15))


def test_there_is_one_of_each_kind() -> None:
    told = drawn(seen())
    assert {kind: len(each) for kind, each in told.items()} == dict.fromkeys(KINDS, 60)
    assert {stranger.victim for each in told.values() for stranger in each} == {VICTIM}


def test_a_naive_one_comes_from_anywhere_but_home_with_another_browser() -> None:
    told = drawn(seen())["naive"]
    assert {stranger.attempt.country for stranger in told} == {"DE", "FR"}
    assert "81.1.0.0/20" not in {network(stranger) for stranger in told}
    assert len({chain(stranger, "agent") for stranger in told}) > 1


def test_one_over_a_vpn_comes_from_the_country_of_the_victim() -> None:
    told = drawn(seen())["vpn"]
    assert {stranger.attempt.country for stranger in told} == {"DE"}
    assert "81.1.0.0/20" not in {network(stranger) for stranger in told}


def test_a_targeted_one_has_the_victims_browser_and_hours_on_a_new_line_of_the_provider() -> None:
    told = drawn(seen())["targeted"]
    own = lesson(VICTIM, "DE", AGENTS[1]).chains
    for stranger in told:
        assert chain(stranger, "agent") == own["agent"]
        assert chain(stranger, "hours") == own["hours"]
        assert chain(stranger, "address")[:3] == own["address"][:3]
        assert chain(stranger, "address")[-1] != own["address"][-1]
    near = Counter(chain(stranger, "address")[3] == own["address"][3] for stranger in told)
    assert 15 < near[True] < 45  # about half come from the very network


def test_a_thief_has_the_cookie_and_the_browser_from_elsewhere() -> None:
    told = drawn(seen())["thief"]
    own = lesson(VICTIM, "DE", AGENTS[1]).chains
    assert {(s.attempt.knows, s.attempt.cookie) for s in told} == {(True, "known")}
    assert {chain(stranger, "agent") for stranger in told} == {own["agent"]}
    assert {stranger.attempt.country for stranger in told} == {"DE", "FR"}
    german = sum(stranger.attempt.country == "DE" for stranger in told)
    assert german > 35  # half are from near, and half of the others by chance


@pytest.mark.parametrize("kind", ["naive", "vpn", "targeted"])
def test_all_others_have_no_cookie(kind: str) -> None:
    told = drawn(seen())[kind]
    assert {(s.attempt.knows, s.attempt.cookie, s.attempt.changed) for s in told} == {
        (False, "absent", False)
    }


@pytest.mark.parametrize("kind", ["naive", "vpn", "thief"])
def test_all_but_the_targeted_come_at_the_hour_that_it_is(kind: str) -> None:
    assert {chain(each, "hours") for each in drawn(seen())[kind]} == {chains.hours(AT)}


def test_whose_place_a_list_names_comes_over_that() -> None:
    told = drawn(seen(), times=200)["naive"]
    by_list = {network(stranger): stranger.attempt.listed for stranger in told}
    assert by_list["81.2.0.0/20"] == {"vpn"}
    assert (
        set().union(*(kinds for each, kinds in by_list.items() if each != "81.2.0.0/20")) == set()
    )


def test_where_countries_are_unknown_nobody_comes_from_the_same_one() -> None:
    told = drawn(seen(country=""))
    assert {kind: bool(each) for kind, each in told.items()} == {
        "naive": True,
        "vpn": False,
        "targeted": True,
        "thief": True,
    }


def test_where_no_address_says_anything_nobody_comes() -> None:
    assert not any(drawn(seen(address=False)).values())


def test_the_country_that_an_account_shows_most_is_its_own() -> None:
    found = seen()
    for number in (31, 32):
        found.add(VICTIM, lesson(number, "FR"), "FR", frozenset())
    assert {each.attempt.country for each in drawn(found)["vpn"]} == {"FR"}


def test_of_each_account_the_newest_are_kept() -> None:
    found = PastSignIns()
    for number in range(1, OWN + 4):
        found.add(VICTIM, lesson(number), "DE", frozenset())
    own = [each.address[3].path[0] for each in found.own[VICTIM]]
    assert own == [f"81.{number}.0.0/20" for number in range(4, OWN + 4)]
    assert len(found.pool) == OWN + 3


def test_what_is_taken_back_is_nobodys_habit_once() -> None:
    found = PastSignIns()
    for number in (1, 2, 1):
        found.add(VICTIM, lesson(number), "DE", frozenset())
    found.take_back(VICTIM, lesson(1))
    left = sorted(each.address[3].path[0] for each in found.own[VICTIM])
    assert left == ["81.1.0.0/20", "81.2.0.0/20"]
    found.take_back(99, lesson(1))
    found.drop(VICTIM)
    assert found.own == {}


def test_the_same_dice_draw_the_same() -> None:
    once, again = (list(Attackers(seen(), Random("a")).against(VICTIM, AT)) for _ in range(2))
    assert once == again
