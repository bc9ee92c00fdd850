"""A login as models see it: families, chains and flags, and nothing that names anybody."""

from dataclasses import fields
from typing import Any

import pytest

from risk.geo.places import Place
from risk.login import agents, chains
from risk.login.attempt import Attempt, attempt_of
from risk.login.context import Recognition
from risk.login.history import PLACES, Count, FailureCount, History, Lately, Step, Success
from risk.tests.helpers import CHROME, FIREFOX, FIREFOX_144, HOME, known_to, login, seen

ALICE, BOB = 1, 2
SPOKEN = agents.read(FIREFOX).spoken


def as_seen(placed: bool = True, agent: str = FIREFOX, **facts: Any) -> Attempt:
    context = login(user_agent=agent, **facts)
    return attempt_of(context, agents.read(agent), user_id=ALICE, placed=placed)


@pytest.mark.parametrize(
    ("browser", "cookie", "knows", "of_others"),
    [
        (known_to(ALICE), "known", True, False),
        (known_to(ALICE, BOB), "known", True, False),
        (known_to(BOB), "known", False, True),
        (known_to(), "known", False, False),
        (Recognition("s" * 22, frozenset({ALICE}), "grace"), "grace", True, False),
        (Recognition(None, frozenset({ALICE}), "stolen"), "stolen", False, False),
        (Recognition(None, frozenset({BOB}), "stolen"), "stolen", False, False),
        (Recognition(None, frozenset({ALICE}), "invalid"), "invalid", False, False),
        (Recognition(None, frozenset(), "absent"), "absent", False, False),
    ],
)
def test_only_a_good_cookie_makes_a_browser_known(
    browser: Recognition, cookie: str, knows: bool, of_others: bool
) -> None:
    found = as_seen(browser=browser)
    assert (found.cookie, found.knows, found.of_others) == (cookie, knows, of_others)
    assert found.chains[0] == chains.cookie(knows)


@pytest.mark.parametrize(
    ("shown", "kept", "changed", "outdated"),
    [
        (FIREFOX, SPOKEN, False, False),
        (FIREFOX_144, SPOKEN, False, True),
        (CHROME, SPOKEN, True, False),
        (FIREFOX, "", False, False),
    ],
)
@pytest.mark.parametrize("user", [ALICE, BOB])
def test_a_browser_is_compared_with_itself_where_it_is_known(
    shown: str, kept: str, changed: bool, outdated: bool, user: int
) -> None:
    found = as_seen(agent=shown, browser=known_to(user, agent=kept))
    is_known = user == ALICE
    assert (found.changed, found.outdated) == (changed and is_known, outdated and is_known)


def test_an_address_that_says_nothing_has_no_chain_and_no_place_in_one() -> None:
    found = as_seen(placed=False, place=Place("DE", 3320))
    assert found.chains[1] == ()
    assert not found.placed
    assert as_seen(place=Place("DE", 3320)).chains[1] == chains.address(HOME, "DE", 3320)


@pytest.mark.parametrize(
    ("place", "listed"),
    [
        (Place("DE"), set()),
        (Place("DE", tor=True), {"tor"}),
        (Place("DE", vpn=True, hosting=True), {"vpn", "hosting"}),
    ],
)
def test_what_lists_say_is_kept_by_kind(place: Place, listed: set[str]) -> None:
    assert as_seen(place=place).listed == listed


def test_no_model_sees_an_address_or_a_header() -> None:
    told = as_seen(place=Place("DE", 3320, "Deutsche Telekom AG"))
    plain = {each.name: repr(getattr(told, each.name)) for each in fields(told)}
    plain.pop("chains")  # of networks: digests by the time that anything is kept
    assert not [name for name, text in plain.items() if HOME in text or FIREFOX in text]
    assert told.provider == "Deutsche Telekom AG"


def address(*mine: Count, path: chains.Chain, newest: Success | None = None) -> History:
    counts = (*mine, *[Count()] * len(path))
    steps = tuple(Step(node, count) for node, count in zip(path, counts, strict=False))
    return History({"address": steps}, lately=Lately((newest,) if newest else ()))


WIDE = chains.address(HOME, "DE", 3320)
PLACED, UNPLACED = Success(1.0, "DE", placed=True), Success(1.0)


@pytest.mark.parametrize(
    ("mine", "newest", "levels"),
    [
        ((seen(9),), PLACED, "all country provider network address"),
        ((seen(9),), None, "all country provider network address"),
        ((seen(9),), UNPLACED, "all network address"),
        ((seen(9), seen(9)), UNPLACED, "all country network address"),
        ((seen(9), Count(), Count(), seen(3)), PLACED, "all network address"),
        ((seen(9), seen(9), Count(), seen(3)), PLACED, "all country network address"),
    ],
)
def test_a_place_that_files_did_not_say_before_is_not_abroad(
    mine: tuple[Count, ...], newest: Success | None, levels: str
) -> None:
    found = address(*mine, path=WIDE, newest=newest).address
    assert " ".join(step.node.level for step in found) == levels
    assert set(PLACES) == {"country", "provider"}


def test_a_history_without_chains_knows_nothing() -> None:
    past = History({})
    assert (past.cookie, past.address, past.agent, past.hours, past.sign_ins) == ((), (), (), (), 0)
    cookie = tuple(Step(node, seen(7)) for node in chains.cookie(True))
    assert History({"cookie": cookie}).sign_ins == 7


@pytest.mark.parametrize(
    ("count", "share", "of_accounts"),
    [
        (FailureCount(), 0.0, 0.0),
        (FailureCount(2.0, 3, 4, 1, 1), 0.75, 0.5),
        (FailureCount(9.0, 9, 9, 9), 1.0, 1.0),
        (FailureCount(0.1, 1, 64, 1, 40), 1 / 64, 1 / 41),
        (FailureCount(0.0, 0, 12, 0, 12), 0.0, 0.0),
    ],
)
def test_failures_are_a_share_of_logins_and_of_accounts(
    count: FailureCount, share: float, of_accounts: float
) -> None:
    assert (count.share, count.share_of_accounts) == pytest.approx((share, of_accounts))
